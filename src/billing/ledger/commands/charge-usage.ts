import { detailsDigestOfCall } from '../chain.js';
import type { ForeignDay } from '../day-source.js';
import { dayKeysOf, noteSpending, type Spending } from '../days.js';
import { post } from '../entries.js';
import { SYSTEM, type StoredCall } from '../model.js';
import { withoutHold } from '../recharge-health.js';
import { evaluateRecharge } from '../recharge.js';
import { sortUsage, type Correction, type Sorted, type UsageBatch } from '../usage-sorting.js';
import { watchLow } from '../watch.js';
import { accepted, withAccount, withRows, type Decision, type World } from '../world.js';

export interface UsageReceipt {
  readonly chargedCount: number;
  readonly chargedAmount: bigint;
  readonly correctedCount: number;
  /** Signed: what the corrections added to the spend. */
  readonly correctedAmount: bigint;
  readonly unchanged: number;
  /** Known from another source, which alone may correct them. */
  readonly otherSource: number;
  /** From before the start of metering: written down, and not charged. */
  readonly keptCount: number;
  readonly keptAmount: bigint;
  readonly balance: bigint;
  /**
   * Calls that are counted on a day whose row was not read, and left as they are: they are sent again, each with its stored
   * start. Absent where there are none.
   */
  readonly moved?: readonly MovedCall[];
  /** Days that another source was charged for, or kept from; calls of these were left alone. Absent where there are none. */
  readonly foreignDays?: readonly ForeignDay[];
  /** How many calls, at the end of the batch, its transaction had no room for: they are sent again. Absent where none. */
  readonly left?: number;
  /** The auto-recharge that is open after this batch, so that the next one can let it land first. */
  readonly openRecharge?: string;
}

export interface MovedCall {
  readonly id: string;
  readonly storedStart: string;
}

/**
 * Debits call records: new ones in one entry, corrected charges in another. The same record again changes nothing, and
 * one whose charge changed is debited by the difference only. Calls from before the start of metering are kept without
 * being charged; those of a day that another source was charged for are left alone.
 */
export function chargeUsage(world: World, batch: UsageBatch, now: string): Decision<UsageReceipt> {
  const sorted = sortUsage(world, batch, now);
  const charged = sorted.fresh.length + sorted.corrected.length > 0;
  const after = charged ? withCharges({ batch, sorted, now }) : sorted.world;
  return accepted(after, receiptOf(sorted, after));
}

interface Job {
  readonly batch: UsageBatch;
  readonly sorted: Sorted;
  readonly now: string;
}

function withCharges(job: Job): World {
  const { batch, sorted, now } = job;
  const [fresh, corrections] = [freshOf(sorted), correctionsOf(sorted)];
  const posted = postBoth(sorted.world, job);
  const noted = noteSpending(stored(posted, job), spendings(sorted, posted.account.timeZone));
  // A charged call ends the hold that follows a change which may never start a charge.
  const freed = fresh > 0n ? withAccount(noted, { health: withoutHold(noted.account.health) }) : noted;
  const evaluated = fresh > 0n || corrections > 0n ? evaluateRecharge(freed, now) : freed;
  return watchLow(evaluated, { at: now, by: batch.by ?? SYSTEM, lowBalance: batch.lowBalance });
}

function receiptOf(sorted: Sorted, after: World): UsageReceipt {
  const { fresh, corrected, kept, moved, foreignDays, unchanged, otherSource } = sorted;
  return {
    chargedCount: fresh.length,
    chargedAmount: freshOf(sorted),
    correctedCount: corrected.length,
    correctedAmount: correctionsOf(sorted),
    unchanged,
    otherSource,
    keptCount: kept.length,
    keptAmount: sum(kept.map(({ charge }) => charge)),
    balance: after.account.balance,
    ...(moved.length > 0 && { moved: moved.map(({ id, start }) => ({ id, storedStart: start })) }),
    ...(foreignDays.length > 0 && { foreignDays }),
    ...openRecharge(after),
  };
}

function freshOf({ fresh }: Sorted): bigint {
  return sum(fresh.map((call) => call.charge));
}

/** Signed: what the corrections add to the spend. */
function correctionsOf({ corrected }: Sorted): bigint {
  return sum(corrected.map(({ difference }) => difference));
}

function postBoth(world: World, { batch, sorted, now }: Job): World {
  const common = { at: now, by: batch.by ?? SYSTEM, reference: batch.reference };
  const charged =
    sorted.fresh.length === 0
      ? world
      : post(world, {
          ...common,
          kind: 'usage',
          amount: -freshOf(sorted),
          calls: sorted.fresh,
        });
  if (sorted.corrected.length === 0) return charged;
  const calls = sorted.corrected.map((correction) => correction.call);
  return post(charged, { ...common, kind: 'correction', amount: -correctionsOf(sorted), calls });
}

function stored(world: World, { sorted, now }: Job): World {
  const calls = withEntries(world, sorted);
  const newest = calls.reduce(
    (latest, call) => (call.start > latest ? call.start : latest),
    world.account.usage.knownUntil ?? '',
  );
  const usage = { ...world.account.usage, knownUntil: newest, receivedAt: now };
  return withAccount(withRows(world, calls), { usage });
}

/** Each call names the entry that holds its present charge, and keeps what earlier entries said of it. */
function withEntries(world: World, sorted: Sorted): readonly StoredCall[] {
  const last = world.account.nextSequence - 1n;
  const charged = sorted.corrected.length === 0 ? last : last - 1n;
  return [
    ...sorted.fresh.map((call) => ({ ...call, entry: charged })),
    ...sorted.corrected.map(({ call, before }) => ({ ...call, entry: last, earlier: versionsOf(before) })),
  ];
}

/** The digest of an entry whose call was corrected more often than that since can no longer be computed again. */
export const CALL_VERSIONS_MAX = 50;

function versionsOf(before: StoredCall): NonNullable<StoredCall['earlier']> {
  const { entry = 0n, charge, start } = before;
  const version = { entry, charge, start, detailsDigest: detailsDigestOfCall(before) };
  return [...(before.earlier ?? []), version].slice(-CALL_VERSIONS_MAX);
}

function spendings({ fresh, corrected }: Sorted, timeZone: string): readonly Spending[] {
  return [
    ...fresh.map((call) => ({ call, amount: call.charge, calls: 1 as const })),
    ...corrected.flatMap((correction) => spendingsOf(correction, timeZone)),
  ];
}

/** A call that turns out to be of another day leaves the old one with all that it had cost there. */
function spendingsOf({ call, before, difference }: Correction, timeZone: string): readonly Spending[] {
  const days = dayKeysOf([before.start, call.start], timeZone);
  if (days.length === 1) return [{ call, amount: difference, calls: 0 }];
  return [
    { call: before, amount: -before.charge, calls: -1 },
    { call, amount: call.charge, calls: 1 },
  ];
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}

function openRecharge({ account }: World): Pick<UsageReceipt, 'openRecharge'> {
  const open = account.openPayments.find((payment) => payment.reason === 'autoRecharge' && !payment.overdue);
  return open === undefined ? {} : { openRecharge: open.id };
}

export type { UsageBatch } from '../usage-sorting.js';
