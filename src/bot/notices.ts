/** The short answers that no command gives: not understood, not allowed, not working. */
import { noticeCard, type Button } from '../cards/notice.js';
import { plain, type Card } from '../cards/render.js';
import { rawString, type Speech } from '../cards/speech.js';
import type { CommandName } from './command-name.js';

/** A button with this verb and a `text` does what typing the text would do. */
export const SAY_VERB = 'say';

export function sayButton(title: string, text: string): Button {
  return { title, data: { verb: SAY_VERB, text } };
}

/** The button of a command in the reader's language: its title is one of its phrases, or close to one. */
export function commandButton(speech: Speech, name: CommandName): Button {
  const title = rawString(speech.language, `command.${name}.title`);
  return sayButton(title.charAt(0).toLocaleUpperCase(speech.locale) + title.slice(1), title);
}

function list(speech: Speech, names: readonly string[]): string {
  return new Intl.ListFormat(speech.locale, { type: 'conjunction' }).format(names.map(plain));
}

/** Each gives the card; who sends it, and where, is not known here. */
export const notices = {
  unknown: (speech: Speech): Card =>
    noticeCard({
      tone: 'info',
      title: speech.say('notice.unknown.title'),
      text: speech.say('notice.unknown.text'),
      buttons: [commandButton(speech, 'help')],
    }),

  maybe: (speech: Speech, guess: { readonly phrase: string }): Card =>
    noticeCard({
      tone: 'info',
      title: speech.say('notice.unknown.title'),
      text: speech.say('notice.didYouMean', { phrase: guess.phrase }),
      buttons: [sayButton(guess.phrase, guess.phrase), commandButton(speech, 'help')],
    }),

  notAllowed: (speech: Speech, admins: readonly string[]): Card =>
    noticeCard({
      tone: 'warning',
      title: speech.say('notice.notAllowed.title'),
      text:
        admins.length === 0
          ? speech.say('notice.notAllowed.nobody')
          : speech.say('notice.notAllowed.text', { admins: list(speech, admins) }),
    }),

  stale: (speech: Speech): Card =>
    noticeCard({
      tone: 'warning',
      title: speech.say('notice.stale.title'),
      text: speech.say('notice.stale.text'),
      buttons: [commandButton(speech, 'help')],
    }),

  attachment: (speech: Speech): Card =>
    noticeCard({
      tone: 'info',
      title: speech.say('notice.attachment.title'),
      text: speech.say('notice.attachment.text'),
      buttons: [commandButton(speech, 'help')],
    }),

  cardNumber: (speech: Speech): Card =>
    noticeCard({
      tone: 'warning',
      title: speech.say('notice.cardNumber.title'),
      text: speech.say('notice.cardNumber.text'),
    }),

  error: (speech: Speech, reference: string): Card =>
    noticeCard({
      tone: 'error',
      title: speech.say('notice.error.title'),
      text: speech.say('notice.error.text', { reference }),
    }),

  storage: (speech: Speech, reference: string): Card =>
    noticeCard({
      tone: 'error',
      title: speech.say('notice.storage.title'),
      text: speech.say('notice.storage.text', { reference }),
    }),

  cardsUnknown: (speech: Speech, reference: string): Card =>
    noticeCard({
      tone: 'warning',
      title: speech.say('notice.cardsUnknown.title'),
      text: speech.say('notice.cardsUnknown.text', { reference }),
    }),

  tooLarge: (speech: Speech): Card =>
    noticeCard({
      tone: 'warning',
      title: speech.say('notice.tooLarge.title'),
      text: speech.say('notice.tooLarge.text'),
    }),
};
