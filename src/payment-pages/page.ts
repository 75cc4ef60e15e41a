/** The small page that says how a payment stands, or just to go back to the chat. */
import { languageOf } from '../cards/speech.js';
import { escapeHtml, pageShell } from '../page-shell.js';
import { PAYMENT_PAGE_STRINGS, type PaymentPageState } from './strings.js';

export function paymentPage(state: PaymentPageState, locale: string): string {
  const language = languageOf(locale);
  const strings = PAYMENT_PAGE_STRINGS[language];
  const { title, text } = strings[state];
  const body = `<p>${escapeHtml(text)}</p>\n<p>${escapeHtml(strings.back)}</p>`;
  return pageShell({ language, title, body });
}
