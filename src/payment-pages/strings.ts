/** What the pages around a payment say, in every language. None of them names an amount, a card or a person. */
import type { Language } from '../cards/speech.js';

export const PAYMENT_PAGE_STATES = [
  'paid',
  'underWay',
  'waiting',
  'notPaid',
  'cancelled',
  'notFound',
  'unavailable',
  'cards',
] as const;
export type PaymentPageState = (typeof PAYMENT_PAGE_STATES)[number];

export interface PaymentPageStrings extends Readonly<
  Record<PaymentPageState, { readonly title: string; readonly text: string }>
> {
  readonly back: string;
}

/** A new language does not compile until it has its strings here. */
export const PAYMENT_PAGE_STRINGS: Readonly<Record<Language, PaymentPageStrings>> = {
  en: {
    back: 'You can close this page and go back to Teams.',
    paid: { title: 'Payment received', text: 'The funds are added. The receipt is in the chat.' },
    underWay: {
      title: 'Payment in progress',
      text: 'The payment is not final yet. The card in the chat shows how it ends.',
    },
    waiting: {
      title: 'Not approved yet',
      text: 'Nothing was charged. Until the link runs out, you can open it again from the chat.',
    },
    notPaid: {
      title: 'Payment declined',
      text: 'Nothing was charged. The card in the chat says what you can do.',
    },
    cancelled: { title: 'Payment cancelled', text: 'Nothing was charged, and there is nothing to approve.' },
    notFound: { title: 'Nothing here', text: 'This link is not valid, or no longer. Open it from the chat.' },
    unavailable: {
      title: 'Try again in a moment',
      text: 'The payment page can’t be opened right now. Nothing was charged by this click.',
    },
    cards: {
      title: 'Back to Teams',
      text: 'A card that you entered appears in the chat under “payment methods” in a moment.',
    },
  },
  it: {
    back: 'Puoi chiudere questa pagina e tornare a Teams.',
    paid: { title: 'Pagamento ricevuto', text: 'I fondi sono stati aggiunti. La ricevuta è nella chat.' },
    underWay: {
      title: 'Pagamento in corso',
      text: 'Il pagamento non è ancora definitivo. La scheda nella chat mostra come finisce.',
    },
    waiting: {
      title: 'Non ancora approvato',
      text: 'Non è stato addebitato nulla. Finché il link è valido, puoi riaprirlo dalla chat.',
    },
    notPaid: {
      title: 'Pagamento rifiutato',
      text: 'Non è stato addebitato nulla. La scheda nella chat dice che cosa puoi fare.',
    },
    cancelled: {
      title: 'Pagamento annullato',
      text: 'Non è stato addebitato nulla e non c’è nulla da approvare.',
    },
    notFound: {
      title: 'Qui non c’è nulla',
      text: 'Questo link non è valido, o non lo è più. Aprilo dalla chat.',
    },
    unavailable: {
      title: 'Riprova tra un momento',
      text: 'La pagina di pagamento non si può aprire in questo momento. Questo clic non ha addebitato nulla.',
    },
    cards: {
      title: 'Torna a Teams',
      text: 'Una carta che hai inserito compare a breve nella chat, in “metodi di pagamento”.',
    },
  },
};
