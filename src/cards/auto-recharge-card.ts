/** Auto-recharge as it stands: what is set, by whom, and what became of the charge that somebody started. */
import { isSameCard } from '../billing/ledger/cards.js';
import type { Actor, AutoRechargeRule, ChosenMethod } from '../billing/ledger/model.js';
import type { RechargeState } from '../billing/ledger/recharge-state.js';
import { money, type Currency } from '../billing/money.js';
import type { DeclineReason } from '../billing/payments/processor.js';
import { holdLines } from './hold-words.js';
import { linkButton, renderPanel, type PanelButton, type PanelFact, type PanelStyle } from './panel.js';
import { methodName } from './payment-method.js';
import { clickButton } from './payment-view.js';
import { speechAbout } from './purchase-speech.js';
import { plain, type Card } from './render.js';
import type { Speech, StringKey } from './speech.js';

export type Rule = Pick<AutoRechargeRule, 'trigger' | 'amount' | 'monthCap' | 'dayCap' | 'method'>;

type Held = Extract<RechargeState, { kind: 'held' | 'asksFirst' }>;

/** What became of it. The kinds of the recharge's state, and of a charge that was just made. */
export type Situation =
  | { readonly kind: 'added'; readonly total: bigint; readonly count: number }
  | { readonly kind: 'charging'; readonly amount: bigint }
  | { readonly kind: 'needsAction'; readonly amount: bigint; readonly url?: string }
  | {
      readonly kind: 'declined';
      readonly amount: bigint;
      readonly reason: DeclineReason;
      readonly until?: string;
    }
  | { readonly kind: 'capped' | 'waiting'; readonly until: string }
  | Held
  | { readonly kind: 'notNeeded' | 'inProgress' | 'paused' | 'tripped' | 'disputed' | 'notBought' };

export interface StateFacts {
  readonly rule: AutoRechargeRule;
  readonly currency: Currency;
  readonly balance: bigint;
  readonly situation: Situation;
  /** `set`: the rule was saved. `retry`: somebody asked to try again. */
  readonly asked: 'set' | 'retry';
  /** This click changed nothing, since another one had been there before it. */
  readonly superseded?: boolean;
}

export const SITUATION_STYLES: Readonly<Record<Situation['kind'], PanelStyle>> = {
  added: 'good',
  charging: 'accent',
  needsAction: 'warning',
  declined: 'attention',
  capped: 'warning',
  waiting: 'warning',
  paused: 'warning',
  held: 'warning',
  asksFirst: 'warning',
  notBought: 'warning',
  tripped: 'attention',
  disputed: 'attention',
  notNeeded: 'good',
  inProgress: 'accent',
};

export function autoRechargeState(facts: StateFacts, reading: Speech): Card {
  const { rule, currency, situation, asked, superseded = false } = facts;
  const speech = speechAbout(rule.method, reading);
  const title = speech.say(asked === 'set' ? setTitle(situation) : `autoRecharge.retry.${situation.kind}`);
  const now = [...situationLines(facts, speech), ...stillLines(facts, speech)];
  const panel = {
    style: SITUATION_STYLES[situation.kind],
    title,
    lines: [
      ...(superseded ? [speech.say('autoRecharge.superseded')] : []),
      ruleSentence(rule, currency, speech),
    ],
    box: { style: 'default' as const, lines: now },
    facts: [
      ...capFacts(rule, currency, speech),
      { title: speech.say('autoRecharge.fact.setBy'), value: setBy(rule, speech) },
    ],
    buttons: stateButtons(situation, speech),
  };
  return renderPanel(panel, [title, ...now].join('. '));
}

/** Saved, and yet not working just now: the heading says so. */
const SET_TITLES: Readonly<Partial<Record<Situation['kind'], StringKey>>> = {
  declined: 'autoRecharge.set.declined',
  needsAction: 'autoRecharge.set.needsAction',
  paused: 'autoRecharge.set.paused',
  tripped: 'autoRecharge.set.tripped',
  disputed: 'autoRecharge.set.disputed',
  waiting: 'autoRecharge.set.waiting',
  asksFirst: 'autoRecharge.set.asksFirst',
};

function setTitle({ kind }: Situation): StringKey {
  return SET_TITLES[kind] ?? 'autoRecharge.set.title';
}

/** Saving a rule with the card that was declined does not make that card better. */
function stillLines({ asked, situation: { kind } }: StateFacts, speech: Speech): readonly string[] {
  const same = asked === 'set' && (kind === 'paused' || kind === 'waiting');
  return same ? [speech.say('autoRecharge.still')] : [];
}

