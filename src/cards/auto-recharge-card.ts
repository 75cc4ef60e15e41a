/** Auto-recharge outside its form: the preview, what became of it, and the two questions that are asked before acting. */
import type { Actor, AutoRechargeRule } from '../billing/ledger/model.js';
import { money, toDecimal, type Currency } from '../billing/money.js';
import type { DeclineReason, PaymentMethod } from '../billing/payments/processor.js';
import { linkButton, renderPanel, type PanelButton, type PanelFact, type PanelStyle } from './panel.js';
import { expiryMonth, isTestCard, methodChoice, methodName } from './payment-method.js';
import { clickButton } from './payment-view.js';
import { plain, type Card } from './render.js';
import type { SayValues, Speech } from './speech.js';

type Rule = Pick<AutoRechargeRule, 'trigger' | 'amount' | 'monthCap' | 'method'>;

/** What happens the moment that the rule is saved. */
export type Forecast =
  | { readonly kind: 'due'; readonly recharges: bigint; readonly room: bigint }
  | { readonly kind: 'notNeeded' }
  | { readonly kind: 'inProgress'; readonly pending: bigint }
  | { readonly kind: 'capped'; readonly until: string };

export interface PreviewFacts {
  readonly rule: Omit<Rule, 'method'> & { readonly method: PaymentMethod };
  readonly currency: Currency;
  readonly balance: bigint;
  readonly forecast: Forecast;
  /** Of the cap, used by recharges of this month. */
  readonly usedThisMonth: bigint;
  readonly reason?: 'expired' | 'changed';
  /** Sealed: what the confirmation sends back. */
  readonly token: string;
  readonly now: string;
}

export function autoRechargePreview(facts: PreviewFacts, speech: Speech): Card {
  const { rule, currency, forecast, token } = facts;
  const most = speech.say('autoRecharge.most', { cap: moneyText(rule.monthCap, currency, speech) });
  const sentence = ruleSentence(rule, currency, speech);
  const confirm =
    forecast.kind === 'due'
      ? speech.say('autoRecharge.preview.onAndCharge', { amount: moneyText(rule.amount, currency, speech) })
      : speech.say('autoRecharge.preview.on');
  const terms = {
    trigger: toDecimal(rule.trigger),
    amount: toDecimal(rule.amount),
    monthCap: toDecimal(rule.monthCap),
  };
  const panel = {
    style: 'emphasis' as const,
    title: speech.say('autoRecharge.preview.title'),
    number: most,
    lines: [
      ...(facts.reason === undefined ? [] : [speech.say(`autoRecharge.preview.${facts.reason}`)]),
      sentence,
    ],
    box: { style: forecast.kind === 'due' ? ('warning' as const) : ('default' as const), lines: forecastLines(facts, speech) },
    facts: [
      { title: speech.say('payment.fact.method'), value: plain(methodChoice(rule.method, speech)) },
      ...capFacts(facts, speech),
    ],
    notes: [
      speech.say('autoRecharge.preview.nothingYet', { confirm }),
      ...(isTestCard(rule.method.id) ? [speech.say('payment.test')] : []),
    ],
    buttons: [
      clickButton(confirm, { verb: 'autoRecharge.confirm', token }, 'positive'),
      clickButton(speech.say('addFunds.preview.change'), {
        verb: 'autoRecharge.change',
        ...terms,
        method: rule.method.id,
      }),
      clickButton(speech.say('addFunds.preview.cancel'), { verb: 'autoRecharge.discard' }),
    ],
  };
  return renderPanel(panel, `${panel.title} ${sentence}`);
}

function capFacts({ rule, currency, usedThisMonth }: PreviewFacts, speech: Speech): readonly PanelFact[] {
  const recharges = Number(rule.monthCap / rule.amount);
  const used = moneyText(usedThisMonth, currency, speech);
  return [
    {
      title: speech.say('autoRecharge.fact.cap'),
      value: speech.say('autoRecharge.capValue', {
        cap: moneyText(rule.monthCap, currency, speech),
        count: recharges,
      }),
    },
    ...(usedThisMonth > 0n ? [{ title: speech.say('autoRecharge.fact.used'), value: used }] : []),
  ];
}

function forecastLines(facts: PreviewFacts, speech: Speech): readonly string[] {
  const { rule, currency, balance, forecast, now } = facts;
  const values = {
    amount: moneyText(rule.amount, currency, speech),
    balance: moneyText(balance, currency, speech),
    trigger: moneyText(rule.trigger, currency, speech),
    pending: forecast.kind === 'inProgress' ? moneyText(forecast.pending, currency, speech) : '',
    until: forecast.kind === 'capped' ? speech.date(forecast.until) : '',
  };
  const expired = rule.method.expires < now.slice(0, 7);
  const month = expiryMonth(rule.method, speech);
  return [
    speech.say(`autoRecharge.forecast.${forecast.kind}`, values),
    ...severalLines(facts, speech, values),
    ...(expired ? [speech.say('addFunds.preview.cardExpired', { month })] : []),
  ];
}

