/** What must not happen with money: paying twice, paying by accident, and telling what is not true. */
import { addFundsCommand } from '../../../src/bot/commands/add-funds.js';
import type { Reply } from '../../../src/bot/command.js';
import type { Services } from '../../../src/bot/services.js';
import { StorageUnavailable } from '../../../src/billing/storage/table.js';
import type { Card } from '../../../src/cards/render.js';
import type { TestScenario } from '../../../src/billing/payments/processor.js';
import { TENANT, testBilling, usd, type TestBilling } from '../../support/billing.js';
import { button, textOf } from '../../support/card-checks.js';
import { clicked, testServices, testTurn, type TestTurnOptions } from '../../support/turn.js';

interface Stage {
  readonly test: TestBilling;
  readonly services: Services;
}

async function stage(options: Parameters<typeof testBilling>[0] = {}): Promise<Stage> {
  const test = await testBilling(options);
  return { test, services: testServices(test) };
}

function act({ test, services }: Stage, data: object, turn: TestTurnOptions = {}): Promise<Reply> {
  return clicked(addFundsCommand, { turn: testTurn({ now: test.clock.now(), ...turn }), services }, data);
}

interface Wanted {
  readonly scenario?: TestScenario;
  readonly amount?: string;
}

async function preview(at: Stage, { scenario = 'succeeds', amount = '50' }: Wanted = {}): Promise<Card> {
  return (await act(at, { verb: 'addFunds.preview', amount, method: `sandbox-${scenario}` })).card;
}

function payData(card: Card, title = 'Pay $50.00'): object {
  return button(card, title).data;
}

async function charged({ test }: Stage): Promise<{ charges: bigint; entries: number; balance: bigint }> {
  const charges = await test.processor.charges(TENANT);
  const { entries } = await test.billing.reader.entries(TENANT, { limit: 20 });
  const { balance } = await test.billing.reader.account(TENANT);
  const times = charges.reduce((sum, charge) => sum + charge.timesCharged, 0n);
  return { charges: times, entries: entries.length, balance };
}

const ONCE = { charges: 1n, entries: 1, balance: usd(50) };
const NOTHING = { charges: 0n, entries: 0, balance: 0n };
const BEA = { id: 'admin-2', channelAccountId: '29:admin-2', name: 'Bea Boss' };

test('clicking twice at once charges once, and both clicks get the receipt', async () => {
  const at = await stage();
  const data = payData(await preview(at));
  const replies = await Promise.all([act(at, data), act(at, data), act(at, data)]);
  for (const { card } of replies) expect(textOf(card)).toContain('✓ Funds added');
  expect(await charged(at)).toEqual(ONCE);
});

test('a second delivery a day later answers with the first outcome', async () => {
  const at = await stage();
  const data = payData(await preview(at));
  await act(at, data);
  at.test.clock.pass({ hours: 30 });
  expect(textOf((await act(at, data)).card)).toContain('✓ Funds added');
  expect(await charged(at)).toEqual(ONCE);
});

test('a second click answers with the outcome even where the card is gone by now', async () => {
  const at = await stage();
  const data = payData(await preview(at));
  await act(at, data);
  jest.spyOn(at.test.methods, 'list').mockResolvedValue([]);
  expect(textOf((await act(at, data)).card)).toContain('✓ Funds added');
});

test('two admins who confirm the same preview pay once', async () => {
  const at = await stage();
  const data = payData(await preview(at));
  const [mine, hers] = await Promise.all([act(at, data), act(at, data, { person: BEA })]);
  expect(textOf(mine.card)).toContain('Added by\nAda Admin');
  expect(textOf(hers.card)).toContain('Added by\nAda Admin');
  expect(await charged(at)).toEqual(ONCE);
});

test('of two previews the second confirmation is asked again, with a new id', async () => {
  const at = await stage();
  const [first, second] = [await preview(at), await preview(at)];
  at.test.clock.pass({ seconds: 20 });
  await act(at, payData(first));
  at.test.clock.pass({ seconds: 20 });
  const again = (await act(at, payData(second))).card;
  expect(textOf(again)).toContain('nothing was charged by your click');
  expect(textOf(again)).toContain('Already added: $50.00 by Ada Admin');
  expect(await charged(at)).toEqual(ONCE);
  expect(textOf((await act(at, payData(again))).card)).toContain('New balance\n$100.00');
  expect((await charged(at)).charges).toBe(2n);
});

test('a preview of more than a day comes again instead of charging', async () => {
  const at = await stage();
  const data = payData(await preview(at));
  at.test.clock.pass({ hours: 24, minutes: 1 });
  const again = (await act(at, data)).card;
  expect(textOf(again)).toContain('The preview was more than a day old, so nothing was charged.');
  expect(await charged(at)).toEqual(NOTHING);
  expect(textOf((await act(at, payData(again))).card)).toContain('✓ Funds added');
});

