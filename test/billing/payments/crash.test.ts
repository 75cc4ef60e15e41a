import { money } from '../../../src/billing/money.js';
import { sandboxCard, sandboxMethodId } from '../../../src/billing/payments/sandbox/cards.js';
import { TEST_SCENARIOS, type TestScenario } from '../../../src/billing/payments/processor.js';
import { ADMIN, START, TENANT, usd } from '../../support/billing.js';
import { CrashPoints, type CrashKind } from '../../support/crash.js';
import { graphRows } from '../../support/graph-rows.js';
import {
  calm,
  instanceOf,
  sharedParts,
  type Instance,
  type SharedParts,
} from '../../support/shared-billing.js';

/** What somebody does, and does again where no answer came. */
type Deed = (instance: Instance) => Promise<unknown>;

function methodOf(scenario: TestScenario) {
  const { id, brand, last4 } = sandboxCard(sandboxMethodId(scenario))!;
  return { id, brand, last4 };
}

function topUpWith(scenario: TestScenario): Deed {
  const amount = money(usd(50), 'USD');
  const request = { paymentId: 'p1', mintedAt: START, amount, method: methodOf(scenario), by: ADMIN };
  return ({ billing }) => billing.requestTopUp(TENANT, request);
}

function breaking(parts: SharedParts, points: CrashPoints): Instance {
  return instanceOf(parts, {
    table: points.table(parts.table),
    dueTable: points.table(parts.dueTable),
    processor: points.processor(parts.sandbox),
  });
}

/** The deed at an instance that breaks at this point, then again at a sound one, which goes on for half a day. */
async function crashed(deed: Deed, kind: CrashKind, at: number) {
  const parts = sharedParts();
  const points = new CrashPoints(kind, at);
  const broken = breaking(parts, points);
  const answered = await deed(broken).then(
    () => true,
    () => false,
  );
  await calm(10);
  const reached = points.count;
  const sound = instanceOf(parts);
  if (!answered) await deed(sound);
  for (let round = 0; round < 24; round += 1) {
    parts.clock.pass({ minutes: 30 });
    await sound.runner.round();
  }
  return { parts, sound, reached };
}

/** What the ledger credited, beside what the processor charged. */
async function books({ parts, sound }: { parts: SharedParts; sound: Instance }) {
  const { entries } = await sound.billing.reader.entries(TENANT, { limit: 100 });
  const account = await sound.billing.reader.account(TENANT);
  const credits = entries.filter((entry) => entry.kind === 'topUp' || entry.kind === 'autoRecharge');
  const charges = await parts.sandbox.charges(TENANT);
  return {
    credited: credits.map((entry) => entry.reference).sort(),
    charged: charges
      .flatMap((charge) => Array<string>(Number(charge.timesCharged)).fill(charge.paymentId))
      .sort(),
    times: credits.length,
    open: account.openPayments,
    unbalanced: account.balance - entries.reduce((sum, entry) => sum + entry.amount, 0n),
    parked: await sound.queue.countParked(),
    failures: sound.failures,
    spent: account.days.reduce((sum, day) => sum + day.spend, 0n),
  };
}

async function pointsOf(deed: Deed): Promise<number> {
  return (await crashed(deed, 'dies', Infinity)).reached;
}

async function expectSound(deed: Deed, kind: CrashKind, expected: object): Promise<void> {
  const count = await pointsOf(deed);
  expect(count).toBeGreaterThan(10);
  for (let at = 1; at <= count; at += 1) {
    const { charged, ...rest } = await books(await crashed(deed, kind, at));
    expect({ at, ...rest }).toEqual({
      at,
      credited: charged,
      open: [],
      unbalanced: 0n,
      parked: 0,
      failures: [],
      ...expected,
    });
  }
}

/** How often a card is charged in the end; nobody approves what needs an action. */
const TIMES: Readonly<Record<TestScenario, number>> = {
  succeeds: 1,
  insufficientFunds: 0,
  expiredCard: 0,
  needsAction: 0,
  timeoutAfterCharging: 1,
  timeoutBeforeCharging: 1,
};

describe.each(['dies', 'fails'] as const)('an instance that %s at any point', (kind) => {
  test.each(TEST_SCENARIOS)(
    'a top-up with the card "%s" is credited as often as it is charged, and closed',
    (scenario) => expectSound(topUpWith(scenario), kind, { times: TIMES[scenario], spent: 0n }),
  );

  test('calls that start a recharge are debited once, and the recharge is credited once', async () => {
    const rows = graphRows(3, 5);
    const rule = {
      trigger: usd(20),
      amount: usd(50),
      monthCap: usd(50),
      method: methodOf('succeeds'),
      by: ADMIN,
    };
    const deed: Deed = async ({ billing }) => {
      await billing.setAutoRecharge(TENANT, rule);
      await billing.intake.take(TENANT, rows, 'graph');
    };
    await expectSound(deed, kind, { times: 1, spent: usd(15) });
  });
});
