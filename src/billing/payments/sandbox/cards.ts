/** The test cards of the embedded mode: one per scenario, told apart by brand and last digits. No money behind them. */
import { createHash } from 'node:crypto';
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

/** What is typed into the sandbox's own page to add one: made up, and no card of anybody. */
export const TEST_NUMBERS: Readonly<Record<TestScenario, string>> = {
  succeeds: '4242424242424242',
  insufficientFunds: '5555000000069995',
  expiredCard: '370000000000069',
  needsAction: '6011000000023220',
  timeoutAfterCharging: '30569309025904',
  timeoutBeforeCharging: '3566002020360505',
};

/** @returns undefined for every number that is no test card's. `digits` without what people type in between. */
export function cardOfNumber(digits: string): SandboxCard | undefined {
  return SANDBOX_CARDS.find(({ scenario }) => TEST_NUMBERS[scenario] === digits);
}

const ADDED_PREFIX = 'sandbox-card-';

/** Known by its id alone, the cards that were added too. */
export function isSandboxMethod(methodId: string): boolean {
  return sandboxCard(methodId) !== undefined || methodId.startsWith(ADDED_PREFIX);
}

/** Of the card that one page adds, however often it is sent. Letters only: nothing in it can look like a card number. */
export function addedCardId(pageId: string): string {
  const hex = createHash('sha256').update(pageId).digest('hex').slice(0, 20);
  return (
    ADDED_PREFIX + hex.replace(/\d/gu, (digit) => String.fromCharCode('g'.charCodeAt(0) + Number(digit)))
  );
}

/** The test cards that every tenant of the embedded mode starts with, the one that succeeds first. */
export class SandboxMethods implements PaymentMethods {
  async list(): Promise<readonly PaymentMethod[]> {
    return SANDBOX_CARDS;
  }
}
