import { dayKeysOf, noteSpending, type Spending } from '../days.js';
import { detailsDigestOfCall } from '../chain.js';
import { post } from '../entries.js';
import { SYSTEM, type Actor, type StoredCall } from '../model.js';
import { evaluateRecharge } from '../recharge.js';
import { watchLow } from '../watch.js';
import { accepted, rowKeys, rowOf, withAccount, withRows, type Decision, type World } from '../world.js';

export interface UsageBatch {
  /** Names the batch in its entries. */
  readonly reference: string;
  readonly calls: readonly StoredCall[];
  readonly lowBalance: bigint;
  /** When calls started as they are stored, where that is known: the rows of these days are read too. */
  readonly storedStarts?: readonly string[];
  /** Set where an admin decided about a record that the rules had put aside. */
  readonly by?: Actor;
}

export interface UsageReceipt {
  readonly chargedCount: number;
  readonly chargedAmount: bigint;
  readonly correctedCount: number;
  /** Signed: what the corrections added to the spend. */
  readonly correctedAmount: bigint;
  readonly unchanged: number;
  /** Known from another source, which alone may correct them. */
  readonly otherSource: number;
  readonly balance: bigint;
  /**
   * Corrected calls that were counted on a day whose row was not read, and left as they are: they are sent again, each
   * with its stored start. Absent where there are none.
   */
  readonly moved?: readonly MovedCall[];
  /** The auto-recharge that is open after this batch, so that the next one can let it land first. */
  readonly openRecharge?: string;
}

export interface MovedCall {
  readonly id: string;
  readonly storedStart: string;
}

interface Correction {
  readonly call: StoredCall;
  readonly before: StoredCall;
  readonly difference: bigint;
}

interface Sorted {
  readonly fresh: readonly StoredCall[];
  readonly corrected: readonly Correction[];
  readonly moved: readonly Correction[];
  readonly unchanged: number;
  readonly otherSource: number;
}

interface Piles {
  readonly fresh: Map<string, StoredCall>;
  readonly corrected: Map<string, StoredCall>;
  unchanged: number;
  otherSource: number;
}

/**
 * Debits call records: new ones in one entry, corrected charges in another. The same record again changes nothing, and
 * one whose charge changed is debited by the difference only.
 */
export function chargeUsage(world: World, batch: UsageBatch, now: string): Decision<UsageReceipt> {
  const sorted = sort(world, batch);
  const fresh = sum(sorted.fresh.map((call) => call.charge));
  const corrections = sum(sorted.corrected.map(({ difference }) => difference));
  const receipt = (after: World): UsageReceipt => ({
    chargedCount: sorted.fresh.length,
    chargedAmount: fresh,
    correctedCount: sorted.corrected.length,
    correctedAmount: corrections,
    unchanged: sorted.unchanged,
    otherSource: sorted.otherSource,
    balance: after.account.balance,
    ...movedOf(sorted),
    ...openRecharge(after),
  });
  if (sorted.fresh.length + sorted.corrected.length === 0) return accepted(world, receipt(world));
  const posted = postBoth(world, { batch, sorted, now });
  const noted = noteSpending(stored(posted, sorted, now), spendings(sorted, world.account.timeZone));
  // A charged call ends the hold that follows a change which may never start a charge.
  const freed = fresh > 0n ? withAccount(noted, { health: { ...noted.account.health, held: false } }) : noted;
  const evaluated = fresh > 0n || corrections > 0n ? evaluateRecharge(freed, now) : freed;
  const watched = watchLow(evaluated, { at: now, by: batch.by ?? SYSTEM, lowBalance: batch.lowBalance });
  return accepted(watched, receipt(watched));
}

function sort(world: World, batch: UsageBatch): Sorted {
  const piles: Piles = { fresh: new Map(), corrected: new Map(), unchanged: 0, otherSource: 0 };
  for (const call of batch.calls) place(piles, call, storedCall(world, call));
  const { unchanged, otherSource } = piles;
  const corrections = [...piles.corrected.values()].flatMap((call) => correctionOf(world, call));
  return {
    fresh: [...piles.fresh.values()],
    ...movedApart(world, batch, corrections),
    unchanged,
    otherSource,
  };
}

function correctionOf(world: World, call: StoredCall): readonly Correction[] {
  const before = storedCall(world, call);
  // Corrected and corrected back within one batch: nothing happened.
  if (before === undefined || before.charge === call.charge) return [];
  return [{ call, before, difference: call.charge - before.charge }];
}

/** A day's row can't be changed unread, and which day a call was counted on is only known once the call is read. */
function movedApart(
  { account: { timeZone } }: World,
  { calls, storedStarts = [] }: UsageBatch,
  corrections: readonly Correction[],
): Pick<Sorted, 'corrected' | 'moved'> {
  if (corrections.length === 0) return { corrected: [], moved: [] };
  const read = new Set(dayKeysOf([...calls.map(({ start }) => start), ...storedStarts], timeZone));
  const isRead = ({ before }: Correction) =>
    dayKeysOf([before.start], timeZone).every((key) => read.has(key));
  return {
    corrected: corrections.filter(isRead),
    moved: corrections.filter((correction) => !isRead(correction)),
  };
}

function movedOf({ moved }: Sorted): Pick<UsageReceipt, 'moved'> {
  if (moved.length === 0) return {};
  return { moved: moved.map(({ before: { id, start } }) => ({ id, storedStart: start })) };
}

/** The same record may come twice in one batch: it meets what the batch itself said of it before. */
function place(piles: Piles, call: StoredCall, stored: StoredCall | undefined): void {
  const known = piles.corrected.get(call.id) ?? piles.fresh.get(call.id) ?? stored;
  if (known === undefined) piles.fresh.set(call.id, call);
  else if (known.source !== call.source) piles.otherSource += 1;
  else if (known.charge === call.charge) piles.unchanged += 1;
  else (stored === undefined ? piles.fresh : piles.corrected).set(call.id, call);
}

function storedCall(world: World, { id }: Pick<StoredCall, 'id'>): StoredCall | undefined {
  return rowOf(world, 'call', rowKeys.call(id));
}

function postBoth(world: World, job: { batch: UsageBatch; sorted: Sorted; now: string }): World {
  const { batch, sorted, now } = job;
  const common = { at: now, by: batch.by ?? SYSTEM, reference: batch.reference };
  const charged =
    sorted.fresh.length === 0
      ? world
      : post(world, {
          ...common,
          kind: 'usage',
          amount: -sum(sorted.fresh.map((call) => call.charge)),
          calls: sorted.fresh,
        });
  if (sorted.corrected.length === 0) return charged;
  const difference = sum(sorted.corrected.map((correction) => correction.difference));
  const calls = sorted.corrected.map((correction) => correction.call);
  return post(charged, { ...common, kind: 'correction', amount: -difference, calls });
}

function stored(world: World, sorted: Sorted, now: string): World {
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
    ...sorted.corrected.map(({ call }) => ({ ...call, entry: last, ...earlierOf(storedCall(world, call)) })),
  ];
}

/** The digest of an entry whose call was corrected more often than that since can no longer be computed again. */
export const CALL_VERSIONS_MAX = 50;

function earlierOf(before: StoredCall | undefined): Pick<StoredCall, 'earlier'> {
  if (before === undefined) return {};
  const { entry = 0n, charge, start } = before;
  const version = { entry, charge, start, detailsDigest: detailsDigestOfCall(before) };
  return { earlier: [...(before.earlier ?? []), version].slice(-CALL_VERSIONS_MAX) };
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
