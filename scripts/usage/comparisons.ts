/** What a second source said of days that another one was charged for, as lines for the terminal. */
import type { Currency } from '../../src/billing/money.js';
import type { Answer, Comparison } from './answer.js';
import { shown } from './shown.js';

const SOURCES: Readonly<Record<Comparison['first'], string>> = {
  graph: 'Microsoft Graph',
  csv: "the admin center's export",
  http: 'HTTP',
};

const SUMS = [
  ['charged', 'charged before'],
  ['delivered', 'now delivered'],
  ['differing', 'the same calls, other than by rounding'],
  ['onlyDelivered', 'now delivered, and not charged before'],
  ['onlyCharged', 'charged before, and not delivered now'],
] as const;
const NAME_WIDTH = 40;

/** Empty where there was none. */
export function comparisonLines(answers: readonly Answer[]): readonly string[] {
  const currency = answers.at(-1)?.currency ?? 'USD';
  const byDay = new Map<string, Comparison>();
  for (const one of answers.flatMap(({ compared }) => compared)) {
    const known = byDay.get(one.date);
    byDay.set(one.date, known === undefined ? one : joined(known, one));
  }
  return [...byDay.values()].flatMap((comparison) => linesOf(comparison, currency));
}

/** Two requests for one day each saw all that was charged, and a part of what was delivered. */
function joined(one: Comparison, other: Comparison): Comparison {
  const sum = (name: 'delivered' | 'differing' | 'onlyDelivered' | 'onlyCharged') => ({
    count: one[name].count + other[name].count,
    amount: one[name].amount + other[name].amount,
  });
  const missing = sum('onlyCharged');
  const { charged } = other;
  return {
    ...other,
    delivered: sum('delivered'),
    differing: sum('differing'),
    onlyDelivered: sum('onlyDelivered'),
    onlyCharged: { count: missing.count - charged.count, amount: missing.amount - charged.amount },
  };
}

function linesOf(comparison: Comparison, currency: Currency): readonly string[] {
  const { date, first, second, charged } = comparison;
  return [
    `  ${date} was ${charged.count === 0 ? 'kept' : 'charged'} from ${SOURCES[first]}: what ${SOURCES[second]} says is compared, and not charged`,
    ...SUMS.map(([name, words]) => {
      const { count, amount } = comparison[name];
      return `    ${words.padEnd(NAME_WIDTH)}${count.toLocaleString('en').padStart(8)}  ${shown(amount, currency)}`;
    }),
  ];
}
