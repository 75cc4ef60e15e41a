import type { Payment } from '../../../../src/billing/ledger/model.js';
import { money } from '../../../../src/billing/money.js';
import { ADMIN, TENANT, usd } from '../../../support/billing.js';
import { instanceOf, sharedParts, type Instance, type SharedParts } from '../../../support/shared-billing.js';
import { readWebhook } from '../../../../src/billing/payments/stripe/webhook.js';
import { payPage } from '../../../support/stripe/checkout.js';
import type { Behaviour } from '../../../support/stripe/records.js';
import type { Fault, Seen, StandInOptions } from '../../../support/stripe/stand-in.js';
import { deliveries, WEBHOOK_SECRET } from '../../../support/stripe/webhooks.js';
import { LINKS, stripeWorld, type StripeWorld } from '../../../support/stripe/stripe-world.js';
import type { StripeProcessor } from '../../../../src/billing/payments/stripe/stripe-processor.js';

const TENANTS = [TENANT, ...Array.from({ length: 99 }, (_, index) => `tenant-${index + 2}`)];
const ROUNDS_MAX = 40;
const AMOUNT = usd(50);

interface World extends Instance {
  readonly parts: SharedParts;
  readonly stripe: StripeWorld;
  readonly processor: StripeProcessor;
  /** One card of each tenant. */
  readonly methods: ReadonlyMap<string, string>;
}

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

async function worldWith(options: Partial<StandInOptions> = {}, behaviour?: Behaviour): Promise<World> {
  const parts = sharedParts();
  const stripe = await stripeWorld({ now: parts.clock.now, ...options });
  stops.push(() => stripe.standIn.stop());
  const processor = stripe.processor();
  const methods = new Map<string, string>();
  for (const tenant of TENANTS) methods.set(tenant, await stripe.card(tenant, behaviour));
  return { ...instanceOf(parts, { processor }), parts, stripe, processor, methods };
}

interface Paid {
  readonly tenant: string;
  readonly paymentId: string;
}

const ONE: Paid = { tenant: TENANT, paymentId: 'p1' };

async function pay(world: World, { tenant, paymentId }: Paid = ONE): Promise<void> {
  const method = { id: world.methods.get(tenant)!, brand: 'Visa', last4: '4242' };
  const mintedAt = world.parts.clock.now();
  const asked = { paymentId, mintedAt, amount: money(AMOUNT, 'USD'), method, by: ADMIN };
  expect((await world.billing.requestTopUp(tenant, asked)).kind).toBe('done');
  await ended(world, { tenant, paymentId });
}

async function ended({ runner }: World, { tenant, paymentId }: Paid): Promise<void> {
  await runner.settled({ tenant, name: 'payment', subject: paymentId });
}

async function payment({ billing }: World, { tenant, paymentId }: Paid = ONE): Promise<Payment> {
  return (await billing.reader.payment(tenant, paymentId))!;
}

/** Time passes and the worker makes its rounds, until nothing is open. */
async function untilClosed(world: World, all: readonly Paid[]): Promise<void> {
  let open = all;
  for (let round = 0; round < ROUNDS_MAX && open.length > 0; round += 1) {
    world.parts.clock.pass({ minutes: 2 });
    await world.runner.round();
    await Promise.all(all.map((paid) => ended(world, paid)));
    const now = await Promise.all(open.map(async (paid) => ({ paid, is: await payment(world, paid) })));
    open = now.filter(({ is }) => is.status !== 'settled').map(({ paid }) => paid);
  }
}

/** How often each payment was charged, by Stripe's own record. */
function timesCharged({ stripe }: World, { tenant, paymentId }: Paid): number {
  return [...stripe.standIn.records.intents.values()].filter(
    ({ status, metadata }) =>
      status === 'succeeded' && metadata['tenant'] === tenant && metadata['paymentId'] === paymentId,
  ).length;
}

