import { spawnSync } from 'node:child_process';
import { simulate } from '../../scripts/simulation/simulation.js';

describe('a simulated run', () => {
  test.each(['1', '2', '3', '4'])('of seed %s breaks no invariant', async (seed) => {
    const result = await simulate({ seed, steps: 150 });
    expect([result.violation, result.events.filter((event) => event.startsWith('VIOLATION'))]).toEqual([
      undefined,
      [],
    ]);
    expect(result.steps).toBeGreaterThanOrEqual(150);
  });

  test('is another one for another seed', async () => {
    const [one, other] = [await simulate({ seed: '5', steps: 60 }), await simulate({ seed: '6', steps: 60 })];
    expect(one.trace).not.toBe(other.trace);
  });

  test('meets faults and stopped instances', async () => {
    const results = [];
    for (const seed of ['3', '4', '7']) results.push(await simulate({ seed, steps: 200 }));
    expect(results.reduce((sum, { faults }) => sum + faults, 0)).toBeGreaterThan(20);
    expect(results.reduce((sum, { crashes }) => sum + crashes, 0)).toBeGreaterThan(0);
  });

  test('is the same, byte for byte, in two processes', () => {
    const run = () => {
      const command = ['--import', 'tsx', 'scripts/simulate.ts', '--seed', '9', '--steps', '150'];
      return spawnSync(process.execPath, command, { encoding: 'utf8' }).stdout;
    };
    const first = run();
    expect(JSON.parse(first.trimEnd().split('\n').at(-1)!)).toMatchObject({ seed: '9', violations: 0 });
    expect(run()).toBe(first);
  }, 60_000);
});
