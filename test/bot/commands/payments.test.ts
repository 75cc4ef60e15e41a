import { addFundsCommand } from '../../../src/bot/commands/add-funds.js';
import { paymentsCommand } from '../../../src/bot/commands/payments.js';
import type { TestScenario } from '../../../src/billing/payments/processor.js';
import type { Card } from '../../../src/cards/render.js';
import type { Services } from '../../../src/bot/services.js';
import { TENANT, testBilling, usd, type TestBilling } from '../../support/billing.js';
import { button, buttonsOf, textOf } from '../../support/card-checks.js';
import {
  clicked,
  say,
  testServices,
  testTurn,
  type Scene,
  type TestTurnOptions,
} from '../../support/turn.js';

interface Stage {
  readonly test: TestBilling;
  readonly services: Services;
}

async function stage(options: Parameters<typeof testBilling>[0] = {}): Promise<Stage> {
  const test = await testBilling(options);
  return { test, services: testServices(test) };
}

function scene({ test, services }: Stage, turn: TestTurnOptions = {}): Scene {
  return { turn: testTurn({ now: test.clock.now(), ...turn }), services };
}

/** A payment of $50 by Ada, as far as its card lets it go. */
async function paid(at: Stage, scenario: TestScenario): Promise<Card> {
  const data = { verb: 'addFunds.preview', amount: '50', method: `sandbox-${scenario}` };
  const preview = (await clicked(addFundsCommand, scene(at), data)).card;
  return (await clicked(addFundsCommand, scene(at), button(preview, 'Pay $50.00').data)).card;
}

async function list(at: Stage, turn: TestTurnOptions = {}): Promise<Card> {
  return (await say(paymentsCommand, scene(at, turn))).card;
}

async function cancel(at: Stage, id = 'new-1', turn: TestTurnOptions = {}): Promise<Card> {
  return (await clicked(paymentsCommand, scene(at, turn), { verb: 'payments.cancel', id })).card;
}

async function balanceOf({ test }: Stage): Promise<bigint> {
  return (await test.billing.reader.account(TENANT)).balance;
}

test('without an open payment the list says so', async () => {
  const card = await list(await stage());
  expect(textOf(card)).toContain('No open payments');
  expect(buttonsOf(card).map(({ title }) => title)).toEqual(['Add funds', 'History', 'Refunds']);
});

test('an open payment is listed with its state, who asked, how long ago, and what it needs', async () => {
  const at = await stage();
  await paid(at, 'needsAction');
  at.test.clock.pass({ minutes: 7 });
  const card = await list(at);
  const text = textOf(card);
  expect(text).toContain('One payment is not finished yet.');
  expect(text).toContain('Waits for approval at the bank');
  expect(text).toContain('Ada Admin, 7 minutes ago');
  expect(text).toContain('Discover •••• 3220');
  expect(text).toContain('$50.00');
  expect(button(card, 'Open the bank’s page').url).toContain('/sandbox/payments/');
  expect(button(card, 'Cancel payment')).toMatchObject({ verb: 'payments.cancel', style: 'destructive' });
});

test.each([
  [{ minutes: 0 }, 'just now'],
  [{ minutes: 1 }, '1 minute ago'],
  [{ hours: 1 }, '1 hour ago'],
  [{ hours: 23, minutes: 59 }, '23 hours ago'],
  [{ days: 2 }, '2 days ago'],
])('after %j it says “%s”', async (span, words) => {
  const at = await stage();
  await paid(at, 'timeoutBeforeCharging');
  at.test.clock.pass(span);
  expect(textOf(await list(at))).toContain(`Ada Admin, ${words}`);
});

test('a viewer sees the list without buttons to act', async () => {
  const at = await stage();
  await paid(at, 'needsAction');
  const card = await list(at, { role: 'viewer' });
  expect(textOf(card)).toContain('Waits for approval at the bank');
  expect(buttonsOf(card).map(({ title }) => title)).toEqual(['Refresh']);
});

test('only admins may cancel', () => {
  expect(paymentsCommand.role).toBe('viewer');
  expect(paymentsCommand.actions['cancel']?.role).toBe('admin');
});

test('refreshing replaces the list', async () => {
  const at = await stage();
  await paid(at, 'timeoutBeforeCharging');
  const before = await list(at);
  await at.test.billing.lookAtPayment(TENANT, 'new-1');
  const reply = await clicked(paymentsCommand, scene(at), button(before, 'Refresh').data);
  expect(reply.mode).toBe('replace');
  expect(textOf(reply.card)).toContain('No open payments');
});