/** The same numbers each run. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Ten of each tenant, which is what an account lets be open at once. */
async function payMany(world: World, count: number): Promise<readonly Paid[]> {
  const all = Array.from({ length: count }, (_, index) => ({
    tenant: TENANTS[index % TENANTS.length]!,
    paymentId: `p${index + 1}`,
  }));
  for (let from = 0; from < count; from += TENANTS.length)
    await Promise.all(all.slice(from, from + TENANTS.length).map((paid) => pay(world, paid)));
  await untilClosed(world, all);
  return all;
}

async function expectEachOnce(world: World, all: readonly Paid[]): Promise<void> {
  expect(all.filter((paid) => timesCharged(world, paid) !== 1)).toEqual([]);
  for (const tenant of new Set(all.map((paid) => paid.tenant))) {
    const own = all.filter((paid) => paid.tenant === tenant);
    const settled = await Promise.all(own.map((paid) => payment(world, paid)));
    expect(settled.filter(({ status }) => status !== 'settled')).toEqual([]);
    expect((await world.billing.reader.account(tenant)).balance).toBe(BigInt(own.length) * AMOUNT);
  }
  expect(world.failures).toEqual([]);
}

test('Of 1,000 charges whose peer loses one answer in ten and forgets every key none is doubled, none is lost', async () => {
  const roll = dice(7);
  let lost = 0;
  const fault = (): Fault | undefined => {
    if (roll() >= 0.1) return undefined;
    lost += 1;
    return 'loseAnswer';
  };
  const world = await worldWith({ idempotency: false, fault });
  await expectEachOnce(world, await payMany(world, 1_000));
  expect(lost).toBeGreaterThan(300);
}, 120_000);

test('Of 300 charges with every fault that a network and a busy peer have none is doubled, none is lost', async () => {
  const roll = dice(11);
  const faults: readonly Fault[] = [
    'loseRequest',
    'loseAnswer',
    'cutBody',
    '409',
    '429',
    '500',
    '500after',
    '502',
  ];
  const fault = (): Fault | undefined =>
    roll() < 0.16 ? faults[Math.floor(roll() * faults.length)] : undefined;
  const world = await worldWith({ fault });
  await expectEachOnce(world, await payMany(world, 300));
}, 120_000);

test('A fault that Stripe saved under the key of a payment does not hold the payment up', async () => {
  let failing = true;
  const fault = ({ method, path }: Seen): Fault | undefined =>
    failing && method === 'POST' && path === '/v1/payment_intents' ? '500' : undefined;
  const world = await worldWith({ fault });
  await pay(world);
  expect(await payment(world)).toMatchObject({ status: 'unknown' });
  failing = false;
  await untilClosed(world, [ONE]);
  await expectEachOnce(world, [ONE]);
});