test('a forged, changed or foreign token changes nothing', async () => {
  const at = await stage();
  const { token } = payData(await preview(at)) as { token: string };
  const [body = '', seal = ''] = token.split('.');
  const richer = Buffer.from(
    Buffer.from(body, 'base64url').toString().replace('"50000000"', '"5000000"'),
  ).toString('base64url');
  const tries: readonly [string, TestTurnOptions?][] = [
    ['nonsense'],
    [`${richer}.${seal}`],
    [`${body}.`],
    [token, { tenant: 'tenant-two' }],
    [token, { conversation: { key: 'conversation-2' } }],
  ];
  for (const [tried, turn] of tries) {
    const reply = await act(at, { verb: 'addFunds.confirm', token: tried }, turn);
    expect(reply.mode).toBe('post');
    expect(textOf(reply.card)).toContain('This card no longer works');
  }
  expect(await charged(at)).toEqual(NOTHING);
  expect(await at.test.processor.charges('tenant-two')).toEqual([]);
});

test('a card that was removed after the preview is not charged', async () => {
  const at = await stage();
  const data = payData(await preview(at));
  const others = (await at.test.methods.list()).slice(1);
  jest.spyOn(at.test.methods, 'list').mockResolvedValue(others);
  const { card } = await act(at, data);
  expect(textOf(card)).toContain('That card is no longer stored.');
  expect(textOf(card)).toContain('$50.00');
  expect(await charged(at)).toEqual(NOTHING);
});

test('an eleventh open payment is refused, with the way to the open ones', async () => {
  const at = await stage();
  for (let count = 0; count < 10; count += 1) {
    at.test.clock.pass({ seconds: 1 });
    await act(at, payData(await preview(at, { scenario: 'needsAction' })));
  }
  at.test.clock.pass({ seconds: 1 });
  const { card } = await act(at, payData(await preview(at)));
  expect(textOf(card)).toContain('Too many payments are open');
  expect(button(card, 'Open payments').verb).toBe('payments.show');
  expect(await charged(at)).toEqual(NOTHING);
});

test('the message that was clicked is kept, so that it can be brought up to date', async () => {
  const at = await stage();
  const data = payData(await preview(at, { scenario: 'timeoutBeforeCharging' }));
  const { card } = await act(at, data, { cardActivityId: 'message-7' });
  expect(textOf(card)).toContain('I’ll update this card when the outcome is known.');
  expect((await at.test.billing.reader.payment(TENANT, 'new-1'))?.origin).toEqual({
    conversationKey: 'conversation-1',
    activityId: 'message-7',
  });
});

test('where the message is not known nothing is promised', async () => {
  const at = await stage();
  const { card } = await act(at, payData(await preview(at, { scenario: 'timeoutBeforeCharging' })));
  expect(textOf(card)).toContain('Press “Refresh” to see the outcome.');
});

test('a slow processor is answered with “in progress” within two seconds, and finishes by itself', async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const at = await stage({ slow: { latencyMs: 1, sleep: () => held } });
  const started = performance.now();
  const { card } = await act(at, payData(await preview(at)));
  expect(performance.now() - started).toBeLessThan(2_000);
  expect(textOf(card)).toContain('Payment in progress');
  expect(textOf(card)).not.toMatch(/fail|declin/iu);
  release();
  const settled = await act(at, button(card, 'Refresh').data);
  expect(textOf(settled.card)).toContain('✓ Funds added');
  expect(at.test.shown.at(-1)?.status).toBe('settled');
  expect(await charged(at)).toEqual(ONCE);
});

test('while the processor is down the payment is kept, and the worker finishes it later', async () => {
  let up = false;
  const at = await stage({ available: () => up });
  const { card } = await act(at, payData(await preview(at)));
  expect(textOf(card)).toContain(
    'I couldn’t reach the payment processor yet. The payment is kept and will be finished; you won’t be charged twice.',
  );
  expect(await charged(at)).toEqual(NOTHING);
  at.test.clock.pass({ minutes: 3 });
  await at.test.runner.round();
  expect(await charged(at)).toEqual(NOTHING);
  up = true;
  at.test.clock.pass({ minutes: 3 });
  await at.test.runner.round();
  expect(await charged(at)).toEqual(ONCE);
  expect(at.test.shown.at(-1)).toMatchObject({ id: 'new-1', status: 'settled' });
  expect(at.test.failures).toEqual([]);
});

test('a storage fault before the payment travels up; one after it says “in progress”', async () => {
  const at = await stage();
  const data = payData(await preview(at));
  const fault = new StorageUnavailable('down');
  jest.spyOn(at.test.billing, 'requestTopUp').mockRejectedValueOnce(fault);
  await expect(act(at, data)).rejects.toBe(fault);
  jest.spyOn(at.test.billing, 'paymentWithin').mockRejectedValueOnce(fault);
  expect(textOf((await act(at, data)).card)).toContain('Payment in progress');
  expect(textOf((await act(at, data)).card)).toContain('✓ Funds added');
  expect(await charged(at)).toEqual(ONCE);
});

test('the state of a payment of another tenant, or of none, is not told', async () => {
  const at = await stage();
  await act(at, payData(await preview(at)));
  for (const [id, tenant] of [
    ['new-1', 'tenant-two'],
    ['nothing', TENANT],
  ] as const) {
    const { card } = await act(at, { verb: 'addFunds.status', id }, { tenant });
    expect(textOf(card)).toContain('This card no longer works');
  }
});
