/** A day that belongs to another source: what this delivery says of it is told, and charges nothing. */
import { isDeepStrictEqual } from 'node:util';
import type { Ledger } from '../lane/ledger.js';
import { differencesWith, noteDifferences } from '../ledger/commands/note-differences.js';
import type { Account, UsageDifference } from '../ledger/model.js';
import type { LedgerReader } from '../reader.js';
import { compareDays, type SecondDelivery, type SourceComparison } from './source-comparison.js';

export interface SecondSourceDeps {
  readonly ledger: Pick<Ledger, 'submit'>;
  readonly reader: Pick<LedgerReader, 'callCharges'>;
  readonly log: SecondSourceLog;
}

export interface SecondSourceLog {
  /** Nothing of that day was charged; sums are in micros of the account's currency. */
  secondSource(tenant: string, comparison: SourceComparison): void;
}

/** In the answer and in the log; calls that the first source does not know are noted on the account too. */
export async function tellSecondSource(
  { ledger, reader, log }: SecondSourceDeps,
  account: Account,
  delivery: SecondDelivery,
): Promise<readonly SourceComparison[]> {
  const { tenant, usage } = account;
  const compared = await compareDays(reader, account, delivery);
  for (const comparison of compared) log.secondSource(tenant, comparison);
  const told = compared.flatMap(differenceOf);
  const known = usage.differences ?? [];
  // A collector says the same of a day at each of its looks.
  if (isDeepStrictEqual(differencesWith(known, told), known)) return compared;
  await ledger.submit(tenant, {
    name: 'noteDifferences',
    priority: 'batch',
    rowsMax: 1,
    reads: () => ({}),
    decide: (world) => noteDifferences(world, told),
  });
  return compared;
}

/** Of days that were charged: what is kept stands for no money. */
function differenceOf(comparison: SourceComparison): readonly UsageDifference[] {
  const { date, first, second, charged, delivered, onlyDelivered } = comparison;
  if (charged.count === 0) return [];
  return [{ date, first, second, ...onlyDelivered, delivered: delivered.count }];
}
