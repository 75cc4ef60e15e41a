/** Watching the cards that auto-recharge depends on: what is told of them, and when that is settled. */
import { usualDay } from './breaker.js';
import { cardsInUse, labelOf } from './cards.js';
import { dayOf, daysBefore, startOfNext } from './calendar.js';
import { CARD_NOTICES, type Account, type CardNotice, type CardTrouble, type WatchedCard } from './model.js';
import { pendingAmount } from './recharge-state.js';
import { heal, livingAlert, raiseLiving, updateLiving, type Ending } from './watch.js';
import { withAccount, type World } from './world.js';
import type { PaymentMethod } from '../payments/processor.js';

/** A recharge that is expected later than that is too far away to be told of. */
export const FORECAST_DAYS_MAX = 90;
const DAY_MS = 24 * 3_600_000;

/** The last day, in any time zone, on which a card of this month (`YYYY-MM`) can be charged. */
export function lastDayOf(expires: string): string {
  return daysBefore(startOfNext('month', `${expires}-01T00:00:00.000Z`, 'UTC').slice(0, 10), 1);
}

/**
 * The day on which the balance, at the usual spend, falls below the trigger; today where it is there already. Undefined
 * where nothing is usual yet, or it is too far away.
 */
export function nextRechargeDay(account: Account, now: string): string | undefined {
  const { rule, balance, days, timeZone } = account;
  const usual = usualDay(days);
  if (rule?.enabled !== true || usual === undefined || usual <= 0n) return undefined;
  const left = balance + pendingAmount(account) - rule.trigger;
  const ahead = left < 0n ? 0n : left / usual + 1n;
  return ahead > FORECAST_DAYS_MAX ? undefined : daysBefore(dayOf(now, timeZone), -Number(ahead));
}

/** The cards in use as the processor has them, each with what is to be told of it by now. */
export function watched(
  account: Account,
  stored: readonly PaymentMethod[],
  now: string,
): readonly WatchedCard[] {
  return cardsInUse(account).map(({ id }) => {
    const expires = stored.find((one) => one.id === id)?.expires;
    const known = account.cards.find((one) => one.id === id);
    // Another expiry is another card to whoever must act: told anew.
    const before = known?.expires === expires ? known?.told : undefined;
    const told = moreUrgent(before, noticeOf(account, expires, now));
    return { id, ...(expires !== undefined && { expires }), ...(told !== undefined && { told }) };
  });
}

function noticeOf(account: Account, expires: string | undefined, now: string): CardNotice | undefined {
  if (expires === undefined) return 'gone';
  const lastDay = lastDayOf(expires);
  const left = (Date.parse(lastDay) - Date.parse(dayOf(now, account.timeZone))) / DAY_MS;
  if (left <= 0) return 'ended';
  if (left <= 7) return 'days7';
  if (left <= 30) return 'days30';
  const next = nextRechargeDay(account, now);
  return next !== undefined && next > lastDay ? 'beforeRecharge' : undefined;
}

function moreUrgent(one: CardNotice | undefined, other: CardNotice | undefined): CardNotice | undefined {
  return urgency(one) > urgency(other) ? one : other;
}

function urgency(notice: CardNotice | undefined): number {
  return notice === undefined ? -1 : CARD_NOTICES.indexOf(notice);
}

/** Takes over what was seen: a new notice is a new alert, in place of the living one; what is settled heals it. */
export function tellCards(world: World, cards: readonly WatchedCard[], ending: Ending): World {
  const before = world.account.cards;
  const seen = withAccount(world, { cards });
  const troubles = troublesOf(seen.account);
  if (troubles.length === 0) return heal(seen, 'cardExpiring', ending);
  const nextRecharge = nextRechargeDay(seen.account, ending.at);
  const { balance } = seen.account;
  const facts = { balance, cards: troubles, ...(nextRecharge !== undefined && { nextRecharge }) };
  const isNews = cards.some((card) => card.told !== undefined && !before.some((one) => wasTold(one, card)));
  if (!isNews && livingAlert(seen, 'cardExpiring') !== undefined)
    return updateLiving(seen, 'cardExpiring', facts);
  const superseded = heal(seen, 'cardExpiring', { ...ending, how: 'superseded' });
  return raiseLiving(superseded, { kind: 'cardExpiring', at: ending.at, facts });
}

function wasTold(one: WatchedCard, { id, expires, told }: WatchedCard): boolean {
  return one.id === id && one.expires === expires && one.told === told;
}

function troublesOf(account: Account): readonly CardTrouble[] {
  return cardsInUse(account).flatMap((method): readonly CardTrouble[] => {
    const { expires, told } = account.cards.find(({ id }) => id === method.id) ?? {};
    if (told === undefined) return [];
    const isBackup = method.id !== account.rule?.method.id;
    const lastDay = expires === undefined ? {} : { lastDay: lastDayOf(expires) };
    return [{ method: labelOf(method), isBackup, notice: told, ...lastDay }];
  });
}

/** Another choice of cards: what nothing depends on any more is watched no longer, and told no longer. */
export function forgetCards(world: World, ending: Ending): World {
  const inUse = cardsInUse(world.account);
  const left = world.account.cards.filter(({ id }) => inUse.some((method) => method.id === id));
  return left.length === world.account.cards.length ? world : tellCards(world, left, ending);
}
