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

  function run(seed: string, steps: number): string {
    const command = ['--import', 'tsx', 'scripts/simulate.ts', '--seed', seed, '--steps', String(steps)];
    return spawnSync(process.execPath, command, { encoding: 'utf8' }).stdout;
  }

  test('is the same, byte for byte, in two processes', () => {
    const first = run('9', 150);
    expect(first).toMatch(/^trace [0-9a-f]{64}$/mu);
    expect(run('9', 150)).toBe(first);
  }, 60_000);

  test.each([
    ['9', '9'],
    ['09', '"09"'],
    ['monday', '"monday"'],
  ])(
    'of seed %s ends with one line of JSON that says what came of it',
    (seed, told) => {
      const last = run(seed, 20).trimEnd().split('\n').at(-1);
      const keys = `"seed":${told},"steps":\\d+,"faults":\\d+,"crashes":\\d+,"violations":0`;
      expect(last).toMatch(new RegExp(`^\\{${keys}\\}$`, 'u'));
    },
    60_000,
  );
});
