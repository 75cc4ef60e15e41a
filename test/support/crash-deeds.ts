/** What scenes begin with, and what is done in them. */
import type { Instance, SharedParts } from './shared-billing.js';
import { calm, instanceOf } from './shared-billing.js';
import { shardOf } from '../../src/billing/due/due-queue.js';
import { money } from '../../src/billing/money.js';
import type { ChosenMethod } from '../../src/billing/ledger/model.js';
import { sandboxCard, sandboxMethodId } from '../../src/billing/payments/sandbox/cards.js';
import type { PaymentProcessor, TestScenario } from '../../src/billing/payments/processor.js';
import { processorWith } from './crash.js';
import { ADMIN, START, TENANT, usd } from './billing.js';

type Deed = (instance: Instance, parts: SharedParts) => Promise<unknown>;
type Before = (parts: SharedParts) => Promise<void>;

export function methodOf(scenario: TestScenario): ChosenMethod {
  const { id, brand, last4 } = sandboxCard(sandboxMethodId(scenario))!;
  return { id, brand, last4 };
}

/** A top-up of 50 with this method, as payment `p1`. */
export function topUpWith(method: ChosenMethod): (instance: Instance) => Promise<unknown> {
  const request = { paymentId: 'p1', mintedAt: START, amount: money(usd(50), 'USD'), method, by: ADMIN };
  return ({ billing }) => billing.requestTopUp(TENANT, request);
}

/** The top-up as far as it comes by itself, at a processor some of whose calls are replaced. */
export function toppedUp(
  scenario: TestScenario = 'succeeds',
  replaced?: (parts: SharedParts) => Partial<PaymentProcessor>,
): Before {
  return async (parts) => {
    const processor = processorWith(parts.sandbox, replaced?.(parts) ?? {});
    await topUpWith(methodOf(scenario))(instanceOf(parts, { processor }));
    await calm();
  };
}

/** One after the other. */
export function first(...steps: readonly ((parts: SharedParts) => unknown)[]): Before {
  return async (parts) => {
    for (const step of steps) await step(parts);
  };
}

export function pass(span: Parameters<SharedParts['clock']['pass']>[0]) {
  return ({ clock }: SharedParts): void => {
    clock.pass(span);
  };
}

/** What is due for the account, as a round runs it; a round itself has the leases of all shards and the scan of the day too. */
export const worker: Deed = async ({ queue, runner }, { clock }) => {
  const tickets = await queue.dueBy(shardOf(TENANT), clock.now());
  await Promise.all(tickets.map((ticket) => runner.runDue(ticket)));
};

/** No answer, and nothing happened. */
export const silent = async () => ({ kind: 'unknown' as const });
