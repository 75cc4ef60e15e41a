/** The preview of a rule: what it does, what it can cost at most, and what happens the moment it is confirmed. */
import type { ChosenMethod } from '../billing/ledger/model.js';
import { toDecimal, type Currency } from '../billing/money.js';
import type { PaymentMethod } from '../billing/payments/processor.js';
import { capFacts, insteadLines, moneyText, ruleSentence, type Rule } from './auto-recharge-card.js';
import { renderPanel, type Panel, type PanelButton, type PanelFact } from './panel.js';
import { expiryMonth, isTestCard, methodChoice } from './payment-method.js';
import { clickButton } from './payment-view.js';
import { speechAbout } from './purchase-speech.js';
import { plain, type Card } from './render.js';
import type { Speech, StringKey } from './speech.js';

export interface DueForecast {
  readonly kind: 'due';
  /** The card that is charged: a backup, where the rule's own can't be. */
  readonly method: ChosenMethod;
  /** How many reach the trigger, how many of them the limits leave room for, and after how many the breaker would ask a person. */
  readonly recharges: bigint;
  readonly room: bigint;
  readonly inAnHour: bigint;
}

/** What happens the moment that the rule is saved. */
export type Forecast =
  | DueForecast
  | { readonly kind: 'notNeeded' | 'paused' | 'tripped' | 'disputed' }
  | { readonly kind: 'inProgress'; readonly pending: bigint }
  | { readonly kind: 'waiting'; readonly until: string }
  | { readonly kind: 'capped'; readonly cap: 'day' | 'month'; readonly until: string };

export interface PreviewFacts {
  readonly rule: Omit<Rule, 'method'> & { readonly method: PaymentMethod };
  readonly currency: Currency;
  readonly balance: bigint;
  readonly forecast: Forecast;
  /** Of the limits, used by recharges of this month and of today. */
  readonly usedThisMonth: bigint;
  readonly usedToday: bigint;
  /** Why this preview comes although another one was confirmed. */
  readonly reason?: 'expired' | 'changed';
  /** Sealed: what the confirmation sends back. */
  readonly token: string;
  readonly now: string;
}

export function autoRechargePreview(facts: PreviewFacts, reading: Speech): Card {
  const { rule, currency, forecast, reason } = facts;
  const speech = speechAbout(rule.method, reading);
  const sentence = ruleSentence(rule, currency, speech);
  const title = speech.say('autoRecharge.preview.title');
  const amount = moneyText(rule.amount, currency, speech);
  const due = forecast.kind === 'due';
  const warns = due || STOPPED.includes(forecast.kind);
  const confirm = due
    ? speech.say('autoRecharge.preview.onAndCharge', { amount })
    : speech.say('autoRecharge.preview.on');
  const panel: Panel = {
    style: 'emphasis',
    title,
    number: speech.say('autoRecharge.most', { cap: moneyText(rule.monthCap, currency, speech) }),
    lines: [...(reason === undefined ? [] : [speech.say(`autoRecharge.preview.${reason}`)]), sentence],
    box: { style: warns ? 'warning' : 'default', lines: forecastLines(facts, speech) },
    facts: previewFacts(facts, speech),
    notes: [
      speech.say('autoRecharge.preview.nothingYet', { confirm }),
      ...(isTestCard(rule.method.id) ? [speech.say('payment.test')] : []),
    ],
    buttons: buttons(facts, confirm, speech),
  };
  return renderPanel(panel, `${title}. ${sentence}`);
}

/** Saved, and yet nothing is charged until somebody does something about it. */
const STOPPED: readonly Forecast['kind'][] = ['paused', 'tripped', 'disputed'];

function buttons({ rule, token }: PreviewFacts, confirm: string, speech: Speech): readonly PanelButton[] {
  const { trigger, amount, monthCap, dayCap, method } = rule;
  const terms = {
    trigger: toDecimal(trigger),
    amount: toDecimal(amount),
    monthCap: toDecimal(monthCap),
    ...(dayCap !== undefined && { dayCap: toDecimal(dayCap) }),
    method: method.id,
  };
  return [
    clickButton(confirm, { verb: 'autoRecharge.confirm', token }, 'positive'),
    clickButton(speech.say('addFunds.preview.change'), { verb: 'autoRecharge.change', ...terms }),
    clickButton(speech.say('addFunds.preview.cancel'), { verb: 'autoRecharge.discard' }),
  ];
}

function previewFacts(facts: PreviewFacts, speech: Speech): readonly PanelFact[] {
  const { rule, currency, usedThisMonth, usedToday } = facts;
  const used = (title: StringKey, amount: bigint): readonly PanelFact[] =>
    amount === 0n ? [] : [{ title: speech.say(title), value: moneyText(amount, currency, speech) }];
  return [
    { title: speech.say('payment.fact.method'), value: plain(methodChoice(rule.method, speech)) },
    ...capFacts(rule, currency, speech),
    ...used('autoRecharge.fact.used', usedThisMonth),
    ...(rule.dayCap === undefined ? [] : used('autoRecharge.fact.usedToday', usedToday)),
  ];
}

function forecastLines(facts: PreviewFacts, speech: Speech): readonly string[] {
  const { rule, currency, balance, forecast, now } = facts;
  const values = {
    amount: moneyText(rule.amount, currency, speech),
    balance: moneyText(balance, currency, speech),
    trigger: moneyText(rule.trigger, currency, speech),
    pending: forecast.kind === 'inProgress' ? moneyText(forecast.pending, currency, speech) : '',
    until: untilText(forecast, speech),
    cap: forecast.kind === 'capped' ? forecast.cap : '',
  };
  const expired = rule.method.expires < now.slice(0, 7);
  const month = expiryMonth(rule.method, speech);
  return [
    speech.say(`autoRecharge.forecast.${forecast.kind}`, values),
    ...(forecast.kind === 'due' ? dueLines({ ...facts, forecast }, speech) : []),
    ...(expired ? [speech.say('addFunds.preview.cardExpired', { month })] : []),
  ];
}

/** A limit ends with a day, a wait in the middle of one. */
function untilText(forecast: Forecast, speech: Speech): string {
  if (forecast.kind === 'capped') return speech.date(forecast.until);
  return forecast.kind === 'waiting' ? speech.dateTime(forecast.until) : '';
}

export interface DueFacts {
  readonly rule: Rule;
  readonly currency: Currency;
  readonly forecast: DueForecast;
}

/** What is to be known of a charge besides its amount: whose card's place is taken, and how many follow. */
export function dueLines(facts: DueFacts, speech: Speech): readonly string[] {
  const { rule, forecast } = facts;
  return [...insteadLines({ rule, method: forecast.method }, speech), ...severalLines(facts, speech)];
}

/** One recharge would not reach the trigger: the others follow at once, as far as the caps and the breaker let them. */
function severalLines({ rule, currency, forecast }: DueFacts, speech: Speech): readonly string[] {
  if (forecast.recharges <= 1n) return [];
  const trigger = moneyText(rule.trigger, currency, speech);
  const { recharges, room, inAnHour } = forecast;
  const total = moneyText(recharges * rule.amount, currency, speech);
  const several = speech.say('autoRecharge.forecast.several', { trigger, count: Number(recharges), total });
  if (room < recharges && room <= inAnHour)
    return [several, speech.say('autoRecharge.forecast.room', { count: Number(room) })];
  if (inAnHour >= recharges) return [several];
  return [several, speech.say('autoRecharge.forecast.breaker', { count: Number(inAnHour) })];
}
