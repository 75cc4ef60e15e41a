/** What the page of a sandbox payment says, in every language. Only the embedded mode shows it. */
import type { Language } from './cards/speech.js';

/** What the page says; `waiting` is the only one with buttons. */
export type SandboxPageState =
  | 'waiting'
  | 'approved'
  | 'refused'
  | 'cancelled'
  | 'alreadyApproved'
  | 'alreadyRefused'
  | 'invalid'
  | 'notFound'
  | 'unavailable';

interface Sentence {
  readonly title: string;
  readonly text: string;
}

export interface SandboxPageStrings extends Readonly<Record<SandboxPageState, Sentence>> {
  readonly notice: string;
  readonly amount: string;
  readonly choose: string;
  readonly approve: string;
  readonly refuse: string;
  readonly back: string;
}

/** A new language does not compile until it has its strings here. */
export const SANDBOX_PAGE_STRINGS: Readonly<Record<Language, SandboxPageStrings>> = {
  en: {
    notice: 'This is a sandbox: no money moves, and no card is charged.',
    amount: 'Amount',
    choose: 'Your decision',
    approve: 'Approve',
    refuse: 'Refuse',
    back: 'You can close this page and go back to the chat.',
    waiting: {
      title: 'Approve this payment?',
      text: 'The test card asks for your approval, as a bank would. Nothing is charged until you approve.',
    },
    approved: { title: 'Payment approved', text: 'The test payment went through.' },
    refused: { title: 'Payment refused', text: 'You refused the test payment. Nothing was charged.' },
    cancelled: {
      title: 'Payment cancelled',
      text: 'This payment was cancelled, so there is nothing to approve. Nothing was charged.',
    },
    alreadyApproved: {
      title: 'Already approved',
      text: 'This payment had been approved before. Your click changed nothing.',
    },
    alreadyRefused: {
      title: 'Already refused',
      text: 'This payment had been refused before. Your click changed nothing, and nothing was charged.',
    },
    invalid: { title: 'That did not work', text: 'The request was not understood. Nothing was changed.' },
    notFound: { title: 'Payment not found', text: 'There is no payment that waits for approval here.' },
    unavailable: {
      title: 'Try again in a moment',
      text: 'The sandbox can’t be reached right now. Open the link again to see what is true of the payment.',
    },
  },
  it: {
    notice: 'Questo è un ambiente di prova: non si muove denaro e nessuna carta viene addebitata.',
    amount: 'Importo',
    choose: 'La tua decisione',
    approve: 'Approva',
    refuse: 'Rifiuta',
    back: 'Puoi chiudere questa pagina e tornare alla chat.',
    waiting: {
      title: 'Approvare questo pagamento?',
      text: 'La carta di prova chiede la tua approvazione, come farebbe una banca. Finché non approvi non viene addebitato nulla.',
    },
    approved: { title: 'Pagamento approvato', text: 'Il pagamento di prova è andato a buon fine.' },
    refused: {
      title: 'Pagamento rifiutato',
      text: 'Hai rifiutato il pagamento di prova. Non è stato addebitato nulla.',
    },
    cancelled: {
      title: 'Pagamento annullato',
      text: 'Questo pagamento è stato annullato, quindi non c’è nulla da approvare. Non è stato addebitato nulla.',
    },
    alreadyApproved: {
      title: 'Già approvato',
      text: 'Questo pagamento era già stato approvato. Il tuo clic non ha cambiato nulla.',
    },
    alreadyRefused: {
      title: 'Già rifiutato',
      text: 'Questo pagamento era già stato rifiutato. Il tuo clic non ha cambiato nulla e non è stato addebitato nulla.',
    },
    invalid: {
      title: 'Qualcosa non ha funzionato',
      text: 'La richiesta non è stata compresa. Non è cambiato nulla.',
    },
    notFound: {
      title: 'Pagamento non trovato',
      text: 'Qui non c’è nessun pagamento in attesa di approvazione.',
    },
    unavailable: {
      title: 'Riprova tra un momento',
      text: 'L’ambiente di prova non è raggiungibile. Apri di nuovo il link per vedere a che punto è il pagamento.',
    },
  },
};
