/** Where Microsoft sells the credits and people buy them: what the bot says without a payment at hand. */
import { askingToBuy } from '../cards/purchase-speech.js';
import { noticeCard } from '../cards/notice.js';
import type { Card } from '../cards/render.js';
import { rawString, speechFor, type Speech } from '../cards/speech.js';
import { post, type Reply } from './command.js';
import type { Services } from './services.js';
import type { Turn } from './turn.js';

export function isBoughtByPeople({ paidBy }: Pick<Services, 'paidBy'>): boolean {
  return paidBy === 'adminCenter';
}

/** The reader's speech, in the account's time zone where one is named; asking to buy where people buy. */
export function speechHere(
  { speech }: Pick<Turn, 'speech'>,
  services: Pick<Services, 'paidBy'>,
  timeZone?: string,
): Speech {
  const own = timeZone === undefined ? speech : speechFor(speech.locale, timeZone);
  return isBoughtByPeople(services) ? askingToBuy(own) : own;
}

type Handler<T> = (asked: T, turn: Turn, services: Services) => Promise<Reply>;

/** What is of use only here; elsewhere people are told what does the same. */
export function inPurchaseMode<T>(run: Handler<T>): Handler<T> {
  return async (asked, turn, services) =>
    isBoughtByPeople(services) ? run(asked, turn, services) : post(elsewhere(turn.speech));
}

function elsewhere(speech: Speech): Card {
  const adjust = rawString(speech.language, 'command.adjust.title');
  return noticeCard({
    tone: 'info',
    title: speech.say('attest.elsewhere.title'),
    text: speech.say('attest.elsewhere.text', { adjust }),
    buttons: [{ title: speech.say('adjust.button.again'), data: { verb: 'adjust.form' } }],
  });
}