/** Who set it and when, in one line. */
export function setBy(rule: { readonly setBy: Actor; readonly setAt: string }, speech: Speech): string {
  return speech.say('autoRecharge.byAt', { name: plain(rule.setBy.name), time: speech.dateTime(rule.setAt) });
}

/** What became of it, in sentences. */
export function situationLines(
  { rule, currency, balance, situation }: Pick<StateFacts, 'rule' | 'currency' | 'balance' | 'situation'>,
  speech: Speech,
): readonly string[] {
  const text = (micros: bigint): string => moneyText(micros, currency, speech);
  const values = {
    amount: text('amount' in situation ? situation.amount : rule.amount),
    total: situation.kind === 'added' ? text(situation.total) : '',
    count: situation.kind === 'added' ? situation.count : 0,
    balance: text(balance),
    trigger: text(rule.trigger),
    until: 'until' in situation ? speech.dateTime(situation.until) : '',
  };
  const line = speech.say(`autoRecharge.now.${situation.kind}`, values);
  if (isHeld(situation)) return [line, ...holdLines(situation, currency, speech)];
  if (situation.kind !== 'declined') return [line];
  const next = situation.until === undefined ? 'autoRecharge.now.paused' : 'autoRecharge.now.waiting';
  return [line, speech.say(`payment.declined.${situation.reason}`), speech.say(next, values)];
}

function isHeld(situation: Situation): situation is Held {
  return situation.kind === 'held' || situation.kind === 'asksFirst';
}

/** In these something failed, or waits, that trying again may end. */
const RETRIABLE: readonly Situation['kind'][] = [
  'declined',
  'paused',
  'waiting',
  'held',
  'asksFirst',
  'tripped',
  'disputed',
  'notBought',
];
const OPEN: readonly Situation['kind'][] = ['charging', 'needsAction', 'inProgress', 'asksFirst'];

function stateButtons(situation: Situation, speech: Speech): readonly PanelButton[] {
  const { kind } = situation;
  const link = kind === 'needsAction' ? linkButton(speech.say('payment.action.open'), situation.url) : [];
  const open = clickButton(speech.say('payment.button.payments'), { verb: 'payments.show' });
  const stopped = kind === 'tripped' || kind === 'disputed';
  const retry = stopped ? 'autoRecharge.button.resume' : 'autoRecharge.button.retry';
  const again = clickButton(speech.say(retry), { verb: 'autoRecharge.retry' });
  return [
    ...link,
    clickButton(speech.say('payment.button.balance'), { verb: 'balance.show' }),
    ...(OPEN.includes(kind) ? [open] : []),
    ...(RETRIABLE.includes(kind) ? [again] : []),
    clickButton(speech.say('autoRecharge.button.change'), { verb: 'autoRecharge.form' }),
    clickButton(speech.say('autoRecharge.button.off'), { verb: 'autoRecharge.askOff' }, 'destructive'),
  ];
}

/** The most that it can cost: in money, and in whole recharges, since there is never a part of one. */
export function capFacts(
  { amount, monthCap, dayCap }: Pick<Rule, 'amount' | 'monthCap' | 'dayCap'>,
  currency: Currency,
  speech: Speech,
): readonly PanelFact[] {
  const fact = (title: StringKey, cap: bigint): PanelFact => ({
    title: speech.say(title),
    value: speech.say('autoRecharge.capValue', {
      cap: moneyText(cap, currency, speech),
      count: Number(cap / amount),
    }),
  });
  return [
    fact('autoRecharge.fact.cap', monthCap),
    ...(dayCap === undefined ? [] : [fact('autoRecharge.fact.dayCap', dayCap)]),
  ];
}

export function ruleSentence(rule: Rule, currency: Currency, speech: Speech): string {
  return speech.say('autoRecharge.rule', {
    trigger: moneyText(rule.trigger, currency, speech),
    amount: moneyText(rule.amount, currency, speech),
    method: plain(methodName(rule.method, speech)),
  });
}

/** Where a backup is charged in the place of the rule's own card: that it is one, and why. */
export function insteadLines(
  { rule, method }: { readonly rule: Pick<Rule, 'method'>; readonly method: ChosenMethod },
  speech: Speech,
): readonly string[] {
  if (isSameCard(method, rule.method)) return [];
  const [backup, own] = [method, rule.method].map((card) => plain(methodName(card, speech)));
  return [speech.say('autoRecharge.instead', { method: backup ?? '', own: own ?? '' })];
}

export function moneyText(micros: bigint, currency: Currency, speech: Speech): string {
  return speech.money(money(micros, currency));
}
