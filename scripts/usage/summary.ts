import type { Currency } from '../../src/billing/money.js';
import type { QuarantineReason } from '../../src/billing/usage/call-record.js';
import type { Answer } from './answer.js';
import { comparisonLines } from './comparisons.js';
import { shown } from './shown.js';

const IDS_SHOWN_MAX = 10;
const INDENT = ' '.repeat(28);

const SKIPPED: Readonly<Record<string, string>> = {
  notPrepaid: 'not prepaid: another licence than MCOPSTNPP pays',
  otherSource: 'known from another source, which alone may correct them',
};

const QUARANTINED: Readonly<Record<QuarantineReason, string>> = {
  notARow: 'no call record',
  noId: 'no usable id',
  wrongCurrency: "another currency than the account's",
  missingCharge: 'no charge',
  unreadableCharge: 'the charge is no number',
  negativeCharge: 'the charge is negative',
  tooManyDecimals: 'more than 6 decimals',
  tooLarge: 'the charge is too large to be true',
  unreadableTime: 'no readable start time',
};

/** All requests' answers, as a table for the terminal, with a line break at the end. */
export function summaryOf(answers: readonly Answer[]): string {
  const unchanged = answers.reduce((sum, answer) => sum + answer.unchanged, 0);
  const lines = [
    countedLine('charged', answers, (answer) => answer.charged),
    countedLine('corrected', answers, (answer) => answer.corrected),
    line('unchanged', unchanged, unchanged === 0 ? '' : 'these records were charged before'),
    ...keptLines(answers),
    ...skippedLines(answers),
    ...quarantinedLines(answers),
    ...apart(comparisonLines(answers)),
    ...apart(incompleteLines(answers)),
    balanceLine(answers.at(-1)),
  ];
  return `${lines.join('\n')}\n`;
}

function line(name: string, count: number, text: string): string {
  return `  ${name.padEnd(12)}${count.toLocaleString('en').padStart(10)}  ${text}`.trimEnd();
}

/** Only an account with a start of metering has such calls. */
function keptLines(answers: readonly Answer[]): readonly string[] {
  if (answers.every(({ kept }) => kept.count === 0)) return [];
  return [`${countedLine('kept', answers, ({ kept }) => kept)}, not charged: before the start of metering`];
}

/** Their calls are charged by a later export; until then they are charged by nobody, or by another source. */
function incompleteLines(answers: readonly Answer[]): readonly string[] {
  return answers
    .flatMap(({ incomplete }) => incomplete)
    .map(
      ({ date, count }) =>
        `  ${date} day incomplete, ${count.toLocaleString('en')} rows not taken: export it again with the days around it, once it is over`,
    );
}

function apart(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...lines];
}

function countedLine(
  name: string,
  answers: readonly Answer[],
  pick: (answer: Answer) => Answer['charged'],
): string {
  const sums = new Map<Currency, bigint>();
  let count = 0;
  for (const answer of answers) {
    count += pick(answer).count;
    sums.set(answer.currency, (sums.get(answer.currency) ?? 0n) + pick(answer).amount);
  }
  return line(name, count, [...sums].map(([currency, micros]) => shown(micros, currency)).join(' + '));
}

function skippedLines(answers: readonly Answer[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const [reason, count] of answers.flatMap((answer) => Object.entries(answer.skipped))) {
    counts.set(reason, (counts.get(reason) ?? 0) + count);
  }
  if (counts.size === 0) return [line('skipped', 0, '')];
  return [...counts].map(([reason, count]) => line('skipped', count, wordsFor(SKIPPED, reason)));
}

function quarantinedLines(answers: readonly Answer[]): readonly string[] {
  const ids = new Map<string, string[]>();
  for (const { reason, id } of answers.flatMap((answer) => answer.quarantined)) {
    const list = ids.get(reason) ?? [];
    ids.set(reason, list);
    list.push(printable(id ?? '(no id)'));
  }
  if (ids.size === 0) return [line('quarantined', 0, '')];
  return [...ids].flatMap(([reason, list]) => [
    line('quarantined', list.length, wordsFor(QUARANTINED, reason)),
    ...list.slice(0, IDS_SHOWN_MAX).map((id) => INDENT + id),
    ...(list.length > IDS_SHOWN_MAX ? [`${INDENT}and ${list.length - IDS_SHOWN_MAX} more`] : []),
  ]);
}

/** Ids come from a file of unknown origin: none of them may steer the terminal. */
function printable(id: string): string {
  return id.replace(/\p{C}/gu, '\uFFFD');
}

/** A bot that is newer than this script may name a reason that isn't known here. */
function wordsFor(words: Readonly<Record<string, string>>, reason: string): string {
  return Object.hasOwn(words, reason) ? `${reason} (${words[reason] ?? ''})` : reason;
}

function balanceLine(last: Answer | undefined): string {
  return last === undefined ? '' : `\nBalance after: ${shown(last.balance, last.currency)}`;
}
