/** Auto-recharge's questions before it acts, and what is said where it is off. */
import type { AutoRechargeRule, ChosenMethod } from '../billing/ledger/model.js';
import { money, type Currency } from '../billing/money.js';
import { insteadLines, ruleSentence, setBy } from './auto-recharge-card.js';
import { renderPanel, type PanelButton } from './panel.js';
import { methodName } from './payment-method.js';
import { clickButton } from './payment-view.js';
import { speechAbout } from './purchase-speech.js';
import { plain, type Card } from './render.js';
import { rawString, type Speech } from './speech.js';

export interface AskRetryFacts {
  readonly rule: AutoRechargeRule;
  /** The card that is charged: one of the backups, where the rule’s own can’t be. */
  readonly method: ChosenMethod;
  readonly currency: Currency;
  readonly balance: bigint;
  readonly token: string;
  /** The rule is another one than that which was asked about before. */
  readonly changed: boolean;
}

export function autoRechargeAskRetry(facts: AskRetryFacts, reading: Speech): Card {
  const { rule, method, currency, token } = facts;
  const speech = speechAbout(method, reading);
  const amount = speech.money(money(rule.amount, currency));
  const title = speech.say('autoRecharge.askRetry.title', { amount });
  const text = speech.say('autoRecharge.askRetry.text', {
    balance: speech.money(money(facts.balance, currency)),
    trigger: speech.money(money(rule.trigger, currency)),
    method: plain(methodName(method, speech)),
  });
  const changed = facts.changed ? [speech.say('autoRecharge.askRetry.changed')] : [];
  const buttons = [
    clickButton(
      speech.say('autoRecharge.askRetry.yes', { amount }),
      { verb: 'autoRecharge.retryNow', token },
      'positive',
    ),
    clickButton(speech.say('alert.button.otherCard'), { verb: 'autoRecharge.form' }),
    clickButton(speech.say('autoRecharge.askRetry.no'), { verb: 'autoRecharge.discard' }),
  ];
  return renderPanel(
    {
      style: 'warning',
      title,
      lines: [...changed, text, ...insteadLines({ rule, method }, speech)],
      buttons,
    },
    title,
  );
}

export interface AskOffFacts {
  readonly rule: AutoRechargeRule;
  readonly currency: Currency;
  /** Recharges in progress; zero where there is none. */
  readonly open: bigint;
}

export function autoRechargeAskOff({ rule, currency, open }: AskOffFacts, reading: Speech): Card {
  const speech = speechAbout(rule.method, reading);
  const title = speech.say('autoRecharge.askOff.title');
  const buttons = [
    clickButton(
      speech.say('autoRecharge.button.off'),
      { verb: 'autoRecharge.turnOff', setAt: rule.setAt },
      'destructive',
    ),
    clickButton(speech.say('autoRecharge.button.keep'), { verb: 'autoRecharge.discard' }),
    ...openButton(open, speech),
  ];
  return renderPanel(
    {
      style: 'warning',
      title,
      lines: [ruleSentence(rule, currency, speech), speech.say('autoRecharge.askOff.text')],
      box: { style: 'default', lines: openLines({ currency, open }, speech) },
      buttons,
    },
    title,
  );
}

export interface OffFacts {
  /** Kept from when it was on; absent where it never was. */
  readonly rule?: AutoRechargeRule;
  readonly currency: Currency;
  readonly open: bigint;
}

export function autoRechargeOff({ rule, currency, open }: OffFacts, reading: Speech): Card {
  const speech = speechAbout(rule?.method, reading);
  const title = speech.say('autoRecharge.off.title');
  const text = speech.say(rule === undefined ? 'autoRecharge.off.none' : 'autoRecharge.off.text');
  return renderPanel(
    {
      style: 'emphasis',
      title,
      lines: [text],
      box: { style: 'default', lines: openLines({ currency, open }, speech) },
      facts:
        rule === undefined ? [] : [{ title: speech.say('autoRecharge.off.by'), value: setBy(rule, speech) }],
      buttons: [
        clickButton(speech.say('autoRecharge.button.set'), { verb: 'autoRecharge.form' }, 'positive'),
        clickButton(speech.say('payment.button.balance'), { verb: 'balance.show' }),
        ...openButton(open, speech),
      ],
    },
    `${title}. ${text}`,
  );
}

/** A form, a preview or a question that was dropped. */
export function autoRechargeUnchanged(isOn: boolean, speech: Speech): Card {
  const title = speech.say('autoRecharge.unchanged.title');
  const text = speech.say(isOn ? 'autoRecharge.unchanged.on' : 'autoRecharge.unchanged.off');
  const buttons = [
    clickButton(speech.say('alert.button.rule'), { verb: 'autoRecharge.form' }),
    clickButton(speech.say('payment.button.balance'), { verb: 'balance.show' }),
  ];
  return renderPanel({ style: 'emphasis', title, lines: [text], buttons }, `${title}. ${text}`);
}

function openLines(
  { currency, open }: Pick<OffFacts, 'currency' | 'open'>,
  speech: Speech,
): readonly string[] {
  if (open === 0n) return [];
  const payments = rawString(speech.language, 'command.payments.title');
  return [speech.say('autoRecharge.open', { amount: speech.money(money(open, currency)), payments })];
}

function openButton(open: bigint, speech: Speech): readonly PanelButton[] {
  return open === 0n ? [] : [clickButton(speech.say('payment.button.payments'), { verb: 'payments.show' })];
}
