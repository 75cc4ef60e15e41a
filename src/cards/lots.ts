/** Unspent funds and when they are forfeited, soonest first: as many lines as are read at a glance. */
import { money, type Currency } from '../billing/money.js';
import { dayText } from './calendar-text.js';
import type { Speech } from './speech.js';

/** What is left of a purchase, and when it expires. */
export interface UnspentLot {
  readonly amount: bigint;
  readonly at: string;
}

export interface LotsFacts {
  readonly currency: Currency;
  /** The soonest first. */
  readonly lots: readonly UnspentLot[];
  /** There are more than these, which expire later. */
  readonly moreLots: boolean;
  /** Credit that is no purchase, such as a lowered charge. */
  readonly neverExpires: bigint;
}

export const LOTS_SHOWN_MAX = 4;

export interface LotLine {
  readonly title: string;
  readonly value: string;
}

/** Nothing where one sentence beside the balance says it all: a single lot, or none. */
export function lotLines(facts: LotsFacts, speech: Speech): readonly LotLine[] {
  const { lots, moreLots, neverExpires, currency } = facts;
  if (lots.length + Number(moreLots) + Number(neverExpires > 0n) < 2) return [];
  const amount = (micros: bigint): string => speech.money(money(micros, currency));
  const shown = lots.slice(0, LOTS_SHOWN_MAX).map((lot) => ({
    title: amount(lot.amount),
    value: speech.say('balance.lots.after', { date: expiryDay(lot.at, speech) }),
  }));
  const never = { title: amount(neverExpires), value: speech.say('balance.lots.never') };
  return [...shown, ...(neverExpires > 0n ? [never] : [])];
}

/** Where there are more than could be shown; how many more is known up to what the account lists. */
export function hiddenLots({ lots, moreLots }: LotsFacts, speech: Speech): string {
  if (moreLots) return speech.say('balance.lots.later');
  const count = lots.length - LOTS_SHOWN_MAX;
  return count > 0 ? speech.say('balance.lots.more', { count }) : '';
}

/** Funds expire at the end of a UTC day, whatever the reader's clock says. */
export function expiryDay(expiresAt: string, speech: Speech): string {
  return dayText(expiresAt.slice(0, 10), speech);
}
