/** What each kind of alert says while its cause lasts: what changed, who caused it, and what to do (PLATFORM). */
import type { Alert, AlertFacts, AlertKind } from '../billing/ledger/model.js';
import { money, type Currency } from '../billing/money.js';
import { cardTrouble } from './alert-card-trouble.js';
import type { AlertWords } from './alert-view.js';
import { capNear, expiring, tripped } from './alert-warnings.js';
import { noRechargeLines } from './hold-words.js';
import { methodName } from './payment-method.js';
import { plain } from './render.js';
import type { Speech } from './speech.js';

type WordsOf = (facts: AlertFacts, said: Said, speech: Speech) => AlertWords;

/** The facts as texts. */
interface Said {
  readonly balance: string;
  readonly amount: string;
  readonly threshold: string;
  readonly method: string;
  readonly count: number;
  readonly currency: Currency;
}

/** A new kind does not compile until it has words. */
const WORDS: Readonly<Record<AlertKind, WordsOf>> = {
  recharged: (facts, said, speech) => ({
    style: 'good',
    title: speech.say('alert.recharged.title'),
    number: `+${said.amount}`,
    lines: [
      speech.say('alert.recharged.balance', { balance: said.balance }),
      chargedLine(facts, said, speech),
    ],
    by: speech.say('alert.by.rule'),
    summary: speech.say('alert.recharged.summary', { ...said }),
  }),
  rechargeFailed: (facts, said, speech) =>
    facts.declineReason === 'needsAction' ? needsAction(facts, said, speech) : failed(facts, said, speech),
  negative: (facts, said, speech) => ({
    style: 'attention',
    title: speech.say('alert.negative.title'),
    number: said.balance,
    ...negativeCause(facts, speech),
    summary: speech.say('alert.negative.summary', { ...said }),
  }),
  recovered: ({ by }, said, speech) => ({
    style: 'good',
    title: speech.say('alert.recovered.title'),
    number: said.balance,
    lines: [speech.say('alert.recovered.text')],
    by: (by?.name ?? '') === '' ? speech.say('alert.by.system') : plain(by?.name ?? ''),
    summary: speech.say('alert.recovered.summary', { ...said }),
  }),
  low: (facts, said, speech) => ({
    style: 'warning',
    title: speech.say('alert.low.title'),
    number: said.balance,
    lines: [
      speech.say('alert.low.text', { threshold: said.threshold }),
      ...noRechargeLines(facts, said.currency, speech),
    ],
    by: speech.say('alert.by.funds'),
    summary: speech.say('alert.low.summary', { ...said }),
  }),
  crossings: (_facts, said, speech) => ({
    style: 'warning',
    title: speech.say('alert.crossings.title'),
    number: said.balance,
    lines: [speech.say('alert.crossings.text', { count: said.count }), speech.say('alert.crossings.todo')],
    by: speech.say('alert.by.calls'),
    summary: speech.say('alert.crossings.summary', { ...said }),
  }),
  paymentUnknown: (_facts, said, speech) => ({
    style: 'warning',
    title: speech.say('alert.paymentUnknown.title'),
    number: said.amount,
    lines: [
      speech.say('alert.paymentUnknown.text', { method: said.method }),
      speech.say('alert.paymentUnknown.todo'),
    ],
    by: '',
    summary: speech.say('alert.paymentUnknown.summary', { ...said }),
  }),
  expiring: (facts, { currency }, speech) => expiring({ facts, currency }, speech),
  capNear: (facts, { currency }, speech) => capNear({ facts, currency }, speech),
  cardExpiring: (facts, _said, speech) => cardTrouble(facts, speech),
  tripped: (facts, { currency }, speech) => tripped({ facts, currency }, speech),
  disputed: ({ balance, paused }, said, speech) => ({
    style: 'attention',
    title: speech.say('alert.disputed.title'),
    number: said.amount,
    lines: [
      speech.say('alert.disputed.text', { ...said }),
      speech.say(balance < 0n ? 'alert.disputed.blocked' : 'alert.disputed.open', { ...said }),
      speech.say('alert.disputed.todo'),
      ...(paused === true ? [speech.say('alert.disputed.paused')] : []),
    ],
    by: speech.say('alert.by.bank'),
    summary: speech.say('alert.disputed.summary', { ...said }),
  }),
  test: ({ by }, said, speech) => ({
    style: 'accent',
    title: speech.say('alert.test.title'),
    number: said.balance,
    lines: [speech.say('alert.test.text', { name: plain(by?.name ?? '') })],
    by: plain(by?.name ?? ''),
    summary: speech.say('alert.test.summary'),
  }),
};

