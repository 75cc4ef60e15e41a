/** What has to be there before something is done while an answer is lost. */
import type { Click } from '../../src/billing/billing.js';
import type { Outcome } from '../../src/billing/lane/command.js';
import type { UsageIssue } from '../../src/billing/ledger/model.js';
import { money } from '../../src/billing/money.js';
import type { TestScenario } from '../../src/billing/payments/processor.js';
import type { RecordedCharge } from '../../src/billing/verify/processor-record.js';
import { ADMIN, TENANT, usd } from '../support/billing.js';
import { graphRow } from '../support/graph-rows.js';
import { calm } from '../support/shared-billing.js';
import type { VerifiedBilling, VerifiedOptions } from '../support/verified.js';
import { CARD } from '../support/world.js';

export interface Scenario {
  /** What it runs on; made anew for every run. */
  readonly options?: () => VerifiedOptions;
  readonly prepare?: (world: Prepared) => Promise<unknown>;
  readonly act: (world: Prepared) => Promise<unknown>;
  /** Where no operation row is written: what tells that it happened. */
  readonly decidedBy?: string;
  /** What the processor says went back of the first payment, where that was not asked for by this program. */
  readonly wentBack?: Partial<Pick<RecordedCharge, 'refunded' | 'disputed'>>;
}

export interface Prepared extends VerifiedBilling {
  readonly setProcessor: (up: boolean) => void;
}

export const cardOf = (scenario: TestScenario) => ({ ...CARD, id: `sandbox-${scenario}` });

export async function topUp(
  { billing, clock }: Prepared,
  paymentId: string,
  terms: { readonly amount?: number; readonly card?: TestScenario } = {},
): Promise<unknown> {
  const { amount = 50, card = 'succeeds' } = terms;
  const asked = { paymentId, mintedAt: clock.now(), amount: money(usd(amount), 'USD'), by: ADMIN };
  const requested = await billing.requestTopUp(TENANT, { ...asked, method: cardOf(card) });
  await billing.paymentWithin(TENANT, paymentId, 3_000);
  clock.pass({ seconds: 1 });
  return requested;
}

export async function use({ billing }: Prepared, ...rows: readonly unknown[]): Promise<unknown> {
  const report = await billing.intake.take(TENANT, rows, 'http');
  await calm();
  return report;
}

export function rule({ billing }: Prepared, card: TestScenario = 'succeeds', click?: Click) {
  const terms = { trigger: usd(20), amount: usd(50), monthCap: usd(500) };
  return billing.setAutoRecharge(TENANT, { ...terms, method: cardOf(card), by: ADMIN }, click);
}

export const call = (id: string, charge: unknown) => graphRow(charge, { id });
export const callAt = (id: string, charge: number, startDateTime: string) =>
  graphRow(charge, { id, startDateTime });
/** Two days, one on each side of the start of metering. */
export const [BEFORE, METERED_FROM] = ['2026-11-10T08:00:00.000Z', '2026-11-15T00:00:00.000Z'];

export async function issue({ billing }: Prepared): Promise<UsageIssue> {
  const [first] = await billing.reader.issues(TENANT, { limit: 1 });
  return first!;
}

/** An auto-recharge whose card has no money: it waits for an hour. */
export async function declined(world: Prepared, card: TestScenario = 'insufficientFunds'): Promise<void> {
  await topUp(world, 'p1');
  await rule(world, card);
  await use(world, call('a', 40));
  await world.billing.paymentWithin(TENANT, (await auto(world)) ?? '', 1_000);
}

async function auto({ billing }: Prepared): Promise<string | undefined> {
  return (await billing.reader.account(TENANT)).openPayments[0]?.id;
}

/** A payment that nobody knows the outcome of. */
export async function inDoubt(world: Prepared): Promise<void> {
  world.setProcessor(false);
  await topUp(world, 'p1');
}

export async function below(world: Prepared, times: number): Promise<void> {
  for (let time = 1; time <= times; time += 1) {
    await use(world, call(`down-${time}`, 60));
    await topUp(world, `up-${time}`, { amount: 70 });
  }
}

export function refund({ billing, clock }: Prepared): Promise<Outcome<unknown>> {
  const click = { id: 'refund-click', mintedAt: clock.now() };
  return billing.requestRefund(TENANT, { paymentId: 'p1', by: ADMIN }, click);
}

export function connectGraph({ graph, clock }: Prepared): Promise<Outcome<unknown>> {
  const click = { id: 'connect-click', mintedAt: clock.now() };
  return graph.connect(TENANT, { by: ADMIN, meteredFrom: METERED_FROM }, click);
}
