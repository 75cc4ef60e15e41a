import { DestinationStore } from '../../src/bot/alerts/destination-store.js';
import { paymentShower } from '../../src/bot/payment-shower.js';
import { StorageUnavailable } from '../../src/billing/storage/table.js';
import { FakeMessenger, placeOf } from '../support/alerts.js';
import { START, TENANT } from '../support/billing.js';
import { watchedTable } from '../support/ledger.js';
import { testPayment } from '../support/payments.js';

const ORIGIN = { conversationKey: 'on-call', activityId: 'message-7' };

async function scene(locale = 'en-US') {
  const watched = watchedTable();
  const destinations = new DestinationStore(watched.table, () => START);
  await destinations.seen({ tenant: TENANT, conversation: placeOf('on-call'), locale, now: START });
  const messenger = new FakeMessenger();
  const logged: object[] = [];
  const log = { warn: (fields: object) => void logged.push(fields) };
  const show = paymentShower({ destinations, messenger, timeZone: 'UTC', log });
  return { show, messenger, logged, watched };
}

test.each([
  ['en-US', 'Added by', '$50.00'],
  ['it-IT', 'Aggiunti da', '50,00 USD'],
])('in %s, the outcome takes the place of “in progress”', async (locale, word, amount) => {
  const { show, messenger, logged } = await scene(locale);
  await show(TENANT, testPayment('settled', { origin: ORIGIN }));
  expect(messenger.sent).toMatchObject([{ how: 'update', to: 'on-call', activityId: 'message-7' }]);
  expect(messenger.sent[0]?.text).toContain(amount);
  expect(messenger.sent[0]?.text).toContain(word);
  expect(logged).toEqual([]);
});

test('a payment that no card asked for is shown nowhere', async () => {
  const { show, messenger, logged } = await scene();
  await show(TENANT, testPayment('settled', { reason: 'autoRecharge' }));
  expect(messenger.tries).toBe(0);
  expect(logged).toEqual([]);
});

test('a card that cannot be updated is logged with its payment, and fails nothing', async () => {
  const { show, messenger, logged } = await scene();
  messenger.willAnswer('on-call', { kind: 'gone' });
  const payment = testPayment('settled', { origin: ORIGIN });
  await show(TENANT, payment);
  expect(logged).toEqual([{ tenant: TENANT, payment: payment.id, outcome: 'gone' }]);
});

test('a place that is no longer known, or a store that is down, fails nothing either', async () => {
  const { show, messenger, logged, watched } = await scene();
  await show(TENANT, testPayment('settled', { origin: { ...ORIGIN, conversationKey: 'removed' } }));
  watched.faults = { before: () => Promise.reject(new StorageUnavailable('down')) };
  await show(TENANT, testPayment('settled', { origin: ORIGIN }));
  expect(messenger.tries).toBe(0);
  expect(logged).toMatchObject([{ outcome: 'placeUnknown' }, { err: { name: 'StorageUnavailable' } }]);
});
