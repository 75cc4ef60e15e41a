/** The state of auto-recharge in words: one for the state, a sentence for the rule, and one for what holds it back. */
import type { Account, AutoRechargeRule } from '../billing/ledger/model.js';
import type { RechargeState } from '../billing/ledger/recharge-state.js';
import { money } from '../billing/money.js';
import { holdLines } from './hold-words.js';
import { speechAbout } from './purchase-speech.js';
import type { Speech } from './speech.js';
import { tripSentence } from './trip-words.js';

export interface RechargeFacts {
  readonly account: Account;
  readonly recharge: RechargeState;
}

export interface RechargeWords {
  /** `On`, `Off`, `Paused` … */
  readonly state: string;
  /** Sentences, the rule's first. */
  readonly lines: readonly string[];
}

export function rechargeWords({ account, recharge }: RechargeFacts, reading: Speech): RechargeWords {
  const { rule } = account;
  const speech = speechAbout(rule?.method, reading);
  if (rule === undefined || recharge.kind === 'off') {
    return { state: speech.say('balance.recharge.off'), lines: [speech.say('balance.recharge.off.text')] };
  }
  const { state, text } = WORDS[recharge.kind]({ account, recharge, rule, speech });
  const terms = {
    amount: amountOf(rule.amount, account, speech),
    trigger: amountOf(rule.trigger, account, speech),
  };
  return {
    state,
    lines: [speech.say('balance.recharge.rule', terms), ...(text === undefined ? [] : [text])],
  };
}

interface Subject extends RechargeFacts {
  readonly rule: AutoRechargeRule;
  readonly speech: Speech;
}

interface Words {
  readonly state: string;
  readonly text?: string;
}

/** A new state does not compile until it has words. */
const WORDS: Readonly<Record<Exclude<RechargeState['kind'], 'off'>, (subject: Subject) => Words>> = {
  notNeeded: ({ speech }) => ({ state: speech.say('balance.recharge.on') }),
  inProgress,
  due: ({ account, rule, speech }) => ({
    state: speech.say('balance.recharge.on'),
    text: speech.say('balance.recharge.due', { amount: amountOf(rule.amount, account, speech) }),
  }),
  waiting: ({ account, recharge, speech }) => ({
    state: speech.say('balance.recharge.waiting'),
    text: speech.say('balance.recharge.waiting.text', {
      failures: account.health.failures,
      until: untilOf(recharge, speech),
    }),
  }),
  paused,
  capped,
  held: (subject) => ({
    state: subject.speech.say('balance.recharge.held'),
    text: [...holdsFor(subject), subject.speech.say('balance.recharge.held.text')].join(' '),
  }),
  asksFirst: (subject) => ({
    state: subject.speech.say('balance.recharge.asksFirst'),
    text: [subject.speech.say('balance.recharge.asksFirst.text'), ...holdsFor(subject)].join(' '),
  }),
  notBought: ({ speech }) => ({
    state: speech.say('balance.recharge.notBought'),
    text: speech.say('balance.recharge.notBought.text'),
  }),
  tripped: ({ account, recharge, speech }) => {
    const reason = 'trip' in recharge ? tripSentence(recharge.trip, account.currency, speech) : '';
    const state = speech.say('balance.recharge.tripped');
    return { state, text: speech.say('balance.recharge.tripped.text', { reason }) };
  },
  disputed: ({ account, speech }) => ({
    state: speech.say('balance.recharge.disputed'),
    text: speech.say('balance.recharge.disputed.text', {
      amount: amountOf(account.health.disputed?.amount ?? 0n, account, speech),
    }),
  }),
};

function holdsFor({ account, recharge, speech }: Subject): readonly string[] {
  const holds = recharge.kind === 'held' || recharge.kind === 'asksFirst';
  return holds ? holdLines(recharge, account.currency, speech) : [];
}

/** It may be a top-up by hand that lifts the balance above the trigger, and not a recharge of its own. */
function inProgress({ account, speech }: Subject): Words {
  const own = account.openPayments.find(({ reason, overdue }) => reason === 'autoRecharge' && !overdue);
  const text =
    own === undefined
      ? speech.say('balance.recharge.inProgress.byHand')
      : speech.say('balance.recharge.inProgress.text', { amount: amountOf(own.amount, account, speech) });
  return { state: speech.say('balance.recharge.on'), text };
}

function paused({ account, speech }: Subject): Words {
  const reason = account.health.pausedBy ?? 'declined';
  const why = speech.say(`payment.declined.${reason}`);
  return {
    state: speech.say('balance.recharge.paused'),
    text: speech.say('balance.recharge.paused.text', { reason: why }),
  };
}

function capped({ account, recharge, rule, speech }: Subject): Words {
  const byDay = recharge.kind === 'capped' && recharge.cap === 'day';
  const cap = byDay ? (rule.dayCap ?? rule.monthCap) : rule.monthCap;
  return {
    state: speech.say('balance.recharge.capped'),
    text: speech.say(byDay ? 'balance.recharge.capped.day' : 'balance.recharge.capped.month', {
      cap: amountOf(cap, account, speech),
      amount: amountOf(rule.amount, account, speech),
      until: untilOf(recharge, speech),
    }),
  };
}

function untilOf(recharge: RechargeState, speech: Speech): string {
  return 'until' in recharge ? speech.dateTime(recharge.until) : '';
}

function amountOf(micros: bigint, account: Account, speech: Speech): string {
  return speech.money(money(micros, account.currency));
}
