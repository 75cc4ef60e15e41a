/** Which records of a delivery the ledger has already, as they are: those need no transaction. */
import { isMetered } from '../ledger/metering.js';
import type { Account, StoredCall } from '../ledger/model.js';
import type { LedgerReader } from '../reader.js';
import { ROWS_PER_COMMIT_MAX } from '../storage/table.js';

/**
 * Within one partition the store finds records by their start only by going through all of them. That costs it about an
 * eighth per record of what a point read costs: where more is known than that, the records are better inserted unseen.
 */
const KNOWN_PER_CALL_MAX = 8;

type Known = Awaited<ReturnType<LedgerReader['callCharges']>>[number];

/**
 * The ids of records that are known with the same charge from the same source, by one query; none where that is not worth
 * while. What it overlooks (a record whose start was corrected, a start that is not known) is found at the insert.
 */
export async function knownAlready(
  reader: Pick<LedgerReader, 'callCharges'>,
  account: Account,
  calls: readonly StoredCall[],
): Promise<ReadonlySet<string>> {
  const starts = calls.map(({ start }) => start).sort();
  const [first, last] = [starts[0], starts.at(-1)];
  if (first === undefined || last === undefined || !isLikely(account, first, calls.length)) return new Set();
  const known = await reader.callCharges(account.tenant, first, `${last}~`);
  const byId = new Map(known.map((call) => [call.id, call]));
  const isSame = (call: StoredCall): boolean => same(call, byId.get(call.id), account);
  // The same record may come twice in one delivery, and the last one counts: then all of them are judged together.
  const news = new Set(calls.filter((call) => !isSame(call)).map(({ id }) => id));
  return new Set(calls.map(({ id }) => id).filter((id) => !news.has(id)));
}

function isLikely({ usage, nextSequence }: Account, first: string, count: number): boolean {
  if (usage.knownUntil === undefined || usage.knownUntil < first) return false;
  const knownAtMost = Number(nextSequence) * ROWS_PER_COMMIT_MAX + (usage.unmetered?.calls ?? 0);
  return knownAtMost <= count * KNOWN_PER_CALL_MAX;
}

function same(call: StoredCall, known: Known | undefined, { usage }: Account): boolean {
  if (known?.charge !== call.charge || known.source !== call.source) return false;
  // One that was kept is charged when it comes again after the start of metering was moved back.
  return known.unmetered !== true || !isMetered(call, usage.metering);
}