describe('A payment that the bank wants the person for', () => {
  async function waiting(
    options: Partial<StandInOptions> = {},
  ): Promise<World & { link(): ReturnType<StripeProcessor['linkFor']> }> {
    const world = await worldWith(options, { kind: 'wantsPerson' });
    await pay(world);
    const { processorId } = await payment(world);
    return { ...world, link: () => world.processor.linkFor({ ...ONE, processorId: processorId! }) };
  }

  async function openPage(world: Awaited<ReturnType<typeof waiting>>): Promise<string> {
    const link = await world.link();
    if (link.kind !== 'link') throw new Error(link.kind);
    return link.url;
  }

  test('leads to an address of the bot, which never changes, and is charged once by the page behind it', async () => {
    const world = await waiting();
    expect(await payment(world)).toMatchObject({
      status: 'actionRequired',
      actionUrl: LINKS.approve(ONE),
    });
    const url = await openPage(world);
    const begun = world.stripe.standIn.records.intents.get((await payment(world)).processorId!);
    expect(begun).toMatchObject({ status: 'canceled', cancellation_reason: 'duplicate' });
    expect(payPage(world.stripe.standIn.records, url)).toBe(true);
    await world.billing.lookAtPayment(TENANT, 'p1');
    await expectEachOnce(world, [ONE]);
    expect(await world.link()).toEqual({ kind: 'closed' });
  });

  test('has one page, however often and at once it is asked for, also where Stripe forgets keys', async () => {
    const world = await waiting({ idempotency: false });
    const urls = await Promise.all([1, 2, 3, 4].map(async () => openPage(world)));
    expect(new Set([...urls, await openPage(world)]).size).toBe(1);
    const open = [...world.stripe.standIn.records.sessions.values()].filter(
      ({ status }) => status === 'open',
    );
    expect(open.map(({ url }) => url)).toEqual([urls[0]]);
  });

  test.each(['loseAnswer', '500after', '502', 'cutBody'] as const)(
    'is charged once where each call for its page meets a fault once: %s',
    async (kind) => {
      const world = await waiting();
      const met = new Set<string>();
      world.stripe.standIn.fault = ({ method, path }) => {
        const call = `${method} ${path}`;
        if (met.has(call)) return undefined;
        met.add(call);
        return kind;
      };
      let link = await world.link();
      for (let click = 0; click < 9 && link.kind !== 'link'; click += 1) link = await world.link();
      if (link.kind !== 'link') throw new Error(link.kind);
      expect(payPage(world.stripe.standIn.records, link.url)).toBe(true);
      await untilClosed(world, [ONE]);
      await expectEachOnce(world, [ONE]);
    },
  );

  test.each([
    ['500after', 1],
    ['cutBody', 1],
    // The client itself asks once more where the connection is lost.
    ['loseAnswer', 2],
  ] as const)(
    'is approved by a later click where the page of the first got lost: %s',
    async (kind, times) => {
      const world = await waiting();
      let lost = 0;
      world.stripe.standIn.fault = ({ method, path }) => {
        if (lost === times || method !== 'POST' || path !== '/v1/checkout/sessions') return undefined;
        lost += 1;
        return kind;
      };
      expect(await world.link()).toEqual({ kind: 'unknown' });
      world.parts.clock.pass({ seconds: 2 });
      const url = await openPage(world);
      world.parts.clock.pass({ seconds: 2 });
      expect(await openPage(world)).toBe(url);
      expect(payPage(world.stripe.standIn.records, url)).toBe(true);
      await untilClosed(world, [ONE]);
      await expectEachOnce(world, [ONE]);
    },
  );

  test('is cancelled at its deadline, and its page can not be paid any more', async () => {
    const world = await waiting();
    world.parts.clock.pass({ minutes: 50 });
    const url = await openPage(world);
    world.parts.clock.pass({ minutes: 11 });
    await world.runner.round();
    await ended(world, ONE);
    expect(await payment(world)).toMatchObject({ status: 'cancelled' });
    expect(payPage(world.stripe.standIn.records, url)).toBe(false);
    expect(await world.link()).toEqual({ kind: 'closed' });
    expect(timesCharged(world, ONE)).toBe(0);
  });
});

test('Webhooks that come late, twice and in the wrong order settle each payment once', async () => {
  const world = await worldWith();
  const all = TENANTS.slice(0, 5).map((tenant) => ({ tenant, paymentId: 'p1' }));
  // The answers of all confirms are lost, and so is what is asked after them.
  world.stripe.standIn.fault = ({ path }) => (path.endsWith('/confirm') ? 'loseAnswer' : undefined);
  await Promise.all(all.map((paid) => pay(world, paid)));
  world.stripe.standIn.fault = () => undefined;
  world.parts.clock.pass({ minutes: 3 });
  const { live, now } = { live: false, now: world.parts.clock.now };
  const late = [...deliveries(world.stripe.standIn.records)].reverse();
  for (const request of [...late, ...late]) {
    const read = readWebhook(request, { secrets: [WEBHOOK_SECRET], live, now });
    if (read.kind !== 'event') throw new Error(read.kind);
    await world.billing.lookAtPayment(read.event.tenant!, read.event.paymentId!);
  }
  await expectEachOnce(world, all);
});
