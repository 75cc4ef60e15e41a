/** A conversation with one command over a test's billing: what is typed and pressed, and what has happened before. */
import type { Command } from '../../src/bot/command.js';
import { money } from '../../src/billing/money.js';
import type { Card } from '../../src/cards/render.js';
import { ADMIN, TENANT, testBilling, usd, type TestBilling, type TestBillingOptions } from './billing.js';
import { button, expectValidCard } from './card-checks.js';
import { clicked, say, testServices, testTurn, type TestServices, type TestTurnOptions } from './turn.js';

export interface Chat {
  readonly test: TestBilling;
  readonly services: TestServices;
  typed(rest?: string, turn?: TestTurnOptions): Promise<Card>;
  /** Presses a button of a card; its answer must be a card that every client shows. */
  press(card: Card, title: string, turn?: TestTurnOptions): Promise<Card>;
  send(data: object, turn?: TestTurnOptions): Promise<Card>;
  balance(): Promise<bigint>;
}

export async function chatWith(command: Command, options: TestBillingOptions = {}): Promise<Chat> {
  const test = await testBilling(options);
  const services = testServices(test);
  const scene = (turn: TestTurnOptions = {}) => ({
    turn: testTurn({ now: test.clock.now(), ...turn }),
    services,
  });
  const send = async (data: object, turn?: TestTurnOptions): Promise<Card> =>
    valid((await clicked(command, scene(turn), data)).card);
  return {
    test,
    services,
    send,
    typed: async (rest = '', turn) => valid((await say(command, scene(turn), { rest })).card),
    press: (card, title, turn) => send(button(card, title).data, turn),
    balance: async () => (await test.billing.reader.account(TENANT)).balance,
  };
}

function valid(card: Card): Card {
  expectValidCard(card);
  return card;
}

/** A settled top-up. */
export async function topUp(
  { billing, clock }: TestBilling,
  paymentId: string,
  amount: number,
): Promise<void> {
  await billing.requestTopUp(TENANT, {
    paymentId,
    mintedAt: clock.now(),
    amount: money(usd(amount), 'USD'),
    method: { id: 'sandbox-succeeds', brand: 'Visa', last4: '4242' },
    by: ADMIN,
  });
  await billing.paymentWithin(TENANT, paymentId, 1_000);
}

export async function ruleOf(test: TestBilling, more: { readonly trigger?: number } = {}): Promise<void> {
  await test.billing.setAutoRecharge(TENANT, {
    trigger: usd(more.trigger ?? 20),
    amount: usd(50),
    monthCap: usd(200),
    method: { id: 'sandbox-succeeds', brand: 'Visa', last4: '4242' },
    by: ADMIN,
  });
}
