import type { Alert } from '../../src/billing/ledger/model.js';
import { rowKeys } from '../../src/billing/ledger/world.js';
import { money } from '../../src/billing/money.js';
import type { PaymentProcessor } from '../../src/billing/payments/processor.js';
import { ADMIN, START, TENANT, usd } from '../support/billing.js';
import { CrashPoints, processorWith, type CrashKind } from '../support/crash.js';
import { calm, instanceOf, sharedParts, type Instance, type SharedParts } from '../support/shared-billing.js';
import { CARD } from '../support/world.js';

interface Scene {
  /** What somebody does, or the worker; done again where no answer came. */
  readonly deed: (instance: Instance) => Promise<unknown>;
  /** Time that passes between the purchase and the deed. */
  readonly days?: number;
  readonly processor?: (parts: SharedParts) => PaymentProcessor;
}

const REQUEST = { mintedAt: START, amount: money(usd(50), 'USD'), method: CARD, by: ADMIN };

async function settledTopUp(parts: SharedParts): Promise<void> {
  const { billing } = instanceOf(parts);
  await billing.requestTopUp(TENANT, { ...REQUEST, paymentId: 'p1' });
  await billing.paymentWithin(TENANT, 'p1', 1_000);
  await calm();
}

/** The deed at an instance that breaks at this point, then at a sound one, which goes on for half a day. */
async function crashed(scene: Scene, kind: CrashKind, at: number) {
  const parts = sharedParts();
  await settledTopUp(parts);
  parts.clock.pass({ days: scene.days ?? 0 });
  const points = new CrashPoints(kind, at);
  const processor = scene.processor?.(parts) ?? parts.sandbox;
  const broken = instanceOf(parts, {
    table: points.table(parts.table),
    dueTable: points.table(parts.dueTable),
    processor: points.processor(processor),
  });
  const answered = await scene.deed(broken).then(
    () => true,
    () => false,
  );
  await calm(10);
  const reached = points.count;
  const sound = instanceOf(parts, { processor });
  if (!answered) await scene.deed(sound);
  for (let round = 0; round < 24; round += 1) {
    parts.clock.pass({ minutes: 30 });
    await sound.runner.round();
  }
  return { parts, sound, reached };
}

async function alertsOf({ billing }: Instance): Promise<readonly Alert[]> {
  const { alertCount } = await billing.reader.account(TENANT);
  const keys = Array.from({ length: Number(alertCount) }, (_, index) => rowKeys.alert(BigInt(index + 1)));
  return billing.reader.rows(TENANT, 'alert', keys);
}

async function books({ parts, sound }: { parts: SharedParts; sound: Instance }) {
  const { reader } = sound.billing;
  const { entries } = await reader.entries(TENANT, { limit: 100 });
  const account = await reader.account(TENANT);
  const charges = await parts.sandbox.charges(TENANT);
  return {
    entries: entries.map(({ kind }) => kind).reverse(),
    balance: account.balance,
    unbalanced: account.balance - entries.reduce((sum, entry) => sum + entry.amount, 0n),
    line: account.credited - account.pointer - account.balance,
    refunds: charges.flatMap((charge) => charge.refunds).map(({ micros }) => micros),
    refund: (await reader.payment(TENANT, 'p1'))?.refund?.status,
    openRefunds: account.openRefunds,
    notices: (await alertsOf(sound)).filter(({ kind }) => kind === 'expiring').length,
    parked: await sound.queue.countParked(),
    failures: sound.failures,
  };
}

async function expectSound(scene: Scene, kind: CrashKind, expected: object): Promise<void> {
  const { reached } = await crashed(scene, 'dies', Infinity);
  expect(reached).toBeGreaterThan(10);
  for (let at = 1; at <= reached; at += 1) {
    expect({ at, ...(await books(await crashed(scene, kind, at))) }).toEqual({
      at,
      entries: ['topUp'],
      balance: usd(50),
      unbalanced: 0n,
      line: 0n,
      refunds: [],
      refund: undefined,
      openRefunds: [],
      notices: 0,
      parked: 0,
      failures: [],
      ...expected,
    });
  }
}

const refund: Scene = {
  deed: async ({ billing }) => {
    const click = { id: 'click-1', mintedAt: START };
    const outcome = await billing.requestRefund(TENANT, { paymentId: 'p1', by: ADMIN }, click);
    expect(outcome).toMatchObject({ kind: 'done', answer: { id: 'p1', refund: { status: 'requested' } } });
  },
};

/** The first answer is lost, after the effect. */
function losingAnswers({ sandbox }: SharedParts): PaymentProcessor {
  let lost = false;
  return processorWith(sandbox, {
    refund: async (...args) => {
      const answer = await sandbox.refund(...args);
      if (lost) return answer;
      lost = true;
      return { kind: 'unknown' };
    },
  });
}

function refusing({ sandbox }: SharedParts): PaymentProcessor {
  return processorWith(sandbox, {
    refund: async () => ({ kind: 'refused', reason: 'processorRefused' }),
  });
}

const worker: Scene['deed'] = ({ runner }) => runner.round();

describe.each(['dies', 'fails'] as const)('an instance that %s at any point', (kind) => {
  const given = { entries: ['topUp', 'refund'], balance: 0n, refunds: [usd(50)], refund: 'refunded' };

  test('of a refund: it is taken off once, and given back once', () => expectSound(refund, kind, given));

  test('of a refund whose answer is lost: the same', () =>
    expectSound({ ...refund, processor: losingAnswers }, kind, given));

  test('of a refund that the processor refuses: it is taken off once, and comes back once', () =>
    expectSound({ ...refund, processor: refusing }, kind, {
      entries: ['topUp', 'refund', 'refundReversed'],
      refund: 'refused',
    }));

  test('of a notice: it is told once', () => expectSound({ deed: worker, days: 336 }, kind, { notices: 1 }));

  test('of an expiry: what is left is forfeited once', () =>
    expectSound({ deed: worker, days: 366 }, kind, { entries: ['topUp', 'expired'], balance: 0n }));
});
