/**
 * The small page behind the link of a sandbox payment that needs a person: approve or refuse. It stands in for a
 * bank's page, runs no script, and says that no money moves.
 */
import { createHash } from 'node:crypto';
import { languageOf } from './cards/speech.js';
import {
  SANDBOX_PAGE_STRINGS,
  type SandboxPageState,
  type SandboxPageStrings,
} from './sandbox-page-strings.js';

export interface SandboxPage {
  readonly state: SandboxPageState;
  /** As the person reads it; left out where there is no payment to speak of. */
  readonly amount?: string;
  /** Where the buttons post to, for `waiting`. */
  readonly postUrl?: string;
  readonly locale: string;
}

const STYLE = `
:root { color-scheme: light dark; --page: #f5f5f5; --card: #fff; --text: #242424; --soft: #555; --line: #d1d1d1;
  --accent: #4f52b2; --on-accent: #fff; --note: #fff4ce; --note-text: #4a3b00; }
@media (prefers-color-scheme: dark) {
  :root { --page: #1b1b1b; --card: #292929; --text: #fff; --soft: #c8c8c8; --line: #666; --accent: #a6a7dc;
    --on-accent: #1b1b1b; --note: #463c12; --note-text: #ffeeb0; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--page);
  color: var(--text); font: 1rem/1.5 'Segoe UI', system-ui, sans-serif; }
main { width: 100%; max-width: 28rem; padding: 1.5rem; background: var(--card); border: 1px solid var(--line);
  border-radius: .75rem; overflow-wrap: anywhere; }
h1 { margin: 1rem 0 .5rem; font-size: 1.5rem; line-height: 1.25; }
p { margin: .5rem 0; }
.note { margin: 0; padding: .5rem .75rem; border-radius: .5rem; background: var(--note); color: var(--note-text); }
dl { margin: 1rem 0; }
dt { color: var(--soft); }
dd { margin: 0; font-size: 1.75rem; font-weight: 600; }
fieldset { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0 0; padding: 0; border: 0; }
legend { padding: 0 0 .5rem; color: var(--soft); }
button { flex: 1 1 8rem; min-height: 2.75rem; padding: .5rem 1rem; border: 1px solid var(--accent);
  border-radius: .5rem; background: transparent; color: var(--text); font: inherit; font-weight: 600; cursor: pointer; }
button.primary { background: var(--accent); color: var(--on-accent); }
button:focus-visible { outline: 3px solid var(--text); outline-offset: 2px; }
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Nothing is loaded and nothing runs; the one style is known by its hash, and the form posts only to this bot. */
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; base-uri 'none'`;

/** For every answer of this route. Being framed can be forbidden by a header only, not in the page. */
export const SANDBOX_PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': `${POLICY}; frame-ancestors 'none'`,
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
};

/** The whole page as HTML. Every value is escaped in here. */
export function sandboxPage({ state, amount, postUrl, locale }: SandboxPage): string {
  const language = languageOf(locale);
  const strings = SANDBOX_PAGE_STRINGS[language];
  const { title, text } = strings[state];
  const waits = state === 'waiting' && postUrl !== undefined;
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<p class="note">${escapeHtml(strings.notice)}</p>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(text)}</p>
${amount === undefined ? '' : amountLine(strings, amount)}
${waits ? decisionForm(strings, postUrl) : `<p>${escapeHtml(strings.back)}</p>`}
</main>
</body>
</html>
`;
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

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/gu, (char) => ENTITIES[char] ?? '');
}
