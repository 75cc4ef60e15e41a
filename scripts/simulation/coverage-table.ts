/** The coverage as people read it: faults against calls, and the rest by name. */
import { wanted, type Coverage } from './coverage.js';
import { applies, FAULTS, IO_KINDS } from './io.js';

const WIDTH = 7;
const NAME_WIDTH = 22;

export function tooFew(coverage: Coverage, least: number): readonly string[] {
  return wanted().filter((name) => coverage.of(name) < least);
}

export function coverageTable(coverage: Coverage): string {
  const head = IO_KINDS.map((_, index) => String(index + 1).padStart(WIDTH)).join('');
  const rows = FAULTS.map((fault) => {
    const cells = IO_KINDS.map((io) =>
      (applies(fault, io) ? String(coverage.of(`fault ${fault} ${io}`)) : '–').padStart(WIDTH),
    );
    return `${fault.padEnd(NAME_WIDTH)}${cells.join('')}`;
  });
  const calls = IO_KINDS.map((io, index) => `${index + 1} ${io}`).join('  ');
  const others = wanted()
    .filter((name) => !name.startsWith('fault '))
    .map((name) => `${name.padEnd(NAME_WIDTH + 12)}${String(coverage.of(name)).padStart(WIDTH)}`);
  return ['', calls, `${''.padEnd(NAME_WIDTH)}${head}`, ...rows, '', ...others, ''].join('\n');
}
