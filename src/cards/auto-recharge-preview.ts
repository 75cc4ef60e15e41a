/** The preview of a rule: what it does, what it can cost at most, and what happens the moment it is confirmed. */
import { toDecimal, type Currency } from '../billing/money.js';
import type { PaymentMethod } from '../billing/payments/processor.js';
import { capFact, moneyText, ruleSentence, type Rule } from './auto-recharge-card.js';
import { renderPanel, type Panel, type PanelButton, type PanelFact } from './panel.js';
import { expiryMonth, isTestCard, methodChoice } from './payment-method.js';
import { clickButton } from './payment-view.js';
import { plain, type Card } from './render.js';
import type { SayValues, Speech } from './speech.js';

/** What happens the moment that the rule is saved. */
export type Forecast =
  /** How many recharges reach the trigger, and how many of them the month's limit leaves room for. */
  | { readonly kind: 'due'; readonly recharges: bigint; readonly room: bigint }
  | { readonly kind: 'notNeeded' }
  | { readonly kind: 'inProgress'; readonly pending: bigint }
  | { readonly kind: 'capped'; readonly until: string };

export interface PreviewFacts {
  readonly rule: Omit<Rule, 'method'> & { readonly method: PaymentMethod };
  readonly currency: Currency;
  readonly balance: bigint;
  readonly forecast: Forecast;
  /** Of the limit, used by recharges of this month. */
  readonly usedThisMonth: bigint;
  /** Why this preview comes although another one was confirmed. */
  readonly reason?: 'expired' | 'changed';
  /** Sealed: what the confirmation sends back. */
  readonly token: string;
  readonly now: string;
}

export function autoRechargePreview(facts: PreviewFacts, speech: Speech): Card {
  const { rule, currency, forecast, reason } = facts;
  const sentence = ruleSentence(rule, currency, speech);
  const title = speech.say('autoRecharge.preview.title');
  const amount = moneyText(rule.amount, currency, speech);
  const due = forecast.kind === 'due';
  const confirm = due
    ? speech.say('autoRecharge.preview.onAndCharge', { amount })
    : speech.say('autoRecharge.preview.on');
  const panel: Panel = {
    style: 'emphasis',
    title,
    number: speech.say('autoRecharge.most', { cap: moneyText(rule.monthCap, currency, speech) }),
    lines: [...(reason === undefined ? [] : [speech.say(`autoRecharge.preview.${reason}`)]), sentence],
    box: { style: due ? 'warning' : 'default', lines: forecastLines(facts, speech) },
    facts: previewFacts(facts, speech),
    notes: [
      speech.say('autoRecharge.preview.nothingYet', { confirm }),
      ...(isTestCard(rule.method.id) ? [speech.say('payment.test')] : []),
    ],
    buttons: buttons(facts, confirm, speech),
  };
  return renderPanel(panel, `${title}. ${sentence}`);
}

function buttons({ rule, token }: PreviewFacts, confirm: string, speech: Speech): readonly PanelButton[] {
  const { trigger, amount, monthCap, method } = rule;
  const terms = {
    trigger: toDecimal(trigger),
    amount: toDecimal(amount),
    monthCap: toDecimal(monthCap),
    method: method.id,
  };
  return [
    clickButton(confirm, { verb: 'autoRecharge.confirm', token }, 'positive'),
    clickButton(speech.say('addFunds.preview.change'), { verb: 'autoRecharge.change', ...terms }),
    clickButton(speech.say('addFunds.preview.cancel'), { verb: 'autoRecharge.discard' }),
  ];
}

function previewFacts({ rule, currency, usedThisMonth }: PreviewFacts, speech: Speech): readonly PanelFact[] {
  const used = moneyText(usedThisMonth, currency, speech);
  return [
    { title: speech.say('payment.fact.method'), value: plain(methodChoice(rule.method, speech)) },
    capFact(rule, currency, speech),
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
function severalLines(
  { rule, currency, forecast }: PreviewFacts,
  speech: Speech,
  values: SayValues,
): string[] {
  if (forecast.kind !== 'due' || forecast.recharges <= 1n) return [];
  const { recharges, room } = forecast;
  const total = moneyText(recharges * rule.amount, currency, speech);
  const several = speech.say('autoRecharge.forecast.several', { ...values, count: Number(recharges), total });
  if (room >= recharges) return [several];
  return [several, speech.say('autoRecharge.forecast.room', { count: Number(room) })];
}
