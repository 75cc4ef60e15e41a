import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { TEST_NUMBERS } from '../../src/billing/payments/sandbox/cards.js';
import { toJson } from '../../src/billing/rows/columns.js';
import { LANGUAGES } from '../../src/cards/speech.js';
import { CARD_FIELDS, checkCard, type TypedCard } from '../../src/sandbox-cards/form.js';
import { cardEndPage } from '../../src/sandbox-cards/page.js';
import {
  CARD_PAGE_STRINGS,
  type CardField,
  type CardPageEnd,
  type CardProblem,
} from '../../src/sandbox-cards/strings.js';
import { PAGE_HEADERS } from '../../src/page-shell.js';
import { START } from '../support/billing.js';
import { typedCardNumber } from '../support/card-numbers.js';
import { GOOD_CARD, walletStage, type WalletStage } from '../support/sandbox-wallet.js';

const TENANT = 'tenant/one';
const by = { id: 'admin-1', name: 'Ada Admin' };
const en = CARD_PAGE_STRINGS.en;

async function linkOf({ wallet }: WalletStage): Promise<string> {
  const link = await wallet.addLink(TENANT, { by });
  if (link.kind !== 'link') throw new Error(link.kind);
  return link.url;
}

async function opened() {
  const stage = walletStage();
  const url = await linkOf(stage);
  return { stage, url, send: (typed: Partial<TypedCard>) => stage.open(url, { ...GOOD_CARD, ...typed }) };
}

async function cardsIn({ wallet }: WalletStage): Promise<number> {
  return (await wallet.list(TENANT)).length;
}

function titleOf(html: string): string | undefined {
  return /<h1>(.*?)<\/h1>/u.exec(html)?.[1];
}

