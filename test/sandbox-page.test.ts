import { createHash } from 'node:crypto';
import type { TestScenario } from '../src/billing/payments/processor.js';
import { sandboxMethodId } from '../src/billing/payments/sandbox/cards.js';
import { SandboxProcessor } from '../src/billing/payments/sandbox/sandbox-processor.js';
import { MemoryTableStore } from '../src/billing/storage/memory-table.js';
import { StorageUnavailable } from '../src/billing/storage/table.js';
import { LANGUAGES } from '../src/cards/speech.js';
import { SANDBOX_PAGE_STRINGS, type SandboxPageState } from '../src/sandbox-page-strings.js';
import { sandboxPage } from '../src/sandbox-page.js';
import { PAGE_HEADERS } from '../src/page-shell.js';
import { handleSandboxPage, type SandboxPageRequest } from '../src/sandbox-route.js';

const PAYMENT = { tenant: 'contoso', paymentId: 'p1' };
const STATES = Object.entries(SANDBOX_PAGE_STRINGS.en)
  .filter(([, value]) => typeof value !== 'string')
  .map(([state]) => state as SandboxPageState);
const PAGES = LANGUAGES.flatMap((locale) => STATES.map((state) => [locale, state] as const));

async function paymentOf(scenario: TestScenario, faults = {}) {
  const sandbox = new SandboxProcessor({
    table: new MemoryTableStore(faults),
    publicUrl: 'http://127.0.0.1:3978',
    now: () => '2026-11-20T10:00:00.000Z',
    sleep: async () => undefined,
  });
  const amount = { micros: 1_234_500_000n, currency: 'USD' } as const;
  await sandbox.begin({ ...PAYMENT, amount, methodId: sandboxMethodId(scenario) });
  await sandbox.confirm({ ...PAYMENT, processorId: 'sandbox-p1' });
  const ask = (request: Partial<SandboxPageRequest>) =>
    handleSandboxPage({ ...PAYMENT, method: 'GET', ...request }, sandbox);
  const post = (decision: unknown) => ask({ method: 'POST', decision });
  return { sandbox, ask, post };
}

function titleOf(html: string): string | undefined {
  return /<h1>(.*?)<\/h1>/u.exec(html)?.[1];
}

