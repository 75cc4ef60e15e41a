/** What the cards about one payment have in common: a heading with the amount, sentences, facts and buttons. */
import { SYSTEM, type Actor } from '../billing/ledger/model.js';
import { renderCard, plain, type Card } from './render.js';
import type { Speech } from './speech.js';
import template from './templates/payment.json' with { type: 'json' };

export interface ClickButton {
  readonly kind: 'click';
  readonly title: string;
  readonly style: 'default' | 'positive' | 'destructive';
  readonly data: Readonly<Record<string, string>> & { readonly verb: string };
}

export interface LinkButton {
  readonly kind: 'link';
  readonly title: string;
  readonly style: 'default' | 'positive';
  readonly url: string;
}

export type PaymentButton = ClickButton | LinkButton;

export interface PaymentView {
  readonly style: 'emphasis' | 'good' | 'attention' | 'warning' | 'accent';
  readonly title: string;
  readonly amount: string;
  /** Each is a box of its own, with one or more lines. */
  readonly notices: readonly { readonly lines: readonly string[] }[];
  readonly lines: readonly string[];
  /** At most one. */
  readonly balances: readonly BalanceChange[];
  readonly facts: readonly { readonly title: string; readonly value: string }[];
  readonly notes: readonly string[];
  readonly buttons: readonly PaymentButton[];
}

/** How a state of the payment looks, and what it says. */
export interface Look {
  readonly style: PaymentView['style'];
  readonly title: string;
  readonly lines: readonly string[];
  readonly summary?: string;
}

export interface BalanceChange {
  readonly beforeLabel: string;
  readonly before: string;
  readonly afterLabel: string;
  readonly after: string;
}

export function renderPayment(view: PaymentView, summary: string): Card {
  return renderCard(template, { ...view }, summary);
}

export function clickButton(
  title: string,
  data: ClickButton['data'],
  style: ClickButton['style'] = 'default',
): ClickButton {
  return { kind: 'click', title, style, data };
}

/** A person's name made safe for a card; the bot itself acts for auto-recharge only. */
export function actorName(actor: Actor, speech: Speech): string {
  return actor.id === SYSTEM.id ? speech.say('payment.autoRecharge') : plain(actor.name);
}
