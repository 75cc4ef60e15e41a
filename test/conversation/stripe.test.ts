/** Stripe in the whole program: a top-up in the chat, what Stripe tells by itself, and the pages around a payment. */
import type { Write } from '../../src/billing/storage/table.js';
import { until } from '../support/app.js';
import { ADMIN, usd } from '../support/billing.js';
import { payPage } from '../support/stripe/checkout.js';
import { detachCard } from '../support/stripe/customers.js';
import { failRefund, refundByHand, reinstate, withdraw } from '../support/stripe/intents.js';
import { startStripeApp, type Payer, type StripeApp } from '../support/stripe/stripe-app.js';

let app: StripeApp;

beforeAll(async () => {
  app = await startStripeApp();
});

afterEach(() => {
  app.standIn.fault = () => undefined;
  jest.restoreAllMocks();
});

afterAll(() => app.stop());

const balance = ({ tenant }: Payer) => app.bot.balance(tenant);
const kinds = async ({ tenant }: Payer) => (await app.bot.entries(tenant)).map(({ kind }) => kind);
const undone = async ({ tenant }: Payer) =>
  (await app.kept(tenant)).filter(({ doneAt }) => doneAt === undefined);

/** A top-up of which only Stripe knows how it ended. */
async function lost(): Promise<Payer> {
  const payer = await app.payer();
  // The answer to confirm is lost, and whatever is asked after it does not arrive.
  app.standIn.fault = ({ path, method }) => {
    if (path.endsWith('/confirm')) return 'loseAnswer';
    return method === 'GET' && path.includes('/payment_intents/') && confirmed() ? 'loseRequest' : undefined;
  };
  const confirmed = () => app.intents(payer).some(({ status }) => status === 'succeeded');
  expect(await app.pay(payer)).not.toContain('Funds added');
  const { billing, runner } = app.bot.app.billing;
  const [open] = (await billing.reader.account(payer.tenant)).openPayments;
  await runner.settled({ tenant: payer.tenant, name: 'payment', subject: open!.id });
  app.standIn.fault = () => undefined;
  return payer;
}

test('A top-up whose answer was lost is settled by what Stripe tells, in the transaction that marks the event done', async () => {
  const payer = await lost();
  expect(await balance(payer)).toBe(0n);
  const commits = jest.spyOn(app.bot.tables.ledger, 'commit');
  const succeeded = app.eventsOf(payer).at(-1)!;
  expect(await app.deliver(payer, [succeeded])).toEqual([200]);
  expect(await balance(payer)).toBe(usd(50));
  const ends = (write: Write) =>
    write.key.startsWith('event:') && 'values' in write && 'doneAt' in write.values;
  const settling = commits.mock.calls.filter(([, writes]) => writes.some(ends)).map(([, writes]) => writes);
  expect(settling).toHaveLength(1);
  expect(settling[0]!.some(({ key }) => key.startsWith('entry:'))).toBe(true);
  expect(await undone(payer)).toEqual([]);
  expect(await app.differences(payer.tenant)).toEqual([]);
});

test('What Stripe tells late, twice and in the wrong order settles once, and is kept once', async () => {
  const payer = await lost();
  app.bot.clock.pass({ minutes: 30 });
  const late = [...app.eventsOf(payer)].reverse();
  expect(new Set(await app.deliver(payer, [...late, ...late]))).toEqual(new Set([200]));
  expect(await balance(payer)).toBe(usd(50));
  expect(await kinds(payer)).toEqual(['topUp']);
  expect(await app.kept(payer.tenant)).toHaveLength(late.length);
  expect(await undone(payer)).toEqual([]);
  const before = await app.everything(payer.tenant);
  await app.deliver(payer, late);
  expect(await app.everything(payer.tenant)).toEqual(before);
});

test('While Stripe does not answer, an event is kept and stays to be done', async () => {
  const payer = await lost();
  const [succeeded] = app.eventsOf(payer).slice(-1);
  app.standIn.fault = () => '502';
  expect(await app.deliver(payer, [succeeded!])).toEqual([200]);
  expect(await undone(payer)).toHaveLength(1);
  app.standIn.fault = () => undefined;
  await app.bot.later({ minutes: 5 });
  await until(async () => (await undone(payer)).length === 0);
  expect(await balance(payer)).toBe(usd(50));
});

