/** Taking a stored card away: the question before it, and why it can't be done yet. */
import { renderPanel } from './panel.js';
import { clickButton, type ClickButton } from './payment-view.js';
import type { Card } from './render.js';
import type { Speech } from './speech.js';

export interface RemovalFacts {
  readonly id: string;
  /** As it is called on a TextBlock. */
  readonly name: string;
  /** What becomes the default after it; absent where it is not the default, or the only card. */
  readonly next?: string;
  readonly isLast: boolean;
  readonly isBackup: boolean;
  readonly token: string;
}

export function removalQuestion(facts: RemovalFacts, speech: Speech): Card {
  const { id, name: method, next, isLast, isBackup, token } = facts;
  const title = speech.say('wallet.remove.title', { method });
  const panel = {
    style: 'warning' as const,
    title,
    lines: [
      speech.say('wallet.remove.text'),
      ...(isLast ? [speech.say('wallet.remove.last')] : []),
      ...(next === undefined ? [] : [speech.say('wallet.remove.next', { method: next })]),
      ...(isBackup ? [speech.say('wallet.remove.backup')] : []),
    ],
    buttons: [
      clickButton(
        speech.say('wallet.button.remove'),
        { verb: 'paymentMethods.remove', token },
        'destructive',
      ),
      clickButton(speech.say('wallet.button.keep'), { verb: 'paymentMethods.manage', method: id }),
    ],
  };
  return renderPanel(panel, title);
}

export interface RemovalRefused {
  readonly name: string;
  /** A payment with this card that is not finished; auto-recharge depends on it where that is missing. */
  readonly open?: string;
}

/** With the buttons that end what stands in the way. */
export function removalRefused({ name, open }: RemovalRefused, speech: Speech): Card {
  const title = speech.say('wallet.remove.refused.title', { method: name });
  const text =
    open === undefined
      ? speech.say('wallet.remove.refused.recharge')
      : speech.say('wallet.remove.refused.open', { amount: open });
  const ways: readonly ClickButton[] =
    open === undefined
      ? [
          clickButton(speech.say('alert.button.otherCard'), { verb: 'autoRecharge.form' }, 'positive'),
          clickButton(speech.say('autoRecharge.button.off'), { verb: 'autoRecharge.askOff' }, 'destructive'),
        ]
      : [clickButton(speech.say('payment.button.payments'), { verb: 'payments.show' }, 'positive')];
  const all = clickButton(speech.say('wallet.button.all'), { verb: 'paymentMethods.list' });
  return renderPanel(
    { style: 'warning', title, lines: [text], buttons: [...ways, all] },
    `${title}. ${text}`,
  );
}