describe('the page where a test card is entered', () => {
  test('labels every field, describes it, lists each test number with what it does, and fills in nothing', async () => {
    const { stage, url } = await opened();
    const { status, html } = await stage.open(url);
    expect(status).toBe(200);
    for (const field of CARD_FIELDS) {
      expect(html).toContain(`<label for="${field}">${en.labels[field]}</label>`);
      expect(html).toMatch(new RegExp(`<input id="${field}"[^>]*aria-describedby="${field}-hint"`, 'u'));
      expect(html).toContain(`id="${field}-hint"`);
    }
    for (const number of Object.values(TEST_NUMBERS)) expect(html.replace(/ /gu, '')).toContain(number);
    expect(html).toContain('Mastercard: declined, not enough money');
    expect(html.match(/<input (?!type="hidden")/gu)).toHaveLength(4);
    expect(html.match(/autocomplete="off"/gu)).toHaveLength(4);
  });

  test('runs no script, loads nothing, and its one style is known by hash', async () => {
    const { stage, url, send } = await opened();
    for (const { html } of [await stage.open(url), await send({ number: '' })]) {
      const style = /<style>([^]*?)<\/style>/u.exec(html)?.[1] ?? '';
      const hash = createHash('sha256').update(style).digest('base64');
      expect(PAGE_HEADERS['Content-Security-Policy']).toContain(`style-src 'sha256-${hash}'`);
      expect(html).not.toMatch(/<script|<link|<img|\son\w+=|\sstyle=|https?:\/\//iu);
    }
  });

  test.each([
    ['it-IT,it;q=0.9', 'it', 'Aggiungi una carta'],
    [undefined, 'en', 'Add a card'],
    ['ja', 'en', 'Add a card'],
  ])('speaks to a browser that accepts %p in %s', async (acceptLanguage, language, title) => {
    const { stage, url } = await opened();
    const { html } = await stage.open(url, undefined, acceptLanguage);
    expect(html).toContain(`<html lang="${language}">`);
    expect(titleOf(html)).toBe(title);
  });

  test('saves the card, says so, and says to go back', async () => {
    const { stage, send } = await opened();
    const answer = await send({});
    expect(answer).toMatchObject({ status: 200, added: true });
    expect(titleOf(answer.html)).toBe('Card saved');
    expect(answer.html).toContain('Visa •••• 4242');
    expect(answer.html).toContain('Go back to Teams');
    expect((await stage.wallet.list(TENANT)).at(-1)).toMatchObject({ last4: '4242', expires: '2034-12' });
  });

  test('sent twice, at once or later, adds one card', async () => {
    const { stage, url, send } = await opened();
    const before = await cardsIn(stage);
    const answers = [...(await Promise.all([send({}), send({})])), await send({}), await stage.open(url)];
    expect(answers.filter(({ added }) => added)).toHaveLength(1);
    for (const { html } of answers) expect(html).toContain('Visa •••• 4242');
    expect(titleOf(answers.at(-1)!.html)).toBe('This link was used already');
    expect(await cardsIn(stage)).toBe(before + 1);
  });

  test('does not bring a card back that was removed since', async () => {
    const { stage, send } = await opened();
    await send({});
    const { id } = (await stage.wallet.list(TENANT)).at(-1)!;
    await stage.wallet.remove(TENANT, id);
    expect(titleOf((await send({})).html)).toBe('This link was used already');
    expect((await stage.wallet.list(TENANT)).map((card) => card.id)).not.toContain(id);
  });

  test('works for one hour', async () => {
    const { stage, url, send } = await opened();
    stage.clock.pass({ minutes: 60 });
    expect((await stage.open(url)).status).toBe(200);
    stage.clock.pass({ seconds: 1 });
    const before = await cardsIn(stage);
    for (const answer of [await stage.open(url), await send({})]) {
      expect([answer.status, titleOf(answer.html)]).toEqual([410, 'This link has expired']);
    }
    expect(await cardsIn(stage)).toBe(before);
  });

  test('with another tenant or a changed link is not found', async () => {
    const { stage, url } = await opened();
    const foreign = url.replace('tenant%2Fone', 'fabrikam');
    const changed = url.replace(/.$/u, (last) => (last === 'A' ? 'B' : 'A'));
    for (const wrong of [
      foreign,
      changed,
      url.replace(/form=.*/u, ''),
      url.replace(/form=.*/u, 'form=x.y'),
    ]) {
      const answer = await stage.open(wrong, GOOD_CARD);
      expect([answer.status, titleOf(answer.html)]).toEqual([404, 'This link does not work']);
    }
  });

  test('says that nobody knows where the table does not answer, and the same page may be sent again', async () => {
    const { stage, send } = await opened();
    const before = await cardsIn(stage);
    stage.away = true;
    expect(titleOf((await send({})).html)).toBe('Try again in a moment');
    stage.away = false;
    expect(titleOf((await send({})).html)).toBe('Card saved');
    expect(await cardsIn(stage)).toBe(before + 1);
  });

  test('of a replacement says that the old card stays', async () => {
    const stage = walletStage();
    const link = await stage.wallet.replaceLink(TENANT, { by, methodId: 'sandbox-succeeds' });
    if (link.kind !== 'link') throw new Error(link.kind);
    expect((await stage.open(link.url)).html).toContain(en.replace.text);
    expect((await stage.open(link.url, GOOD_CARD)).html).toContain('The old card stays stored');
  });
});

describe('what is wrong', () => {
  test.each<[Partial<TypedCard>, CardField, CardProblem]>([
    [{ number: ' ' }, 'number', 'numberMissing'],
    [{ number: '4111 1111 1111 1111' }, 'number', 'numberUnknown'],
    [{ number: '4242' }, 'number', 'numberUnknown'],
    [{ expiry: '' }, 'expiry', 'expiryMissing'],
    [{ expiry: '13/34' }, 'expiry', 'expiryUnreadable'],
    [{ expiry: '12/1934' }, 'expiry', 'expiryUnreadable'],
    [{ expiry: '10/26' }, 'expiry', 'expiryPast'],
    [{ expiry: '01/47' }, 'expiry', 'expiryFar'],
    [{ code: '' }, 'code', 'codeWrong'],
    [{ code: '12a' }, 'code', 'codeWrong'],
    [{ code: '1234' }, 'code', 'codeWrong'],
    [{ number: TEST_NUMBERS.expiredCard }, 'code', 'codeWrongFour'],
    [{ name: '' }, 'name', 'nameMissing'],
    [{ name: 'Ada 4' }, 'name', 'nameDigits'],
    [{ name: 'x'.repeat(101) }, 'name', 'nameLong'],
  ])('%j is said at the field %s and in a summary that has the focus', async (typed, field, problem) => {
    const { stage, send } = await opened();
    const before = await cardsIn(stage);
    const { status, html } = await send(typed);
    expect(status).toBe(422);
    const sentence = en.problems[problem];
    expect(html).toMatch(/<div class="problems" role="alert" tabindex="-1" autofocus/u);
    expect(html).toContain(`<a href="#${field}">${sentence}</a>`);
    expect(html).toContain(`id="${field}-problem">⚠ ${sentence}</p>`);
    expect(html).toMatch(
      new RegExp(
        `<input id="${field}"[^>]*aria-describedby="${field}-problem ${field}-hint" aria-invalid="true"`,
        'u',
      ),
    );
    expect(html.match(/aria-invalid="true"/gu)).toHaveLength(1);
    expect(html).toContain('<title>The card was not saved: Add a card</title>');
    expect(await cardsIn(stage)).toBe(before);
  });

  test.each(['12/34', '12 / 2034', '1234', '12-34', '１２/３４', ' 12.34 '])(
    '%s is read as a month',
    (expiry) => {
      expect(checkCard({ ...GOOD_CARD, expiry }, START)).toMatchObject({ card: { expires: '2034-12' } });
    },
  );

  test.each([
    '4242 4242 4242 4242',
    '4242-4242-4242-4242',
    '４２４２４２４２４２４２４２４２',
    ' 4242424242424242 ',
  ])('the number may be typed as %s', (number) => {
    expect(checkCard({ ...GOOD_CARD, number }, START)).toMatchObject({ kind: 'right' });
  });

  test('what was right of expiry and name stands there again, and is escaped', async () => {
    const { send } = await opened();
    const { html } = await send({ number: '', name: '"><b>Ada</b>' });
    expect(html).toContain('value="12/34"');
    expect(html).toContain('value="&quot;&gt;&lt;b&gt;Ada&lt;/b&gt;"');
    expect(html).not.toContain('<b>Ada');
  });

  test('the number and the code never stand there again, right ones neither', async () => {
    const { send } = await opened();
    const { html } = await send({ name: '', code: '987' });
    expect(html).not.toContain('987');
    expect(html).toMatch(/<input id="number" name="number" value=""/u);
  });
});

test('a real card number typed into any field reaches neither page nor table', async () => {
  const test = Object.values(TEST_NUMBERS);
  await fc.assert(
    fc.asyncProperty(typedCardNumber, fc.constantFrom(...CARD_FIELDS), async (number, field) => {
      const digits = number.replace(/[ \u00a0-]/gu, '');
      fc.pre(!test.includes(digits));
      const { stage, send } = await opened();
      const { status, html } = await send({ [field]: number });
      expect(status).toBe(422);
      const rows = await stage.table.query('tenant%2fone', { from: '!', to: '~', limit: 100 });
      expect(`${html}${toJson(rows)}`.replace(/[ \u00a0-]/gu, '')).not.toContain(digits);
    }),
    { numRuns: 200 },
  );
});

describe.each(LANGUAGES)('in %s', (language) => {
  const strings = CARD_PAGE_STRINGS[language];

  test('every end reads differently, and says that this is a sandbox', () => {
    const ends = Object.keys(strings.ends) as CardPageEnd[];
    const pages = ends.map((end) => cardEndPage({ end, locale: language }));
    expect(new Set(pages.map(titleOf)).size).toBe(ends.length);
    for (const html of pages) {
      expect(html).toContain(strings.notice);
      expect(html).not.toMatch(/undefined|\$\{/u);
    }
  });
});
