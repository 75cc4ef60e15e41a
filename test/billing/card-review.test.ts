/** A list of the stored cards may be older than what people chose while it was on its way. */
import { CardsUnknown } from '../../src/billing/payments/method-ports.js';
import type { ChosenMethod } from '../../src/billing/ledger/model.js';
import { ADMIN, TENANT, testBilling, usd, type TestBilling } from '../support/billing.js';
import { CARD } from '../support/world.js';

const OTHER = { id: 'other', brand: 'JCB', last4: '0505' };

let program: TestBilling;
let asked: number;

beforeEach(async () => {
  program = await testBilling();
  asked = 0;
  await choose(CARD);
});

async function choose(method: ChosenMethod): Promise<void> {
  const rule = { trigger: usd(20), amount: usd(50), monthCap: usd(200), method, by: ADMIN };
  expect(await program.billing.setAutoRecharge(TENANT, rule)).toMatchObject({ kind: 'done' });
}

/** Each list has the cards from when it was asked for; what happens on its way is known by then. */
function onTheWay(happens: () => Promise<void>): void {
  program.methods.list = async () => {
    const known = asked === 0 ? [CARD] : [CARD, OTHER];
    asked += 1;
    await happens();
    return known.map((card) => ({ ...card, expires: '2031-03' }));
  };
}

test('a card that was chosen while the list was on its way is looked for in a newer one', async () => {
  onTheWay(async () => (asked === 1 ? choose(OTHER) : undefined));
  await program.billing.reviewCards(TENANT);
  expect(asked).toBe(2);
  const { cards } = await program.billing.reader.account(TENANT);
  expect(cards).toEqual([{ id: 'other', expires: '2031-03' }]);
});

test('while people go on choosing nothing is said of their cards', async () => {
  onTheWay(() => choose(asked % 2 === 1 ? OTHER : CARD));
  await expect(program.billing.reviewCards(TENANT)).rejects.toThrow(CardsUnknown);
  expect((await program.billing.reader.account(TENANT)).cards).toEqual([]);
});
