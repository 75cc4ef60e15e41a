/** What the page says on which a test card is entered, in every language. Only the embedded mode shows it. */
import type { Language } from '../cards/speech.js';

/** What the page says where there is no form, or no longer. */
export type CardPageEnd = 'added' | 'replaced' | 'before' | 'full' | 'expired' | 'notFound' | 'unavailable';

export type CardField = 'number' | 'expiry' | 'code' | 'name';

/** What can be wrong with a field. */
export type CardProblem =
  | 'numberMissing'
  | 'numberUnknown'
  | 'expiryMissing'
  | 'expiryUnreadable'
  | 'expiryPast'
  | 'expiryFar'
  | 'codeWrong'
  | 'codeWrongFour'
  | 'nameMissing'
  | 'nameDigits'
  | 'nameLong';

interface Sentence {
  readonly title: string;
  readonly text: string;
}

export interface CardPageStrings {
  readonly notice: string;
  readonly add: Sentence;
  readonly replace: Sentence;
  readonly labels: Readonly<Record<CardField, string>>;
  readonly hints: Readonly<Record<CardField, string>>;
  readonly problems: Readonly<Record<CardProblem, string>>;
  readonly wrong: Sentence;
  readonly save: string;
  /** Above the list of them, each with what it does when it is charged. */
  readonly testCards: string;
  readonly card: string;
  readonly back: string;
  readonly ends: Readonly<Record<CardPageEnd, Sentence>>;
}

/** A new language does not compile until it has its strings here. */
export const CARD_PAGE_STRINGS: Readonly<Record<Language, CardPageStrings>> = {
  en: {
    notice: 'This is a sandbox: it takes test cards only. Never type a real card number here.',
    add: { title: 'Add a card', text: 'Use one of the test numbers below. The rest may be made up.' },
    replace: {
      title: 'Replace a card',
      text: 'Use one of the test numbers below. The old card stays stored until somebody removes it.',
    },
    labels: { number: 'Card number', expiry: 'Expiry', code: 'Security code', name: 'Name on card' },
    hints: {
      number: 'A test number from the list below',
      expiry: 'Such as 12/34',
      code: '3 digits (Amex: 4)',
      name: 'It is not kept',
    },
    problems: {
      numberMissing: 'Type one of the test numbers from the list.',
      numberUnknown: 'That is none of the test numbers, and nothing of it was kept. Use one from the list.',
      expiryMissing: 'Write month and year, such as 12/34.',
      expiryUnreadable: 'I can’t read that as month and year. Write it like 12/34.',
      expiryPast: 'That month is over. Write this month or a later one.',
      expiryFar: 'That is more than 20 years ahead. Write an earlier year.',
      codeWrong: 'The security code has 3 digits.',
      codeWrongFour: 'The security code of this card has 4 digits.',
      nameMissing: 'Write any name.',
      nameDigits: 'Write the name without digits.',
      nameLong: 'The name can have 100 characters at most.',
    },
    wrong: { title: 'The card was not saved', text: 'Please correct this:' },
    save: 'Save card',
    testCards: 'Test cards and their outcome',
    card: 'Card',
    back: 'You can close this page. Go back to Teams and press “Done” there.',
    ends: {
      added: { title: 'Card saved', text: 'It can be used from now on.' },
      replaced: {
        title: 'New card saved',
        text: 'The old card stays stored until it is removed. In Teams you choose what the new one is used for.',
      },
      before: {
        title: 'This link was used already',
        text: 'It adds one card, and this one was saved with it. Nothing more was saved.',
      },
      full: {
        title: 'Too many cards',
        text: 'The card was not saved: no more cards fit. Remove one in Teams, then ask for a new link.',
      },
      expired: {
        title: 'This link has expired',
        text: 'It works for one hour. Ask for a new one in Teams. Nothing was saved.',
      },
      notFound: { title: 'This link does not work', text: 'Ask for a new one in Teams. Nothing was saved.' },
      unavailable: {
        title: 'Try again in a moment',
        text: 'It is not known whether the card was saved. Open the link again: it never saves a card twice.',
      },
    },
  },
  it: {
    notice:
      'Questo è un ambiente di prova: accetta solo carte di prova. Non scrivere mai il numero di una carta vera.',
    add: {
      title: 'Aggiungi una carta',
      text: 'Usa uno dei numeri di prova qui sotto. Il resto può essere inventato.',
    },
    replace: {
      title: 'Sostituisci una carta',
      text: 'Usa uno dei numeri di prova qui sotto. La vecchia carta resta registrata finché qualcuno non la rimuove.',
    },
    labels: {
      number: 'Numero della carta',
      expiry: 'Scadenza',
      code: 'Codice CVC',
      name: 'Nome sulla carta',
    },
    hints: {
      number: 'Un numero di prova dall’elenco qui sotto',
      expiry: 'Per esempio 12/34',
      code: '3 cifre (Amex: 4)',
      name: 'Non viene conservato',
    },
    problems: {
      numberMissing: 'Scrivi uno dei numeri di prova dell’elenco.',
      numberUnknown:
        'Non è uno dei numeri di prova, e non ne è stato conservato nulla. Usane uno dell’elenco.',
      expiryMissing: 'Scrivi mese e anno, per esempio 12/34.',
      expiryUnreadable: 'Non riesco a leggerlo come mese e anno. Scrivilo come 12/34.',
      expiryPast: 'Quel mese è passato. Scrivi questo mese o uno successivo.',
      expiryFar: 'È oltre 20 anni nel futuro. Scrivi un anno più vicino.',
      codeWrong: 'Il codice CVC ha 3 cifre.',
      codeWrongFour: 'Il codice CVC di questa carta ha 4 cifre.',
      nameMissing: 'Scrivi un nome qualsiasi.',
      nameDigits: 'Scrivi il nome senza cifre.',
      nameLong: 'Il nome può avere al massimo 100 caratteri.',
    },
    wrong: { title: 'La carta non è stata salvata', text: 'Correggi per favore:' },
    save: 'Salva la carta',
    testCards: 'Carte di prova e loro esito',
    card: 'Carta',
    back: 'Puoi chiudere questa pagina. Torna in Teams e premi lì “Fatto”.',
    ends: {
      added: { title: 'Carta salvata', text: 'Da adesso si può usare.' },
      replaced: {
        title: 'Nuova carta salvata',
        text: 'La vecchia carta resta registrata finché non viene rimossa. In Teams scegli per che cosa usare la nuova.',
      },
      before: {
        title: 'Questo link è già stato usato',
        text: 'Aggiunge una sola carta, e questa è stata salvata. Non è stato salvato altro.',
      },
      full: {
        title: 'Troppe carte',
        text: 'La carta non è stata salvata: non c’è più posto. Rimuovine una in Teams, poi chiedi un nuovo link.',
      },
      expired: {
        title: 'Questo link è scaduto',
        text: 'Vale un’ora. Chiedine uno nuovo in Teams. Non è stato salvato nulla.',
      },
      notFound: {
        title: 'Questo link non funziona',
        text: 'Chiedine uno nuovo in Teams. Non è stato salvato nulla.',
      },
      unavailable: {
        title: 'Riprova tra un momento',
        text: 'Non si sa se la carta sia stata salvata. Apri di nuovo il link: non salva mai una carta due volte.',
      },
    },
  },
};
