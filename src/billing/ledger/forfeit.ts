/** How much of a purchase would expire unused at the usual spend: oldest funds are used first (DESIGN §1). */
import { datesBetween, dayOf, daysBefore, expiryOf } from './calendar.js';
import { remainderOf } from './credit-line.js';
import type { Account, Span } from './model.js';
import { pendingAmount } from './recharge-state.js';

/** The spend of that many days is taken for the usual one. */
export const FORECAST_DAYS = 90;
/** With fewer nobody can tell what is usual. */
const KNOWN_DAYS_MIN = 7;
const DAY_MS = 86_400_000;

export interface Forfeit {
  /** What would be left of the purchase when it expires. */
  readonly amount: bigint;
  readonly at: string;
  /** The usual spend of a day. */
  readonly perDay: bigint;
  /** The days that it was taken from: fewer than 90 where less is known. */
  readonly days: number;
}

type Funds = Pick<
  Account,
  'timeZone' | 'days' | 'lots' | 'pointer' | 'holes' | 'credited' | 'balance' | 'openPayments'
>;

/** Undefined where the purchase would be used up in time, or where too little is known of the spend. */
export function forfeitOf(account: Funds, amount: bigint, now: string): Forfeit | undefined {
  const usual = usualSpend(account, now);
  if (usual === undefined) return undefined;
  const at = expiryOf(now);
  const net = account.balance + pendingAmount(account);
  const owed = net < 0n ? -net : 0n;
  const usable = usual.perDay === 0n ? 0n : spendable(account, usual.perDay, { now, until: at });
  const left = amount - owed - usable;
  return left > 0n ? { amount: left, at, ...usual } : undefined;
}

function usualSpend({ days, timeZone }: Funds, now: string): Pick<Forfeit, 'perDay' | 'days'> | undefined {
  const today = dayOf(now, timeZone);
  const from = daysBefore(today, FORECAST_DAYS - 1);
  const oldest = days.at(-1)?.date;
  if (oldest === undefined) return undefined;
  const known = datesBetween(oldest > from ? oldest : from, today).length;
  if (known < KNOWN_DAYS_MIN) return undefined;
  const spend = days.reduce((sum, day) => (day.date >= from ? sum + day.spend : sum), 0n);
  return { perDay: spend > 0n ? spend / BigInt(known) : 0n, days: known };
}

/** What can be spent of a purchase until it expires, after all that is used before it. */
function spendable(account: Funds, perDay: bigint, { now, until }: { now: string; until: string }): bigint {
  const msFor = (amount: bigint): number => Number((amount * BigInt(DAY_MS)) / perDay);
  let time = Date.parse(now);
  for (const { amount, expires } of fundsAhead(account)) {
    // What is not used by its own expiry keeps nobody from going on to the next.
    time = Math.min(time + msFor(amount), Math.max(time, expires));
  }
  const left = Math.max(0, Date.parse(until) - time);
  return (perDay * BigInt(Math.round(left))) / BigInt(DAY_MS);
}

interface Stretch {
  readonly amount: bigint;
  /** Milliseconds; `Infinity` for credit that never expires. */
  readonly expires: number;
}

/** The credit line ahead of the pointer, in the order of its use: lots, what lies between them, and what is pending. */
function fundsAhead(account: Funds): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let from = account.pointer;
  const add = (span: Span, expires: number): void => {
    const amount = remainderOf(span, account);
    if (amount > 0n) stretches.push({ amount, expires });
    from = span.end;
  };
  for (const lot of account.lots) {
    add({ start: from, end: lot.start }, Infinity);
    add(lot, Date.parse(lot.expiresAt));
  }
  add({ start: from, end: account.credited }, Infinity);
  const debt = account.balance < 0n ? -account.balance : 0n;
  const pending = pendingAmount(account) - debt;
  return pending > 0n ? [...stretches, { amount: pending, expires: Infinity }] : stretches;
}
