import { noteSpending, type Spending } from '../days.js';
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
  /** The auto-recharge that is open after this batch, so that the next one can let it land first. */
  readonly openRecharge?: string;
}

interface Sorted {
  readonly fresh: readonly StoredCall[];
  readonly corrected: readonly { readonly call: StoredCall; readonly difference: bigint }[];
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
  const sorted = sort(world, batch.calls);
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
    ...openRecharge(after),
  });
  if (sorted.fresh.length + sorted.corrected.length === 0) return accepted(world, receipt(world));
  const posted = postBoth(world, { batch, sorted, now });
  const noted = noteSpending(stored(posted, sorted, now), spendings(sorted));
  // A charged call ends the hold that follows a change which may never start a charge.
  const freed = fresh > 0n ? withAccount(noted, { health: { ...noted.account.health, held: false } }) : noted;
  const evaluated = fresh > 0n || corrections > 0n ? evaluateRecharge(freed, now) : freed;
  const watched = watchLow(evaluated, { at: now, by: batch.by ?? SYSTEM, lowBalance: batch.lowBalance });
  return accepted(watched, receipt(watched));
}

function sort(world: World, calls: readonly StoredCall[]): Sorted {
  const piles: Piles = { fresh: new Map(), corrected: new Map(), unchanged: 0, otherSource: 0 };
  for (const call of calls) place(piles, call, storedCall(world, call));
  const corrected = [...piles.corrected.values()]
    .map((call) => ({ call, difference: call.charge - (storedCall(world, call)?.charge ?? 0n) }))
    // Corrected and corrected back within one batch: nothing happened.
    .filter(({ difference }) => difference !== 0n);
  const { unchanged, otherSource } = piles;
  return { fresh: [...piles.fresh.values()], corrected, unchanged, otherSource };
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
  const calls = [...sorted.fresh, ...sorted.corrected.map(({ call }) => call)];
  const newest = calls.reduce(
    (latest, call) => (call.start > latest ? call.start : latest),
    world.account.usage.knownUntil ?? '',
  );
  const usage = { ...world.account.usage, knownUntil: newest, receivedAt: now };
  return withAccount(withRows(world, calls), { usage });
}

function spendings(sorted: Sorted): readonly Spending[] {
  return [
    ...sorted.fresh.map((call) => ({ call, amount: call.charge, calls: 1 as const })),
    ...sorted.corrected.map(({ call, difference }) => ({ call, amount: difference, calls: 0 as const })),
  ];
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}

function openRecharge({ account }: World): Pick<UsageReceipt, 'openRecharge'> {
  const open = account.openPayments.find((payment) => payment.reason === 'autoRecharge' && !payment.overdue);
  return open === undefined ? {} : { openRecharge: open.id };
}
