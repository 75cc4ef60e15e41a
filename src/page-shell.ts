/** What the pages that the bot serves itself have in common: they run no script and load nothing. */
import { createHash } from 'node:crypto';
import { LANGUAGES, type Language } from './cards/speech.js';

const STYLE = `
:root { color-scheme: light dark; --page: #f5f5f5; --card: #fff; --text: #242424; --soft: #555; --line: #d1d1d1;
  --accent: #4f52b2; --on-accent: #fff; --note: #fff4ce; --note-text: #4a3b00; --bad: #b10e1c; }
@media (prefers-color-scheme: dark) {
  :root { --page: #1b1b1b; --card: #292929; --text: #fff; --soft: #c8c8c8; --line: #666; --accent: #a6a7dc;
    --on-accent: #1b1b1b; --note: #463c12; --note-text: #ffeeb0; --bad: #ff99a4; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; grid-template-columns: minmax(0, 1fr); place-items: center; padding: 1rem; background: var(--page);
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
button:focus-visible, a:focus-visible, input:focus-visible { outline: 3px solid var(--text); outline-offset: 2px; }
h2 { margin: 0 0 .25rem; font-size: 1rem; }
form + h2 { margin-top: 1.5rem; }
a { color: inherit; }
label { display: block; margin: 1rem 0 .25rem; font-weight: 600; }
.hint, .problem { margin: 0 0 .25rem; font-size: .875rem; }
.problem { margin: .25rem 0 0; }
.hint { color: var(--soft); }
.problem { color: var(--bad); font-weight: 600; }
input { width: 100%; min-height: 2.75rem; padding: .5rem .75rem; border: 1px solid var(--soft); border-radius: .5rem;
  background: var(--page); color: var(--text); font: inherit; }
input[aria-invalid] { border: 2px solid var(--bad); }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: 0 1rem; align-items: start; }
.problems { margin: 1rem 0; padding: .75rem; border: 2px solid var(--bad); border-radius: .5rem; }
.problems:focus { outline: 3px solid var(--text); outline-offset: 2px; }
.problems ul { margin: 0; padding: 0 0 0 1.25rem; }
form > button { width: 100%; margin: 1.25rem 0 0; }
.cards { margin: .25rem 0 0; padding: 0; list-style: none; font-size: .875rem; }
.cards li { display: flex; flex-wrap: wrap; gap: 0 1rem; padding: .375rem 0; border-top: 1px solid var(--line); }
.cards b { flex: 0 0 10.5rem; font-weight: 400; font-variant-numeric: tabular-nums; }
.cards span { flex: 1 1 11rem; }
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Nothing is loaded and nothing runs; the one style is known by its hash, and the form posts only to this bot. */
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; base-uri 'none'`;

/** For every answer of this route. Being framed can be forbidden by a header only, not in the page. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': `${POLICY}; frame-ancestors 'none'`,
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
};

export interface Shell {
  readonly language: Language;
  readonly title: string;
  /** For a tab that has to say more than the heading. */
  readonly tab?: string;
  /** What is said above everything else, such as that this is a sandbox. */
  readonly notice?: string;
  /** HTML: every value in it is escaped already. */
  readonly body: string;
}

/** The whole page as HTML. */
export function pageShell({ language, title, tab = title, notice, body }: Shell): string {
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(tab)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${notice === undefined ? '' : `<p class="note">${escapeHtml(notice)}</p>`}
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</body>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/gu, (char) => ENTITIES[char] ?? '');
}

const ACCEPT_LANGUAGE_CHARS_MAX = 200;

/** The language tag that the browser likes best among those we speak; English where it names none. */
export function preferredLocale(acceptLanguage = ''): string {
  const wishes = acceptLanguage.slice(0, ACCEPT_LANGUAGE_CHARS_MAX).split(',').map(toWish);
  const spoken = wishes.filter(({ tag, weight }) => weight > 0 && speaks(tag));
  return spoken.sort((left, right) => right.weight - left.weight)[0]?.tag ?? 'en';
}

function toWish(part: string): { tag: string; weight: number } {
  const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim());
  const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
  return { tag, weight: Number(weight) };
}

function speaks(tag: string): boolean {
  return LANGUAGES.some((language) => language === tag.toLowerCase().split('-')[0]);
}
