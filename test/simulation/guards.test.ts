import { readFileSync } from 'node:fs';
import { GUARDS, withoutGuard } from '../../scripts/simulation/guards/guards.js';

describe('the guards that are switched off', () => {
  test('are at least 25, each with a name of its own', () => {
    expect(new Set(GUARDS.map(({ name }) => name)).size).toBe(GUARDS.length);
    expect(GUARDS.length).toBeGreaterThanOrEqual(25);
  });

  test.each(GUARDS.map((guard) => [guard.name, guard] as const))('%s is where the list says', (_, guard) => {
    const source = readFileSync(`src/${guard.file}`, 'utf8');
    expect(withoutGuard(source, guard)).not.toBe(source);
  });

  test('a text that is there twice, or not at all, is refused', () => {
    const guard = { name: 'g', file: 'f', from: 'a', to: 'b' };
    expect(withoutGuard('xay', guard)).toBe('xby');
    for (const source of ['aa', '']) expect(() => withoutGuard(source, guard)).toThrow('g: found');
  });
});