test.each(['needsAction', 'timeoutBeforeCharging'] as const)(
  'an open payment (%s) is cancelled at the processor, and says by whom',
  async (scenario) => {
    const at = await stage();
    await paid(at, scenario);
    const card = await cancel(at);
    expect(textOf(card)).toContain('Payment cancelled');
    expect(textOf(card)).toContain('Ada Admin cancelled it. Nothing was charged.');
    expect(button(card, 'Open payments').verb).toBe('payments.show');
    expect(await at.test.processor.charges(TENANT)).toMatchObject([{ state: 'cancelled', timesCharged: 0n }]);
    expect((await at.test.billing.reader.account(TENANT)).openPayments).toEqual([]);
    expect(textOf(await cancel(at))).toContain('Payment cancelled');
  },
);

test('a cancelled payment is not charged by an approval that comes later', async () => {
  const at = await stage();
  await paid(at, 'needsAction');
  await cancel(at);
  await at.test.processor.decide({ tenant: TENANT, paymentId: 'new-1' }, 'approve');
  await at.test.billing.lookAtPayment(TENANT, 'new-1');
  expect(await balanceOf(at)).toBe(0n);
});

test('what was charged before the click is credited, and the person is told', async () => {
  const at = await stage();
  await paid(at, 'needsAction');
  await at.test.processor.decide({ tenant: TENANT, paymentId: 'new-1' }, 'approve');
  const text = textOf(await cancel(at));
  expect(text).toContain('It could not be cancelled: the card had been charged already.');
  expect(text).toContain('New balance\n$50.00');
  expect(await balanceOf(at)).toBe(usd(50));
});

test.each([
  ['succeeds', 'the card had been charged already'],
  ['insufficientFunds', 'the payment had been declined'],
] as const)('a payment that is finished (%s) stays what it is', async (scenario, sentence) => {
  const at = await stage();
  await paid(at, scenario);
  const before = await balanceOf(at);
  expect(textOf(await cancel(at))).toContain(sentence);
  expect(await balanceOf(at)).toBe(before);
});

test('while the processor is down a cancellation is kept, and not said to be done', async () => {
  let up = true;
  const at = await stage({ available: () => up });
  await paid(at, 'needsAction');
  up = false;
  const text = textOf(await cancel(at));
  expect(text).toContain('The processor has not confirmed the cancellation yet.');
  expect(text).toContain('I keep asking it to cancel.');
  up = true;
  expect(textOf(await cancel(at))).toContain('Payment cancelled');
});

test('a processor that does not answer keeps nobody waiting', async () => {
  let held: Promise<void> = Promise.resolve();
  let release = (): void => undefined;
  const at = await stage({ slow: { latencyMs: 1, sleep: () => held } });
  await paid(at, 'needsAction');
  held = new Promise((resolve) => {
    release = resolve;
  });
  const started = performance.now();
  expect(textOf(await cancel(at))).toContain('The processor has not confirmed the cancellation yet.');
  expect(performance.now() - started).toBeLessThan(4_000);
  release();
});

test('an unknown payment, or one of another tenant, changes nothing', async () => {
  const at = await stage();
  await paid(at, 'needsAction');
  expect(textOf(await cancel(at, 'nothing'))).toContain('This card no longer works');
  expect(textOf(await cancel(at, 'new-1', { tenant: 'tenant-two' }))).toContain('This card no longer works');
  expect((await at.test.billing.reader.payment(TENANT, 'new-1'))?.status).toBe('actionRequired');
});

test('in a channel a viewer’s refresh leaves the admins’ buttons on the card', async () => {
  const at = await stage();
  const card = await paid(at, 'timeoutBeforeCharging');
  at.test.processor.find = async () => ({ kind: 'unknown' });
  const viewer = (kind: 'channel' | 'personal') => ({ role: 'viewer', conversation: { kind } }) as const;
  for (const kind of ['channel', 'personal'] as const) {
    const reply = await clicked(addFundsCommand, scene(at, viewer(kind)), button(card, 'Refresh').data);
    const titles = buttonsOf(reply.card).map(({ title }) => title);
    expect(titles.includes('Cancel payment')).toBe(kind === 'channel');
  }
});
