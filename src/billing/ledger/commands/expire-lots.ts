/** The end of a lot's twelve months: what is left of it is forfeited, and people hear of it before. */
import { hasRoomFor, listFrom, LISTED_LOTS_MAX, openLotsOf, remainderOf } from '../credit-line.js';
import { postWithoutCharge } from '../hold.js';
import { noticeDay, noticeDue } from '../lot-times.js';
import { SYSTEM, type AlertFacts, type Lot } from '../model.js';
import { raise, watchLow } from '../watch.js';
import { accepted, withAccount, withRows, type Decision, type World } from '../world.js';

/** Each takes two rows of a transaction: the entry, and the lot. */
export const EXPIRED_PER_COMMAND_MAX = 40;
/** Each takes one row. Those beyond are told on the next day. */
export const NOTICED_PER_DAY_MAX = 80;
/** Dates that one notice lists; its amount is that of all. */
const DATES_LISTED_MAX = 10;
/** Lot rows behind the listed ones that are read at once. */
export const LOTS_READ_MAX = 1_000;

export interface Expiry {
  readonly expired: number;
  /** Lots whose time is over, and that the line had no room to take out (`HOLES_MAX`): tried again later. */
  readonly stuck: number;
}

/**
 * Expires every lot that was read and whose time is over, or tells of those that come near it; asked again until it
 * expires none, it has done all. An expiry takes the unspent part only, so never below zero, and writes nothing for
 * nothing.
 */
export function expireLots(
  world: World,
  { lowBalance }: { readonly lowBalance: bigint },
  now: string,
): Decision<Expiry> {
  const over = unspentLots(world).filter((lot) => lot.expiresAt < now);
  const expired = over.slice(0, EXPIRED_PER_COMMAND_MAX).reduce((next, lot) => expire(next, lot, now), world);
  const count = expired.entries.length - world.entries.length;
  if (count === 0) return accepted(relist(tell(world, now)), { expired: 0, stuck: over.length });
  return accepted(watchLow(expired, { at: now, by: SYSTEM, lowBalance }), { expired: count, stuck: 0 });
}

/** In the order of the line, of those that were read. */
function unspentLots({ rows, account }: World): readonly Lot[] {
  return lotRows(rows).filter((lot) => remainderOf(lot, account) > 0n);
}

function lotRows(rows: World['rows']): readonly Lot[] {
  return [...rows.values()]
    .filter((row) => row.type === 'lot')
    .sort((one, other) => (one.sequence < other.sequence ? -1 : 1));
}

function expire(world: World, lot: Lot, now: string): World {
  if (!hasRoomFor(world.account, lot)) return world;
  return postWithoutCharge(world, {
    kind: 'expired',
    amount: -remainderOf(lot, world.account),
    at: now,
    by: SYSTEM,
    reference: lot.paymentId,
    takes: lot,
  });
}

/** One alert per account and day, for all lots that reached a notice since the last one. */
function tell(world: World, now: string): World {
  const { account } = world;
  const today = noticeDay(account, now);
  if (today === undefined) return world;
  const noticed = unspentLots(world)
    .filter((lot) => lot.expiresAt >= now)
    .flatMap((lot): readonly Lot[] => {
      const stage = noticeDue(lot, today);
      return stage === undefined ? [] : [{ ...lot, noticed: stage }];
    })
    .slice(0, NOTICED_PER_DAY_MAX);
  if (noticed.length === 0) return world;
  const told = withAccount(withRows(world, noticed), { noticesToldOn: today });
  return raise(told, { kind: 'expiring', at: now, facts: factsOf(world, noticed) });
}

function factsOf({ account }: World, lots: readonly Lot[]): AlertFacts {
  const byDate = new Map<string, bigint>();
  for (const lot of lots) {
    byDate.set(lot.expiresAt, (byDate.get(lot.expiresAt) ?? 0n) + remainderOf(lot, account));
  }
  const dates = [...byDate].map(([expiresAt, amount]) => ({ amount, expiresAt }));
  const expiring = dates.sort((one, other) => (one.expiresAt < other.expiresAt ? -1 : 1));
  const amount = dates.reduce((sum, date) => sum + date.amount, 0n);
  return { balance: account.balance, amount, expiring: expiring.slice(0, DATES_LISTED_MAX) };
}

/** Lists lots again that had no place, when half of the places are free. */
function relist(world: World): World {
  const { account, rows } = world;
  if (!account.moreLots || openLotsOf(account).length > LISTED_LOTS_MAX / 2) return world;
  const last = account.lots.at(-1)?.sequence ?? 0n;
  const following = lotRows(rows).filter((lot) => lot.sequence > last);
  const line = listFrom(account, following, following.length >= LOTS_READ_MAX);
  return withAccount(world, line);
}