test('While the tables do not answer, an event is not acknowledged, so that Stripe tells it again', async () => {
  const payer = await lost();
  const succeeded = app.eventsOf(payer).slice(-1);
  app.bot.storage.ledger = 'down';
  expect(await app.deliver({ ...payer, tenant: 'none' }, succeeded).catch(() => [503])).toEqual([503]);
  app.bot.storage.ledger = 'works';
  expect(await app.kept(payer.tenant)).toEqual([]);
  expect(await app.deliver(payer, succeeded)).toEqual([200]);
  expect(await balance(payer)).toBe(usd(50));
});

describe('A payment that the bank wants the person for', () => {
  const open = (url: string) => {
    const { pathname, search } = new URL(url);
    return fetch(`${app.bot.url}${pathname}${search}`, {
      redirect: 'manual',
      headers: { 'accept-language': 'it' },
    });
  };

  async function waiting(): Promise<Payer & { readonly link: string }> {
    const payer = await app.payer({ kind: 'wantsPerson' });
    await app.pay(payer);
    const { reader } = app.bot.app.billing.billing;
    const [open] = (await reader.account(payer.tenant)).openPayments;
    const payment = await reader.payment(payer.tenant, open!.id);
    return { ...payer, link: payment!.actionUrl! };
  }

  test('is approved on the page behind the link, which leads back to one that says so', async () => {
    const payer = await waiting();
    const page = await open(payer.link);
    expect(page.status).toBe(303);
    const checkout = page.headers.get('location')!;
    expect(checkout).toMatch(/^https:\/\/checkout\.stripe\.test\//u);
    const session = [...app.records.sessions.values()].find(({ url }) => url === checkout)!;
    expect(await (await open(session.success_url)).text()).toContain('Non ancora approvato');
    expect(payPage(app.records, checkout)).toBe(true);
    const back = await open(session.success_url);
    expect(back.status).toBe(200);
    expect(back.headers.get('referrer-policy')).toBe('no-referrer');
    const text = await back.text();
    expect(text).toContain('Pagamento ricevuto');
    expect(text.split('</style>')[1]).not.toMatch(/50|4242|Ada/u);
    expect(await balance(payer)).toBe(usd(50));
    const again = await open(payer.link);
    expect([again.status, await again.text()]).toEqual([200, expect.stringContaining('Pagamento ricevuto')]);
    await app.deliver(payer);
    expect(await kinds(payer)).toEqual(['topUp']);
    expect(await undone(payer)).toEqual([]);
    expect(await app.differences(payer.tenant)).toEqual([]);
  });

  test('is settled by the webhook where nobody comes back from the page', async () => {
    const payer = await waiting();
    payPage(app.records, (await open(payer.link)).headers.get('location')!);
    await app.deliver(payer);
    expect(await balance(payer)).toBe(usd(50));
  });

  test('opens nothing for who guesses the address', async () => {
    const { link, ...payer } = await waiting();
    const { tenant } = payer;
    const sealOf = new URL(link).searchParams.get('seal')!;
    const guesses = [
      link.split('?')[0]!,
      link.replace(sealOf, `${sealOf.slice(0, -1)}${sealOf.endsWith('A') ? 'B' : 'A'}`),
      link.replace(tenant, 'another-tenant'),
      link.replace('/approve', '').replace(sealOf, ''),
    ];
    for (const guess of guesses) {
      const page = await open(guess);
      expect([page.status, await page.text()]).toEqual([404, expect.stringContaining('Qui non c’è nulla')]);
    }
    expect(app.intents(payer).map(({ status }) => status)).toEqual(['requires_payment_method']);
  });

  test('opens nothing after a wish to cancel, also where Stripe did not hear it', async () => {
    const payer = await waiting();
    const { billing, runner } = app.bot.app.billing;
    const [asked] = (await billing.reader.account(payer.tenant)).openPayments;
    app.standIn.fault = () => '500';
    await billing.cancelPayment(payer.tenant, asked!.id, ADMIN);
    const meanwhile = await open(payer.link);
    expect(meanwhile.status).toBe(200);
    expect(await meanwhile.text()).toContain('Pagamento in corso');
    await runner.settled({ tenant: payer.tenant, name: 'payment', subject: asked!.id });
    app.standIn.fault = () => undefined;
    const then = await open(payer.link);
    expect(await then.text()).toContain('Pagamento annullato');
    const calls = app.standIn.seen.filter(({ fields }) => fields['customer'] === payer.customer);
    expect(calls.map(({ path }) => path)).not.toContain('/v1/checkout/sessions');
    expect(await balance(payer)).toBe(0n);
  });

  test('says that it can’t be opened just now where Stripe does not answer', async () => {
    const { link } = await waiting();
    app.standIn.fault = () => '500';
    expect((await open(link)).status).toBe(503);
  });
});

test('The page that card pages lead back to names nobody', async () => {
  const page = await fetch(`${app.bot.url}/payments/cards`);
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('go back to Teams')]);
});

