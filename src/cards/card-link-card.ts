/** The way to the page where a card is entered: the link was made at this click, and is kept nowhere. */
import { linkButton, renderPanel } from './panel.js';
import { clickButton } from './payment-view.js';
import type { Card } from './render.js';
import type { Speech } from './speech.js';

export interface CardLinkFacts {
  readonly url: string;
  /** Absent where only the processor knows how long it works. */
  readonly until?: string;
  /** The name and id of the card that is replaced. */
  readonly old?: { readonly id: string; readonly name: string };
  /** Sealed: which cards were stored before. */
  readonly token: string;
}

export function cardLinkCard({ url, until, old, token }: CardLinkFacts, speech: Speech): Card {
  const title =
    old === undefined
      ? speech.say('wallet.link.add.title')
      : speech.say('wallet.link.replace.title', { method: old.name });
  const done = speech.say('wallet.link.done');
  const again =
    old === undefined ? { verb: 'paymentMethods.add' } : { verb: 'paymentMethods.replace', method: old.id };
  const panel = {
    style: 'emphasis' as const,
    title,
    lines: [
      speech.say('wallet.link.text'),
      ...(old === undefined ? [] : [speech.say('wallet.link.old')]),
      speech.say('wallet.link.then', { done }),
    ],
    notes: [
      until === undefined
        ? speech.say('wallet.link.short')
        : speech.say('wallet.link.until', { time: speech.dateTime(until) }),
    ],
    buttons: [
      ...linkButton(speech.say('wallet.link.open'), url),
      clickButton(done, { verb: 'paymentMethods.done', token }),
      clickButton(speech.say('wallet.link.again'), again),
    ],
  };
  return renderPanel(panel, title);
}
