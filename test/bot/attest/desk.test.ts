/** The preview of recording a purchase: what it warns of. */
import { openCounter, previewCard } from '../../../src/bot/attest/desk.js';
import { ADMIN, testBilling, usd } from '../../support/billing.js';
import { textOf } from '../../support/card-checks.js';
import { testServices, testTurn } from '../../support/turn.js';

/** It was the 17th in Auckland already, and still the 16th in UTC and Rome. */
const SEEN_AT = '2026-11-16T13:00:00.000Z';

async function preview(timeZone: string, date: string): Promise<string> {
  const services = testServices(await testBilling(), { paidBy: 'adminCenter' });
  const counter = await openCounter(testTurn(), services);
  const attested = { balance: usd(150), at: SEEN_AT, by: ADMIN };
  const account = { ...counter.account, timeZone, attested };
  return textOf(previewCard({ ...counter, account }, { amount: usd(100), date, invoice: 'E0400-1' }));
}

test.each([
  ['Pacific/Auckland', '2026-11-17', true],
  ['Europe/Rome', '2026-11-17', false],
  ['Europe/Rome', '2026-11-16', true],
])('in %s a purchase of %s may be in what was seen: %s', async (timeZone, date, warns) => {
  expect((await preview(timeZone, date)).includes('the admin center showed $150.00')).toBe(warns);
});