export function alertWords({ kind, facts, currency }: Alert, speech: Speech): AlertWords {
  const text = (micros: bigint | undefined): string =>
    micros === undefined ? '' : speech.money(money(micros, currency));
  const said = {
    balance: text(facts.balance),
    amount: text(facts.amount),
    threshold: text(facts.threshold),
    method: facts.method === undefined ? '' : plain(methodName(facts.method, speech)),
    count: facts.count ?? 0,
    currency,
  };
  return WORDS[kind](facts, said, speech);
}

/** Which card was really charged, and that the rule's own was not. */
function chargedLine({ insteadOf }: AlertFacts, { method }: Said, speech: Speech): string {
  if (insteadOf === undefined) return speech.say('alert.recharged.text', { method });
  return speech.say('alert.recharged.instead', { method, own: plain(methodName(insteadOf, speech)) });
}

function negativeCause({ by, reversal }: AlertFacts, speech: Speech): Pick<AlertWords, 'lines' | 'by'> {
  const blocked = speech.say('alert.negative.blocked');
  if (reversal !== undefined) {
    const who = speech.say(reversal === 'refund' ? 'alert.by.processor' : 'alert.by.bank');
    return { lines: [blocked, speech.say(`alert.negative.${reversal}`)], by: who };
  }
  if (by === undefined)
    return { lines: [blocked, speech.say('alert.negative.text')], by: speech.say('alert.by.calls') };
  const name = plain(by.name);
  return { lines: [blocked, speech.say('alert.negative.byPerson', { name })], by: name };
}

function needsAction({ deadline }: AlertFacts, said: Said, speech: Speech): AlertWords {
  const lapses =
    deadline === undefined ? [] : [speech.say('payment.action.until', { time: speech.dateTime(deadline) })];
  return {
    style: 'warning',
    title: speech.say('alert.needsAction.title', { ...said }),
    number: said.amount,
    lines: [speech.say('alert.needsAction.text', { ...said }), ...lapses],
    by: speech.say('alert.by.rule'),
    summary: speech.say('alert.needsAction.summary', { ...said }),
  };
}

function failed(facts: AlertFacts, said: Said, speech: Speech): AlertWords {
  const { declineReason = 'declined' } = facts;
  const reason = speech.say(
    `payment.declined.${declineReason === 'needsAction' ? 'declined' : declineReason}`,
  );
  return {
    style: 'attention',
    title: speech.say('alert.rechargeFailed.title'),
    number: said.amount,
    lines: [
      speech.say('alert.rechargeFailed.text', { amount: said.amount, method: said.method }),
      reason,
      ...nextLines(facts, speech),
    ],
    by: speech.say('alert.by.rule'),
    summary: speech.say('alert.rechargeFailed.summary', { ...said, reason }),
  };
}

function nextLines({ paused, nextTry, goesOnWith }: AlertFacts, speech: Speech): readonly string[] {
  if (goesOnWith !== undefined) {
    const method = plain(methodName(goesOnWith, speech));
    return [speech.say('alert.rechargeFailed.goesOn', { method })];
  }
  if (paused === true) return [speech.say('alert.rechargeFailed.paused')];
  if (nextTry === undefined) return [];
  return [speech.say('alert.rechargeFailed.nextTry', { time: speech.dateTime(nextTry) })];
}
