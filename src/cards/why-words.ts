/** Why something happened, in one or two sentences: the rule, and the numbers that it saw. */
import { SYSTEM, type Alert, type AlertKind, type Explanation } from '../billing/ledger/model.js';
import { money, type Currency } from '../billing/money.js';
import { isBoughtByPerson } from '../billing/payments/processor.js';
import { healedSentence } from './alert-card.js';
import { alertWords } from './alert-words.js';
import { holdLines, noRechargeLines } from './hold-words.js';
import { expiryDay } from './lots.js';
import { methodName } from './payment-method.js';
import { speechAbout } from './purchase-speech.js';
import { plain } from './render.js';
import type { SayValues, Speech } from './speech.js';
import { tripDestinations, tripSentence } from './trip-words.js';

export interface WhyWords {
  readonly title: string;
  readonly lines: readonly string[];
}

/** Of a recharge, or of one that was not made. */
export function explanationWords(why: Explanation, currency: Currency, reading: Speech): WhyWords {
  const speech = speechAbout(why.method, reading);
  const values = numbersOf(why, currency, speech);
  const title =
    why.kind === 'charged' ? speech.say('why.charged.title', values) : speech.say('why.none.title');
  return { title, lines: LINES[why.kind]({ why, currency, values, speech }) };
}

function numbersOf(why: Explanation, currency: Currency, speech: Speech) {
  const text = (micros: bigint): string => speech.money(money(micros, currency));
  // What is used is told with the recharge that it explains; before it where there was none.
  const taken = why.kind === 'charged' ? why.amount : 0n;
  return {
    balance: text(why.balance),
    pending: text(why.pending),
    trigger: text(why.trigger),
    amount: text(why.amount),
    used: text(why.monthTotal + taken),
    cap: text(why.monthCap),
    usedToday: text(why.dayTotal + taken),
    dayCap: text(why.dayCap ?? why.monthCap),
    failures: why.failures,
    until: why.until === undefined ? '' : speech.dateTime(why.until),
  };
}

interface Subject {
  readonly why: Explanation;
  readonly currency: Currency;
  readonly values: SayValues;
  readonly speech: Speech;
}

type LinesOf = (subject: Subject) => readonly string[];

/** A new kind does not compile until it has words. */
const LINES: Readonly<Record<Explanation['kind'], LinesOf>> = {
  charged: ({ why, values, speech }) => [
    speech.say(why.pending > 0n ? 'why.charged.pending' : 'why.charged', values),
    ...cardLine(why, speech),
    speech.say(why.dayCap === undefined ? 'why.caps' : 'why.caps.day', values),
  ],
  inProgress: ({ values, speech }) => [speech.say('why.inProgress', values)],
  off: ({ why, values, speech }) => [speech.say(why.trigger > 0n ? 'why.off.below' : 'why.off', values)],
  waiting: ({ values, speech }) => [speech.say('why.waiting', values)],
  paused: ({ why, values, speech }) => {
    const reason = speech.say(`payment.declined.${why.pausedBy ?? 'declined'}`);
    return [speech.say('why.paused', { ...values, reason })];
  },
  capped: ({ why, values, speech }) => [speech.say(`why.capped.${why.cap ?? 'month'}`, values)],
  held: ({ why, currency, values, speech }) => [
    speech.say('why.held', values),
    ...holdLines(why, currency, speech),
  ],
  asksFirst: ({ why, currency, values, speech }) => [
    speech.say('why.asksFirst', values),
    ...holdLines(why, currency, speech),
  ],
  notBought: ({ values, speech }) => [speech.say('why.notBought', values)],
  tripped: ({ why: { trip }, currency, values, speech }) => {
    const reason = trip === undefined ? '' : tripSentence(trip, currency, speech);
    const where = trip === undefined ? [] : tripDestinations(trip, currency, speech);
    return [speech.say('why.tripped', { ...values, reason }), ...where];
  },
  disputed: ({ values, speech }) => [speech.say('why.disputed', values)],
};

/** Those that were written before the card was kept do not name it; where a person buys, no card is charged. */
function cardLine({ method, insteadOf }: Explanation, speech: Speech): readonly string[] {
  if (method === undefined || isBoughtByPerson(method)) return [];
  const name = plain(methodName(method, speech));
  if (insteadOf === undefined) return [speech.say('why.card', { method: name })];
  return [speech.say('why.card.instead', { method: name, own: plain(methodName(insteadOf, speech)) })];
}

export function alertReasons(alert: Alert, reading: Speech): WhyWords {
  const speech = speechAbout(alert.facts.method, reading);
  const { title } = alertWords(alert, speech);
  const bare = title.replace(/^[⚠✓]\s*/u, '');
  return {
    title: speech.say('why.alert.title', { title: bare }),
    lines: [
      ALERT_LINES[alert.kind]?.(alert, speech) ?? told(alert, speech),
      ...moreReasons(alert, speech),
      ...healedLine(alert, speech),
    ],
  };
}

/** Those that need more than the facts which most alerts have. */
const ALERT_LINES: Readonly<Partial<Record<AlertKind, (alert: Alert, speech: Speech) => string>>> = {
  expiring: ({ facts, currency }, speech) => {
    const last = facts.expiring?.at(-1)?.expiresAt;
    const date = last === undefined ? '' : expiryDay(last, speech);
    return speech.say('why.alert.expiring', {
      amount: speech.money(money(facts.amount ?? 0n, currency)),
      date,
    });
  },
  tripped: ({ facts: { trip }, currency }, speech) =>
    trip === undefined ? speech.say('why.alert.tripped') : tripSentence(trip, currency, speech),
};

function told({ kind, facts, currency }: Alert, speech: Speech): string {
  const text = (micros = 0n): string => speech.money(money(micros, currency));
  return speech.say(`why.alert.${kind}`, {
    amount: text(facts.amount),
    balance: text(facts.balance),
    threshold: text(facts.threshold),
    limit: text(facts.limit),
    cap: facts.cap ?? 'month',
    count: facts.count ?? 0,
    name: plain(facts.by?.name ?? ''),
  });
}

/** Why auto-recharge did not help, or why it failed: as the alert itself says it. */
function moreReasons({ kind, facts, currency }: Alert, speech: Speech): readonly string[] {
  if (kind === 'low') return noRechargeLines(facts, currency, speech);
  if (kind !== 'rechargeFailed' || facts.declineReason === undefined) return [];
  if (facts.declineReason === 'needsAction') {
    const amount = speech.money(money(facts.amount ?? 0n, currency));
    return [speech.say('payment.action.title', { amount })];
  }
  return [speech.say(`payment.declined.${facts.declineReason}`)];
}

function healedLine({ healed, currency }: Alert, speech: Speech): readonly string[] {
  if (healed === undefined || (healed.how === 'superseded' && healed.by.id === SYSTEM.id)) return [];
  const what = healedSentence({ ...healed, currency }, speech).replace(/\.$/u, '');
  return [speech.say('why.alert.healed', { what, time: speech.dateTime(healed.at) })];
}
