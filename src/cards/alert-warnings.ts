/** What the alerts say that warn before money is lost, or that no more is added: expiry, caps, and the breaker. */
import type { Alert, AlertFacts } from '../billing/ledger/model.js';
import { money } from '../billing/money.js';
import type { AlertWords } from './alert-view.js';
import { LOTS_SHOWN_MAX, expiryDay } from './lots.js';
import type { Speech } from './speech.js';
import { amounts, tripDestinations, tripSentence } from './trip-words.js';

export type Warning = (alert: Pick<Alert, 'facts' | 'currency'>, speech: Speech) => AlertWords;

export const expiring: Warning = ({ facts, currency }, speech) => {
  const lots = (facts.expiring ?? []).map(({ amount, expiresAt }) => ({
    amount: speech.money(money(amount, currency)),
    date: expiryDay(expiresAt, speech),
  }));
  const hidden = lots.length - LOTS_SHOWN_MAX;
  const amount = speech.money(money(facts.amount ?? 0n, currency));
  return {
    style: 'warning',
    title: speech.say('alert.expiring.title'),
    number: amount,
    lines: [
      ...lots.slice(0, LOTS_SHOWN_MAX).map((lot) => speech.say('alert.expiring.lot', lot)),
      ...(hidden > 0 ? [speech.say('balance.lots.more', { count: hidden })] : []),
      speech.say('alert.expiring.text'),
    ],
    by: '',
    summary: speech.say('alert.expiring.summary', { amount, date: lots.at(-1)?.date ?? '' }),
  };
};

const FULL_PERCENT = 100;

export const capNear: Warning = ({ facts, currency }, speech) => {
  const { cap = 'month', percent = FULL_PERCENT } = facts;
  const full = percent >= FULL_PERCENT;
  const values = {
    cap,
    percent: speech.percent(percent / FULL_PERCENT),
    amount: speech.money(money(facts.amount ?? 0n, currency)),
    limit: speech.money(money(facts.limit ?? 0n, currency)),
  };
  const title = speech.say(full ? 'alert.capNear.full' : 'alert.capNear.title', values);
  return {
    style: full ? 'attention' : 'warning',
    title,
    number: values.amount,
    lines: [
      speech.say('alert.capNear.text', values),
      full ? speech.say('alert.capNear.stopped', values) : speech.say('alert.capNear.next'),
    ],
    by: speech.say('alert.by.rule'),
    summary: speech.say('alert.capNear.summary', { ...values, title: title.replace(/^⚠ /u, '') }),
  };
};

export const tripped: Warning = ({ facts, currency }, speech) => {
  const { trip } = facts;
  return {
    style: 'attention',
    title: speech.say('alert.tripped.title'),
    number: trippedNumber(facts, currency, speech),
    lines: [
      ...(trip === undefined ? [] : [tripSentence(trip, currency, speech)]),
      ...(trip === undefined ? [] : tripDestinations(trip, currency, speech)),
      speech.say('alert.tripped.todo'),
    ],
    by: speech.say(trip?.reason === 'recharges' ? 'alert.by.rule' : 'alert.by.calls'),
    summary: trippedSummary(facts, currency, speech),
  };
};

/** What was unusual: the money of the day, or the balance where recharges were many. */
function trippedNumber({ trip, balance }: AlertFacts, currency: Alert['currency'], speech: Speech): string {
  return speech.money(money(trip?.reason === 'spend' ? trip.spend : balance, currency));
}

function trippedSummary({ trip }: AlertFacts, currency: Alert['currency'], speech: Speech): string {
  if (trip === undefined) return speech.say('alert.tripped.todo');
  const values = { count: trip.recharges, ...amounts(trip, currency, speech) };
  return speech.say(`alert.tripped.${trip.reason}.summary`, values);
}
