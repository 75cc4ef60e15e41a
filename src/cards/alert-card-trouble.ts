/** What the alert says of cards that auto-recharge depends on: which, until when, and when the next recharge is expected. */
import type { AlertFacts, CardTrouble } from '../billing/ledger/model.js';
import type { AlertWords } from './alert-view.js';
import { dayText } from './calendar-text.js';
import { methodName } from './payment-method.js';
import { plain } from './render.js';
import type { Speech } from './speech.js';

/** The first is the rule's own card, where that one is concerned. */
export function cardTrouble({ cards = [], nextRecharge }: AlertFacts, speech: Speech): AlertWords {
  const [first] = cards;
  const name = first === undefined ? '' : plain(methodName(first.method, speech));
  const title = titleOf(first, speech);
  const urgent = cards.some(({ notice }) => notice === 'gone' || notice === 'ended');
  return {
    style: urgent ? 'attention' : 'warning',
    title,
    number: name,
    lines: [
      ...cards.map((card) => sentence(card, speech)),
      ...(nextRecharge === undefined
        ? []
        : [speech.say('alert.card.next', { date: dayText(nextRecharge, speech) })]),
      speech.say('alert.card.todo'),
    ],
    by: '',
    summary: speech.say('alert.card.summary', { title: title.replace(/^⚠ /u, ''), method: name }),
  };
}

function titleOf(card: CardTrouble | undefined, speech: Speech): string {
  const key = card?.isBackup === true ? 'alert.card.title.backup' : 'alert.card.title';
  return speech.say(key, { notice: card?.notice ?? 'gone' });
}

function sentence({ method, isBackup, notice, lastDay }: CardTrouble, speech: Speech): string {
  return speech.say(isBackup ? 'alert.card.backup' : 'alert.card.own', {
    notice,
    method: plain(methodName(method, speech)),
    date: lastDay === undefined ? '' : dayText(lastDay, speech),
  });
}
