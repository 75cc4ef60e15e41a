/**
 * The small page behind the link of a sandbox payment that needs a person: approve or refuse. It stands in for a
 * bank's page, runs no script, and says that no money moves.
 */
import { languageOf } from './cards/speech.js';
import {
  SANDBOX_PAGE_STRINGS,
  type SandboxPageState,
  type SandboxPageStrings,
} from './sandbox-page-strings.js';
import { escapeHtml, pageShell } from './page-shell.js';

export interface SandboxPage {
  readonly state: SandboxPageState;
  /** As the person reads it; left out where there is no payment to speak of. */
  readonly amount?: string;
  /** Where the buttons post to, for `waiting`. */
  readonly postUrl?: string;
  readonly locale: string;
}

/** The whole page as HTML. Every value is escaped in here. */
export function sandboxPage({ state, amount, postUrl, locale }: SandboxPage): string {
  const language = languageOf(locale);
  const strings = SANDBOX_PAGE_STRINGS[language];
  const { title, text } = strings[state];
  const waits = state === 'waiting' && postUrl !== undefined;
  const body = `<p>${escapeHtml(text)}</p>
${amount === undefined ? '' : amountLine(strings, amount)}
${waits ? decisionForm(strings, postUrl) : `<p>${escapeHtml(strings.back)}</p>`}`;
  return pageShell({ language, title, notice: strings.notice, body });
}

function amountLine(strings: SandboxPageStrings, amount: string): string {
  return `<dl><dt>${escapeHtml(strings.amount)}</dt><dd>${escapeHtml(amount)}</dd></dl>`;
}

function decisionForm(strings: SandboxPageStrings, postUrl: string): string {
  return `<form method="post" action="${escapeHtml(postUrl)}">
<fieldset>
<legend>${escapeHtml(strings.choose)}</legend>
<button class="primary" name="decision" value="approve">${escapeHtml(strings.approve)}</button>
<button name="decision" value="refuse">${escapeHtml(strings.refuse)}</button>
</fieldset>
</form>`;
}
