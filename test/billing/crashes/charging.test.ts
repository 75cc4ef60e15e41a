/** Charging: what a person asked for, and what the calls started. */
import { TEST_SCENARIOS, type TestScenario } from '../../../src/billing/payments/processor.js';
import { ADMIN, TENANT, usd } from '../../support/billing.js';
import { first, methodOf, toppedUp, topUpWith } from '../../support/crash-deeds.js';
import { crashTests, type Scene } from '../../support/crash-scene.js';
import { graphRows } from '../../support/graph-rows.js';
import { instanceOf, type Instance } from '../../support/shared-billing.js';

type Ends = Scene['ends'];

const CREDITED: Ends = { entries: ['topUp'], balance: usd(50), payment: 'settled' };
const DECLINED: Ends = { entries: [], balance: 0n, payment: 'declined' };

/** Nobody approves what needs an action. */
const OUTCOMES: Readonly<Record<TestScenario, { readonly points: number; readonly ends: Ends }>> = {
  succeeds: { points: 18, ends: CREDITED },
  insufficientFunds: { points: 24, ends: DECLINED },
  expiredCard: { points: 24, ends: DECLINED },
  needsAction: { points: 18, ends: { ...DECLINED, payment: 'cancelled' } },
  timeoutAfterCharging: { points: 20, ends: CREDITED },
  timeoutBeforeCharging: { points: 20, ends: CREDITED },
};

const CALLS = graphRows(3, 15);

/** Once in a month. */
function ruled({ billing }: Instance): Promise<unknown> {
  const rule = { trigger: usd(20), amount: usd(50), monthCap: usd(50), by: ADMIN };
  return billing.setAutoRecharge(TENANT, { ...rule, method: methodOf('succeeds') });
}

const RECHARGES: readonly Scene[] = [
  {
    name: 'a rule that is saved below its trigger: it is charged and credited once',
    points: 28,
    deed: ruled,
    ends: { entries: ['autoRecharge'], balance: usd(50), alerts: { recharged: 1 } },
  },
  {
    name: 'calls that start a recharge: they are debited once, and it is charged and credited once',
    points: 30,
    before: first(toppedUp(), (parts) => ruled(instanceOf(parts))),
    deed: ({ billing }) => billing.intake.take(TENANT, CALLS, 'graph'),
    ends: {
      entries: ['topUp', 'usage', 'autoRecharge'],
      balance: usd(55),
      spent: usd(45),
      alerts: { recharged: 1 },
    },
  },
];

crashTests([
  ...TEST_SCENARIOS.map((card) => ({
    name: `a top-up with the card "${card}": it is credited as often as it is charged, and closed`,
    deed: topUpWith(methodOf(card)),
    ...OUTCOMES[card],
  })),
  ...RECHARGES,
]);