/** One recharge would not reach the trigger: the others follow at once, as far as the cap goes. */
function severalLines({ rule, currency, forecast }: PreviewFacts, speech: Speech, values: SayValues): string[] {
  if (forecast.kind !== 'due' || forecast.recharges <= 1n) return [];
  const { recharges, room } = forecast;
  const total = moneyText(recharges * rule.amount, currency, speech);
  const several = speech.say('autoRecharge.forecast.several', { ...values, count: Number(recharges), total });
  if (room >= recharges) return [several];
  return [several, speech.say('autoRecharge.forecast.room', { count: Number(room) })];
}

/** What became of it. The kinds of the recharge's state, and of a charge that was just made. */
export type Situation =
  | { readonly kind: 'added'; readonly total: bigint; readonly count: number }
  | { readonly kind: 'charging'; readonly amount: bigint }
  | { readonly kind: 'needsAction'; readonly amount: bigint; readonly url?: string }
  | { readonly kind: 'declined'; readonly amount: bigint; readonly reason: DeclineReason; readonly until?: string }
  | { readonly kind: 'capped' | 'waiting'; readonly until: string }
  | { readonly kind: 'notNeeded' | 'inProgress' | 'paused' | 'held' };

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

const STYLES: Readonly<Record<Situation['kind'], PanelStyle>> = {
  added: 'good',
  charging: 'accent',
  needsAction: 'warning',
  declined: 'attention',
  capped: 'warning',
  waiting: 'warning',
  paused: 'warning',
  held: 'warning',
  notNeeded: 'good',
  inProgress: 'accent',
};

export function autoRechargeState(facts: StateFacts, speech: Speech): Card {
  const { rule, currency, situation, asked, superseded = false } = facts;
  const title =
    asked === 'set' ? speech.say('autoRecharge.set.title') : speech.say(`autoRecharge.retry.${situation.kind}`);
  const now = situationLines(facts, speech);
  const panel = {
    style: STYLES[situation.kind],
    title,
    lines: [
      ...(superseded ? [speech.say('autoRecharge.superseded')] : []),
      ruleSentence(rule, currency, speech),
    ],
    box: { style: 'default' as const, lines: now },
    facts: [
      {
        title: speech.say('autoRecharge.fact.cap'),
        value: speech.say('autoRecharge.capValue', {
          cap: moneyText(rule.monthCap, currency, speech),
          count: Number(rule.monthCap / rule.amount),
        }),
      },
      { title: speech.say('autoRecharge.fact.setBy'), value: setBy(rule, speech) },
    ],
    buttons: stateButtons(situation, speech),
  };
  return renderPanel(panel, [title, ...now].join('. '));
}

function setBy(rule: { readonly setBy: Actor; readonly setAt: string }, speech: Speech): string {
  return speech.say('autoRecharge.byAt', { name: plain(rule.setBy.name), time: speech.dateTime(rule.setAt) });
}

function situationLines({ rule, currency, balance, situation }: StateFacts, speech: Speech): readonly string[] {
  const text = (micros: bigint): string => moneyText(micros, currency, speech);
  const values = {
    amount: text('amount' in situation ? situation.amount : rule.amount),
    total: situation.kind === 'added' ? text(situation.total) : '',
    count: situation.kind === 'added' ? situation.count : 0,
    balance: text(balance),
    trigger: text(rule.trigger),
    until: 'until' in situation && situation.until !== undefined ? speech.dateTime(situation.until) : '',
  };
  const line = speech.say(`autoRecharge.now.${situation.kind}`, values);
  if (situation.kind !== 'declined') return [line];
  const next = situation.until === undefined ? 'autoRecharge.now.paused' : 'autoRecharge.now.waiting';
  return [line, speech.say(`payment.declined.${situation.reason}`), speech.say(next, values)];
}

function stateButtons(situation: Situation, speech: Speech): readonly PanelButton[] {
  const { kind } = situation;
  const failed = kind === 'declined' || kind === 'paused' || kind === 'waiting' || kind === 'held';
  const open = kind === 'charging' || kind === 'needsAction' || kind === 'inProgress';
  return [
    ...(kind === 'needsAction' ? linkButton(speech.say('payment.action.open'), situation.url) : []),
    clickButton(speech.say('payment.button.balance'), { verb: 'balance.show' }),
    ...(open ? [clickButton(speech.say('payment.button.payments'), { verb: 'payments.show' })] : []),
    ...(failed ? [clickButton(speech.say('autoRecharge.button.retry'), { verb: 'autoRecharge.retry' })] : []),
    clickButton(speech.say('autoRecharge.button.change'), { verb: 'autoRecharge.form' }),
    clickButton(speech.say('autoRecharge.button.off'), { verb: 'autoRecharge.askOff' }, 'destructive'),
  ];
}

export function ruleSentence(rule: Rule, currency: Currency, speech: Speech): string {
  return speech.say('autoRecharge.rule', {
    trigger: moneyText(rule.trigger, currency, speech),
    amount: moneyText(rule.amount, currency, speech),
    method: plain(methodName(rule.method, speech)),
  });
}

function moneyText(micros: bigint, currency: Currency, speech: Speech): string {
  return speech.money(money(micros, currency));
}
