import { ChargeDiffers, StripeUnavailable } from '../../../../src/billing/payments/stripe/errors.js';
import { enterCard } from '../../../support/stripe/checkout.js';
import { BACK_URL, stripeWorld, type StripeWorld } from '../../../support/stripe/stripe-world.js';

const TENANT = 'contoso';

let world: StripeWorld;
beforeEach(async () => {
  world = await stripeWorld();
});
afterEach(() => world.standIn.stop());

async function addCard(): Promise<string> {
  const link = await world.customers.addLink(TENANT);
  if (link.kind !== 'link') throw new Error(link.kind);
  return enterCard(world.standIn.records, link.url)!;
}

describe('The cards of a tenant', () => {
  test('are none before anybody entered one, and nothing is asked for that', async () => {
    expect(await world.customers.list(TENANT)).toEqual([]);
    expect(await world.customers.replaceLink(TENANT)).toEqual({ kind: 'noCustomer' });
    expect(await world.customers.remove(TENANT, 'pm_1')).toEqual({ kind: 'notFound' });
    expect(world.standIn.seen).toEqual([]);
  });

  test('are entered on a page of Stripe, and shown by brand, last digits and expiry alone', async () => {
    const id = await addCard();
    expect(await world.customers.list(TENANT)).toEqual([
      { id, brand: 'Visa', last4: '4242', expires: '2031-03', fingerprint: `print-${id}` },
    ]);
    const [page] = world.standIn.records.sessions.values();
    expect(page).toMatchObject({ mode: 'setup', success_url: BACK_URL });
  });

  test('begin with the default one', async () => {
    const [first, second] = [await addCard(), await addCard()];
    expect(await world.customers.makeDefault(TENANT, first)).toEqual({ kind: 'done' });
    expect((await world.customers.list(TENANT)).map(({ id }) => id)).toEqual([first, second]);
    expect(await world.customers.makeDefault(TENANT, second)).toEqual({ kind: 'done' });
    expect((await world.customers.list(TENANT)).map(({ id }) => id)).toEqual([second, first]);
  });

  test('are all there, however many pages Stripe makes of them', async () => {
    const first = await addCard();
    const { cards } = world.standIn.records;
    const card = cards.get(first)!;
    for (let count = 1; count < 205; count += 1)
      cards.set(`pm_more_${count}`, { ...card, id: `pm_more_${count}` });
    const listed = (await world.customers.list(TENANT)).map(({ id }) => id);
    expect(new Set(listed).size).toBe(205);
    expect(listed).toContain(first);
    for (let count = 205; count < 1_001; count += 1)
      cards.set(`pm_more_${count}`, { ...card, id: `pm_more_${count}` });
    await expect(world.customers.list(TENANT)).rejects.toThrow(StripeUnavailable);
  });

  test('are replaced on a page made at each click', async () => {
    await addCard();
    const link = await world.customers.replaceLink(TENANT);
    expect(link).toEqual({
      kind: 'link',
      url: expect.stringMatching(/payment_method_update$/u) as string,
    });
  });

  test('that are removed can not be charged any more', async () => {
    const id = await addCard();
    expect(await world.customers.remove(TENANT, id)).toEqual({ kind: 'done' });
    expect(await world.customers.list(TENANT)).toEqual([]);
    expect(await world.customers.remove(TENANT, id)).toEqual({ kind: 'notFound' });
  });

  test('of another tenant are not there, and stay as they are', async () => {
    await addCard();
    const foreign = await world.card('fabrikam');
    expect(await world.customers.remove(TENANT, foreign)).toEqual({ kind: 'notFound' });
    expect(await world.customers.makeDefault(TENANT, foreign)).toEqual({ kind: 'notFound' });
    expect(await world.customers.list('fabrikam')).toHaveLength(1);
  });

  test('are never said to be none where Stripe does not answer', async () => {
    const id = await addCard();
    world.standIn.fault = () => '502';
    await expect(world.customers.list(TENANT)).rejects.toThrow(StripeUnavailable);
    expect(await world.customers.addLink(TENANT)).toEqual({ kind: 'unknown' });
    expect(await world.customers.remove(TENANT, id)).toEqual({ kind: 'unknown' });
  });
});

describe('The customer of a tenant', () => {
  test('is one, also when two people add the first card at once', async () => {
    await Promise.all([world.customers.addLink(TENANT), world.customers.addLink(TENANT)]);
    expect(world.standIn.records.customers.size).toBe(1);
  });

  test('is one where Stripe forgets keys: whoever was first counts', async () => {
    const forgetful = await stripeWorld({ idempotency: false });
    await Promise.all([1, 2, 3].map(async () => forgetful.customers.addLink(TENANT)));
    await forgetful.standIn.stop();
    const pages = [...forgetful.standIn.records.sessions.values()];
    expect(new Set(pages.map(({ customer }) => customer)).size).toBe(1);
  });

  test('is made where the answer to its making was lost', async () => {
    world.standIn.fault = ({ path }) => (path === '/v1/customers' ? 'loseAnswer' : undefined);
    expect(await world.customers.addLink(TENANT)).toEqual({ kind: 'unknown' });
    world.standIn.fault = () => undefined;
    expect(await world.customers.addLink(TENANT)).toMatchObject({ kind: 'link' });
    expect(world.standIn.records.customers.size).toBe(1);
  });

  test("is never somebody else's", async () => {
    const other = world.standIn.records.addCustomer('fabrikam');
    await world.records.change(TENANT, 'customer', { from: undefined, to: other });
    await expect(world.customers.list(TENANT)).rejects.toThrow(ChargeDiffers);
  });
});
