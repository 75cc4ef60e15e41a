/** The test cards of the embedded mode: one per scenario, told apart by brand and last digits. No money behind them. */
import type { PaymentMethod, PaymentMethods, TestScenario } from '../processor.js';

export interface SandboxCard extends PaymentMethod {
  readonly scenario: TestScenario;
}

/** A new scenario does not compile until it has a card. The first one is everybody's default. */
const CARD_OF: Readonly<Record<TestScenario, Omit<SandboxCard, 'id' | 'scenario' | 'fingerprint'>>> = {
  succeeds: { brand: 'Visa', last4: '4242', expires: '2034-12' },
  insufficientFunds: { brand: 'Mastercard', last4: '9995', expires: '2034-11' },
  expiredCard: { brand: 'American Express', last4: '0069', expires: '2024-01' },
  needsAction: { brand: 'Discover', last4: '3220', expires: '2034-10' },
  timeoutAfterCharging: { brand: 'Diners Club', last4: '5904', expires: '2034-09' },
  timeoutBeforeCharging: { brand: 'JCB', last4: '0505', expires: '2034-08' },
};

export const SANDBOX_CARDS: readonly SandboxCard[] = (Object.keys(CARD_OF) as TestScenario[]).map(
  (scenario) => ({
    id: sandboxMethodId(scenario),
    scenario,
    fingerprint: `sandbox-card-${CARD_OF[scenario].last4}`,
    ...CARD_OF[scenario],
  }),
);

/** The stored method's id of a scenario, for tests and for settings. */
export function sandboxMethodId(scenario: TestScenario): string {
  return `sandbox-${scenario}`;
}

/** @returns undefined for an id that no test card has. */
export function sandboxCard(methodId: string): SandboxCard | undefined {
  return SANDBOX_CARDS.find((card) => card.id === methodId);
}

/** Every tenant of the embedded mode holds the same test cards, the one that succeeds first. */
export class SandboxMethods implements PaymentMethods {
  async list(): Promise<readonly PaymentMethod[]> {
    return SANDBOX_CARDS;
  }
}