test('A refund in Stripe’s dashboard is taken off the ledger, and comes back where it fails', async () => {
  const payer = await app.paid();
  const refund = refundByHand(app.records, app.intents(payer)[0]!, 2_000);
  await app.deliver(payer);
  expect(await balance(payer)).toBe(usd(30));
  expect(await app.differences(payer.tenant)).toEqual([]);
  failRefund(app.records, refund);
  await app.deliver(payer);
  expect(await balance(payer)).toBe(usd(50));
  expect(await kinds(payer)).toEqual(['outsideRefundFailed', 'outsideRefund', 'topUp']);
  expect(await undone(payer)).toEqual([]);
});

test('A refund that the bot asked for is not taken for one from outside, and comes back where it fails later', async () => {
  const payer = await app.paid();
  const { chat } = payer;
  const chosen = await chat.say('refund');
  const preview = await chat.click(chosen.card, 'Refund');
  const done = await chat.click(preview.card, 'Refund $50.00');
  expect(done.text).toContain('$50.00');
  await until(async () => (await kinds(payer)).includes('refund'));
  await app.deliver(payer);
  expect(await kinds(payer)).toEqual(['refund', 'topUp']);
  expect(await undone(payer)).toEqual([]);
  expect(await app.differences(payer.tenant)).toEqual([]);
  const given = [...app.records.refunds.values()].at(-1);
  failRefund(app.records, given!);
  await app.deliver(payer);
  expect(await kinds(payer)).toEqual(['refundReversed', 'refund', 'topUp']);
  expect(await balance(payer)).toBe(usd(50));
  expect(await undone(payer)).toEqual([]);
  expect(await app.differences(payer.tenant)).toEqual([]);
});

test('A dispute withdraws the money, and reinstates it, also where the end is told first', async () => {
  const [told, mixed] = [await app.paid(), await app.paid()];
  const dispute = withdraw(app.records, app.intents(told)[0]!);
  await app.deliver(told);
  expect(await balance(told)).toBe(0n);
  expect(await app.differences(told.tenant)).toEqual([]);
  reinstate(app.records, dispute);
  await app.deliver(told);
  expect(await balance(told)).toBe(usd(50));
  const converted = { amount: 4_900, currency: 'eur' };
  reinstate(app.records, withdraw(app.records, app.intents(mixed)[0]!), converted);
  await app.deliver(mixed, [...app.eventsOf(mixed)].reverse());
  for (const payer of [told, mixed]) {
    expect(await kinds(payer)).toEqual(['disputeReinstated', 'disputed', 'topUp']);
    expect(await balance(payer)).toBe(usd(50));
    expect(await undone(payer)).toEqual([]);
    expect(await app.differences(payer.tenant)).toEqual([]);
  }
});

test('A card that is removed at Stripe is looked at again at once', async () => {
  const payer = await app.paid();
  const { chat, tenant, card } = payer;
  const preview = await chat.say('set auto-recharge 50 when below 20');
  await chat.click(preview.card, 'Turn on');
  const { reader } = app.bot.app.billing.billing;
  detachCard(app.records.cards.get(card)!, app.records);
  await app.deliver(payer);
  expect((await reader.account(tenant)).cards).toEqual([{ id: card, told: 'gone' }]);
  expect(await undone(payer)).toEqual([]);
});
