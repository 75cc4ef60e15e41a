import { ADMIN, START, TENANT, testBilling, usd } from '../../support/billing.js';
import { money } from '../../../src/billing/money.js';
import { sandboxCard, sandboxMethodId } from '../../../src/billing/payments/sandbox/cards.js';

const CARD = sandboxCard(sandboxMethodId('succeeds'))!;

test('a cancellation that the processor did not hear is carried out later, and nothing is charged', async () => {
  let up = false;
  const test = await testBilling({ available: () => up });
  const request = {
    paymentId: 'p1',
    mintedAt: START,
    amount: money(usd(50), 'USD'),
    method: CARD,
    by: ADMIN,
  };
  await test.billing.requestTopUp(TENANT, request);
  await test.billing.paymentWithin(TENANT, 'p1', 2_000);
  expect((await test.billing.cancelPayment(TENANT, 'p1', ADMIN))?.status).toBe('unknown');
  up = true;
  test.clock.pass({ minutes: 5 });
  await test.runner.round();
  expect(await test.billing.reader.payment(TENANT, 'p1')).toMatchObject({
    status: 'cancelled',
    cancelledBy: ADMIN,
  });
  expect((await test.billing.reader.account(TENANT)).balance).toBe(0n);
  expect((await test.processor.charges(TENANT)).filter((charge) => charge.state === 'succeeded')).toEqual([]);
});
