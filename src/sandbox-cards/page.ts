/** The page on which a test card is entered, and what it says afterwards. It works without scripts, and by keyboard alone. */
import { SANDBOX_CARDS, TEST_NUMBERS } from '../billing/payments/sandbox/cards.js';
import { methodName } from '../cards/payment-method.js';
import { languageOf, speechFor, type Speech } from '../cards/speech.js';
import { escapeHtml, pageShell } from '../page-shell.js';
import { CARD_FIELDS, type CheckedCard, type KeptFields } from './form.js';
import { CARD_PAGE_STRINGS, type CardField, type CardPageEnd, type CardPageStrings } from './strings.js';

type Wrong = Extract<CheckedCard, { kind: 'wrong' }>;

export interface CardForm {
  readonly purpose: 'add' | 'replace';
  /** Where it is sent, and the sealed link that it sends back. */
  readonly postUrl: string;
  readonly token: string;
  readonly wrong?: Wrong;
  readonly locale: string;
}

export function cardFormPage(form: CardForm): string {
  const { purpose, wrong, locale } = form;
  const speech = speechFor(locale);
  const strings = CARD_PAGE_STRINGS[speech.language];
  const { title, text } = strings[purpose];
  const body = `${wrong === undefined ? '' : problemList(wrong, strings)}
<p>${escapeHtml(text)}</p>
${fieldsForm(form, strings)}
${testCards(strings, speech)}`;
  const tab = wrong === undefined ? title : `${strings.wrong.title}: ${title}`;
  return pageShell({ language: speech.language, title, tab, notice: strings.notice, body });
}

export interface CardEnd {
  readonly end: CardPageEnd;
  /** The card that was saved, now or before. */
  readonly card?: { readonly brand: string; readonly last4: string };
  readonly locale: string;
}

const SAYS_GO_BACK: readonly CardPageEnd[] = ['added', 'replaced', 'before'];

export function cardEndPage({ end, card, locale }: CardEnd): string {
  const language = languageOf(locale);
  const strings = CARD_PAGE_STRINGS[language];
  const { title, text } = strings.ends[end];
  const named =
    card === undefined
      ? ''
      : `<dl><dt>${escapeHtml(strings.card)}</dt><dd>${escapeHtml(methodName(card, speechFor(locale)))}</dd></dl>`;
  const back = SAYS_GO_BACK.includes(end) ? `<p>${escapeHtml(strings.back)}</p>` : '';
  const body = `<p>${escapeHtml(text)}</p>\n${named}\n${back}`;
  return pageShell({ language, title, notice: strings.notice, body });
}

/** First in the page and with the focus, so that a screen reader begins with it; each line leads to its field. */
function problemList({ problems }: Wrong, strings: CardPageStrings): string {
  const lines = CARD_FIELDS.flatMap((field) => {
    const problem = problems[field];
    return problem === undefined
      ? []
      : [`<li><a href="#${field}">${escapeHtml(strings.problems[problem])}</a></li>`];
  });
  return `<div class="problems" role="alert" tabindex="-1" autofocus aria-labelledby="problems">
<h2 id="problems">${escapeHtml(strings.wrong.title)}</h2>
<p>${escapeHtml(strings.wrong.text)}</p>
<ul>${lines.join('')}</ul>
</div>`;
}

function fieldsForm(form: CardForm, strings: CardPageStrings): string {
  const field = (name: CardField): string => fieldOf(name, form.wrong, strings);
  return `<form method="post" action="${escapeHtml(form.postUrl)}" novalidate>
<input type="hidden" name="form" value="${escapeHtml(form.token)}">
${field('number')}
<div class="pair"><div>${field('expiry')}</div><div>${field('code')}</div></div>
${field('name')}
<button class="primary">${escapeHtml(strings.save)}</button>
</form>`;
}

/** Nothing is offered to the browser to fill in: it would be somebody's real card. */
const INPUT = 'autocomplete="off" autocorrect="off" spellcheck="false" required';

function fieldOf(name: CardField, wrong: Wrong | undefined, strings: CardPageStrings): string {
  const problem = wrong?.problems[name];
  const said = problem === undefined ? '' : strings.problems[problem];
  const problemLine =
    said === '' ? '' : `\n<p class="problem" id="${name}-problem">⚠ ${escapeHtml(said)}</p>`;
  const described = said === '' ? `${name}-hint` : `${name}-problem ${name}-hint`;
  const mode = name === 'name' ? '' : ' inputmode="numeric"';
  return `<label for="${name}">${escapeHtml(strings.labels[name])}</label>
<p class="hint" id="${name}-hint">${escapeHtml(strings.hints[name])}</p>
<input id="${name}" name="${name}" value="${escapeHtml(keptValue(name, wrong?.kept))}"${mode} ${INPUT}
 aria-describedby="${described}"${said === '' ? '' : ' aria-invalid="true"'}>${problemLine}`;
}

function keptValue(name: CardField, kept: KeptFields | undefined): string {
  return name === 'expiry' || name === 'name' ? (kept?.[name] ?? '') : '';
}

function testCards({ testCards: title }: CardPageStrings, speech: Speech): string {
  const lines = SANDBOX_CARDS.map(({ scenario, brand }) => {
    const does = `${brand}: ${speech.say(`method.test.${scenario}`)}`;
    return `<li><b>${grouped(TEST_NUMBERS[scenario])}</b> <span>${escapeHtml(does)}</span></li>`;
  });
  return `<h2>${escapeHtml(title)}</h2>
<ul class="cards">
${lines.join('\n')}
</ul>`;
}

/** As it stands on a card: in fours, or four, six and the rest. */
function grouped(number: string): string {
  return number.length === 16
    ? number.replace(/(\d{4})(?=\d)/gu, '$1 ')
    : number.replace(/^(\d{4})(\d{6})/u, '$1 $2 ');
}
