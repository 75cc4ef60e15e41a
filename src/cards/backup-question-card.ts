/** The question before a card becomes a backup whose place in the list starts a charge at once. */
import type { PaymentMethod } from '../billing/payments/processor.js';
import type { Currency } from '../billing/money.js';
import { moneyText, type Rule } from './auto-recharge-card.js';
import { dueLines, type DueForecast } from './auto-recharge-preview.js';
import { renderPanel } from './panel.js';
import { isTestCard } from './payment-method.js';
import { clickButton } from './payment-view.js';
import type { Card } from './render.js';
import type { Speech } from './speech.js';
import { spokenName } from './stored-card.js';

export interface BackupQuestionFacts {
  /** The card that becomes a backup. Which one is charged, the forecast says. */
  readonly method: PaymentMethod;
  readonly rule: Rule;
  readonly currency: Currency;
  readonly balance: bigint;
  readonly forecast: DueForecast;
  readonly token: string;
  /** It would charge something else than was asked about before. */
  readonly changed: boolean;
}

export function backupQuestion(facts: BackupQuestionFacts, speech: Speech): Card {
  const { method, rule, balance, forecast, token } = facts;
  const text = (micros: bigint): string => moneyText(micros, facts.currency, speech);
  const amount = text(rule.amount);
  const card = spokenName(forecast.method, speech);
  const values = { amount, method: card, balance: text(balance), trigger: text(rule.trigger) };
  const title = speech.say('autoRecharge.askRetry.title', { amount });
  const panel = {
    style: 'warning' as const,
    title,
    lines: [
      ...(facts.changed ? [speech.say('autoRecharge.askRetry.changed')] : []),
      speech.say('wallet.askBackup.text', { ...values, backup: spokenName(method, speech) }),
    ],
    box: { style: 'default' as const, lines: dueLines(facts, speech) },
    facts: [
      { title: speech.say('payment.fact.method'), value: card },
      { title: speech.say('wallet.askBackup.before'), value: text(balance) },
      { title: speech.say('addFunds.preview.after'), value: text(balance + rule.amount) },
    ],
    notes: isTestCard(forecast.method.id) ? [speech.say('payment.test')] : [],
    buttons: [
      clickButton(
        speech.say('wallet.askBackup.yes', { amount }),
        { verb: 'paymentMethods.confirmBackup', token },
        'positive',
      ),
      clickButton(speech.say('autoRecharge.askRetry.no'), {
        verb: 'paymentMethods.manage',
        method: method.id,
      }),
    ],
  };
  return renderPanel(panel, title);
}