describe.each(PAGES)('The sandbox page in %s for a payment that is %s', (locale, state) => {
  const html = sandboxPage({ state, locale, amount: '$50.00', postUrl: '/sandbox/payments/t/p' });

  test('says in the reader’s language what is true, and that no money moves', () => {
    const strings = SANDBOX_PAGE_STRINGS[locale];
    expect(html).toContain(`<html lang="${locale}">`);
    expect(titleOf(html)).toBe(strings[state].title);
    expect(html).toContain(`<title>${strings[state].title}</title>`);
    expect(html).toContain(strings[state].text);
    expect(html).toContain(strings.notice);
    expect(html).toContain('$50.00');
    expect(html).not.toMatch(/undefined|\$\{/u);
  });

  test('runs no script, loads nothing, and names its one style by hash', () => {
    const style = /<style>([^]*?)<\/style>/u.exec(html)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    const policy = PAGE_HEADERS['Content-Security-Policy'];
    expect(policy).toContain(`style-src 'sha256-${hash}'`);
    expect(html).toContain('http-equiv="Content-Security-Policy"');
    expect(html).toContain(`sha256-${hash}`);
    expect(html).not.toMatch(/<script|<link|<img|\son\w+=|\sstyle=|https?:\/\//iu);
  });

  test('offers buttons only where there is something to decide', () => {
    expect(
      [...html.matchAll(/<button[^>]* name="decision" value="(\w+)"/gu)].map((match) => match[1]),
    ).toEqual(state === 'waiting' ? ['approve', 'refuse'] : []);
  });
});

test('Each state of the sandbox page reads differently, in each language', () => {
  for (const language of LANGUAGES) {
    const titles = STATES.map((state) => SANDBOX_PAGE_STRINGS[language][state].title);
    expect(new Set(titles).size).toBe(STATES.length);
  }
});

test('What stands on the sandbox page is escaped', () => {
  const html = sandboxPage({
    state: 'waiting',
    amount: `<b>"5" & '6'</b>`,
    postUrl: '/"><script>alert(1)</script>',
    locale: '"><script>',
  });
  expect(html).toContain('&lt;b&gt;&quot;5&quot; &amp; &#39;6&#39;&lt;/b&gt;');
  expect(html).toContain('action="/&quot;&gt;&lt;script&gt;');
  expect(html).not.toContain('<script');
  expect(html).toContain('<html lang="en">');
});

describe('The link of a payment that needs a person', () => {
  test('asks, with the amount and a form that posts back to the same address', async () => {
    const { ask } = await paymentOf('needsAction');
    const answer = await ask({});
    expect(answer.status).toBe(200);
    expect(titleOf(answer.html)).toBe('Approve this payment?');
    expect(answer.html).toContain('$1,234.50');
    expect(answer.html).toContain('<form method="post" action="/sandbox/payments/contoso/p1">');
    expect(answer).not.toHaveProperty('settled');
  });

  test('charges when the person approves, and says that the payment can be settled', async () => {
    const { sandbox, post } = await paymentOf('needsAction');
    const answer = await post('approve');
    expect(answer).toMatchObject({ status: 200, settled: PAYMENT });
    expect(titleOf(answer.html)).toBe('Payment approved');
    expect(await sandbox.find(PAYMENT)).toMatchObject({ kind: 'succeeded' });
  });

  test('charges nothing when the person refuses', async () => {
    const { sandbox, post } = await paymentOf('needsAction');
    const answer = await post('refuse');
    expect(answer).toMatchObject({ status: 200, settled: PAYMENT });
    expect(titleOf(answer.html)).toBe('Payment refused');
    expect(await sandbox.find(PAYMENT)).toEqual({ kind: 'declined', reason: 'authenticationFailed' });
  });

  test('answers the same click twice with the same page, and charges once', async () => {
    const { sandbox, post } = await paymentOf('needsAction');
    expect(await post('approve')).toEqual(await post('approve'));
    expect(await sandbox.charge(PAYMENT)).toMatchObject({ timesCharged: 1n });
  });

  test.each([
    { first: 'approve', second: 'refuse', title: 'Already approved', kind: 'succeeded' },
    { first: 'refuse', second: 'approve', title: 'Already refused', kind: 'declined' },
  ])('tells who said $first that a later $second came too late', async ({ first, second, title, kind }) => {
    const { sandbox, post } = await paymentOf('needsAction');
    await post(first);
    const answer = await post(second);
    expect(answer).toMatchObject({ status: 409, settled: PAYMENT });
    expect(titleOf(answer.html)).toBe(title);
    expect(await sandbox.find(PAYMENT)).toMatchObject({ kind });
  });

  test('shows what was decided when it is opened again', async () => {
    const { ask, post } = await paymentOf('needsAction');
    await post('approve');
    const answer = await ask({});
    expect(titleOf(answer.html)).toBe('Payment approved');
    expect(answer).not.toHaveProperty('settled');
  });

  test('says that a cancelled payment is cancelled, and an approval charges nothing', async () => {
    const { sandbox, ask, post } = await paymentOf('needsAction');
    await sandbox.cancel(PAYMENT);
    expect(titleOf((await ask({})).html)).toBe('Payment cancelled');
    const answer = await post('approve');
    expect(answer.status).toBe(409);
    expect(titleOf(answer.html)).toBe('Payment cancelled');
    expect(await sandbox.charge(PAYMENT)).toMatchObject({ timesCharged: 0n });
  });

  test.each([undefined, '', 'Approve', 'constructor', ['approve'], { decision: 'approve' }])(
    'takes %p for no decision, and changes nothing',
    async (decision) => {
      const { sandbox, post } = await paymentOf('needsAction');
      const answer = await post(decision);
      expect(answer.status).toBe(400);
      expect(answer).not.toHaveProperty('settled');
      expect(await sandbox.find(PAYMENT)).toMatchObject({ kind: 'actionRequired' });
    },
  );

  test('is not found for an unknown payment, another tenant, or a card that never asks', async () => {
    const { ask } = await paymentOf('needsAction');
    const direct = await paymentOf('succeeds');
    const answers = [
      await ask({ paymentId: 'p2' }),
      await ask({ tenant: 'fabrikam' }),
      await ask({ paymentId: 'p2', method: 'POST', decision: 'approve' }),
      await direct.ask({}),
      await direct.post('approve'),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(404);
      expect(titleOf(answer.html)).toBe('Payment not found');
      expect(answer).not.toHaveProperty('settled');
    }
  });

  test('refuses other methods', async () => {
    const { sandbox, ask } = await paymentOf('needsAction');
    expect((await ask({ method: 'DELETE', decision: 'approve' })).status).toBe(405);
    expect(await sandbox.find(PAYMENT)).toMatchObject({ kind: 'actionRequired' });
  });

  test('asks to try again while the store is down', async () => {
    let down = false;
    const before = () => {
      if (down) throw new StorageUnavailable('down');
    };
    const { ask, post } = await paymentOf('needsAction', { before });
    down = true;
    for (const answer of [await ask({}), await post('approve')]) {
      expect(answer.status).toBe(503);
      expect(titleOf(answer.html)).toBe('Try again in a moment');
    }
    down = false;
    expect(await post('approve')).toMatchObject({ status: 200, settled: PAYMENT });
  });

  test.each([
    [undefined, 'en', '$1,234.50'],
    ['it-IT,it;q=0.9,en;q=0.8', 'it', '1234,50'],
    ['de-DE, fr;q=0.9, it;q=0.5, en;q=0.4', 'it', '1234,50'],
    ['it;q=0.3, en-GB;q=0.8', 'en', 'US$1,234.50'],
    ['it;q=0', 'en', '$1,234.50'],
    ['ja', 'en', '$1,234.50'],
    [',;q=,,it;q=x,"><script>', 'en', '$1,234.50'],
  ])('speaks to a browser that accepts %p in %s', async (acceptLanguage, language, amount) => {
    const { ask } = await paymentOf('needsAction');
    const { html } = await ask({ acceptLanguage });
    expect(html).toContain(`<html lang="${language}">`);
    expect(html).toContain(amount);
    expect(html).not.toContain('<script');
  });
});

test('A fault that is no fault of the store is not hidden behind a page', async () => {
  const broken = async (): Promise<never> => {
    throw new TypeError('a mistake of the program');
  };
  const request = { ...PAYMENT, method: 'GET' };
  await expect(handleSandboxPage(request, { charge: broken, decide: broken })).rejects.toThrow(TypeError);
});
