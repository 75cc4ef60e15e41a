import fc from 'fast-check';
import { spendCommand } from '../../../src/bot/commands/spend.js';
import {
  rankCalls,
  rankDestinations,
  spendByDay,
  spendByWeek,
  totalOf,
} from '../../../src/billing/spend/breakdown.js';
import { daysBefore } from '../../../src/billing/ledger/calendar.js';
import { momentsOf, rangeOf } from '../../../src/billing/spend/period.js';
import { ADMIN, START, TENANT, testBilling, usd } from '../../support/billing.js';
import { button, buttonsOf, expectValidCard, textOf } from '../../support/card-checks.js';
import { use } from '../../support/spend.js';
import { clicked, say, testServices, testTurn, type TestTurnOptions } from '../../support/turn.js';

async function scene(options: TestTurnOptions = {}) {
  const test = await testBilling();
  return { test, turn: testTurn(options), services: testServices(test) };
}

const YESTERDAY = '2026-11-16T10:00:00Z';

test('spend shows the last 30 days by day, with their dates, total and number of calls', async () => {
  const here = await scene();
  await use(here.test, [
    { id: 'a', charge: 1.5 },
    { id: 'b', charge: 2, start: YESTERDAY },
  ]);
  const { card } = await say(spendCommand, here);
  expectValidCard(card);
  const text = textOf(card);
  expect(text).toContain('Spend: last 30 days');
  expect(text).toContain('Oct 19, 2026 – Nov 17, 2026 (time zone UTC)');
  expect(text).toContain('$3.50\n2 calls');
});

test('one call is not plural', async () => {
  const here = await scene();
  await use(here.test, [{ id: 'a', charge: 1.5 }]);
  expect(textOf((await say(spendCommand, here, { rest: 'today' })).card)).toContain('$1.50\n1 call\n');
});

test.each([
  ['spend', 'today', 'Spend: today', 'Nov 17, 2026 ('],
  ['spend', 'yesterday', 'Spend: yesterday', 'Nov 16, 2026 ('],
  ['spend last week', '', 'Spend: last week', 'Nov 9, 2026 – Nov 15, 2026'],
  ['spend', 'this month', 'Spend: this month', 'Nov 1, 2026 – Nov 17, 2026'],
  ['spend last month', '', 'Spend: last month', 'Oct 1, 2026 – Oct 31, 2026'],
  ['spend', 'Settimana scorsa', 'Spend: last week', 'Nov 9, 2026 – Nov 15, 2026'],
  ['spend', 'last month by user', 'Spend: last month', 'By user'],
])('“%s %s” is understood', async (phrase, rest, ...expected) => {
  const text = textOf((await say(spendCommand, await scene(), { phrase, rest })).card);
  for (const sentence of expected) expect(text).toContain(sentence);
});

test('a period that is none is said, and the default is shown', async () => {
  const text = textOf(
    (await say(spendCommand, await scene(), { phrase: 'spend', rest: 'since easter' })).card,
  );
  expect(text).toContain('I didn’t recognise the period “since easter”. Here is last 30 days.');
});

test('days are those of the account’s time zone', () => {
  const late = '2026-11-17T23:30:00.000Z';
  expect(rangeOf('today', late, 'Europe/Rome')).toEqual({ from: '2026-11-18', to: '2026-11-18' });
  expect(momentsOf({ from: '2026-10-25', to: '2026-10-25' }, 'Europe/Rome')).toEqual({
    from: '2026-10-24T22:00:00.000Z',
    to: '2026-10-25T23:00:00.000Z',
  });
});

test('the balance is said to last as long as the average of the period allows', async () => {
  const here = await scene();
  const method = { id: 'sandbox-succeeds', brand: 'Visa', last4: '4242' };
  const amount = { micros: usd(50), currency: 'USD' } as const;
  await here.test.billing.requestTopUp(TENANT, {
    paymentId: 'p',
    mintedAt: START,
    amount,
    method,
    by: ADMIN,
  });
  await here.test.billing.paymentWithin(TENANT, 'p', 1_000);
  expect(textOf((await say(spendCommand, here)).card)).toContain(
    'I can’t say how long the balance of $50.00 lasts',
  );
  await use(here.test, [{ id: 'a', charge: 30 }]);
  const text = textOf((await say(spendCommand, here)).card);
  expect(text).toContain('$1.00 a day on average. At this rate the balance of $20.00 lasts about 20 days.');
});

test('below zero there are no days left', async () => {
  const here = await scene({ locale: 'it-IT' });
  await use(here.test, [{ id: 'a', charge: 30 }]);
  expect(textOf((await say(spendCommand, here)).card)).toContain('sotto zero, non resta nulla da spendere');
});

test('an admin sees numbers and users, a viewer neither', async () => {
  const here = await scene();
  await use(here.test, [
    { id: 'a', charge: 3, user: 'Ana Moreno', number: '+442079460123', destination: 'United Kingdom' },
  ]);
  const seen = async (turn: ReturnType<typeof testTurn>) => {
    const cards = [];
    for (const data of [{ by: 'user' }, { by: 'number' }].map((more) => ({ verb: 'spend.show', ...more })))
      cards.push((await clicked(spendCommand, { ...here, turn }, data)).card);
    cards.push((await clicked(spendCommand, { ...here, turn }, { verb: 'spend.calls' })).card);
    cards.forEach(expectValidCard);
    return cards.map((card) => textOf(card) + JSON.stringify(card.content)).join('\n');
  };
  const admin = await seen(testTurn());
  expect(admin).toContain('Ana Moreno');
  expect(admin).toContain('+442079460123');
  const viewer = await seen(testTurn({ role: 'viewer' }));
  expect(viewer).not.toContain('Moreno');
  expect(viewer).not.toContain('0123');
  expect(viewer).toContain('User 1');
  expect(viewer).toContain('+44 •••• 23');
});

test('the buttons lead to the other views and to single calls, keeping the period', async () => {
  const here = await scene();
  const { card } = await say(spendCommand, here, { rest: 'yesterday' });
  expect(buttonsOf(card).map(({ title }) => title)).toEqual([
    'Show period',
    'By destination',
    'By user',
    'By number',
    'Single calls',
  ]);
  const next = await clicked(spendCommand, here, button(card, 'By destination').data);
  expect(next.mode).toBe('replace');
  expect(textOf(next.card)).toContain('Spend: yesterday');
  const chosen = await clicked(spendCommand, here, { ...button(card, 'Show period').data, period: 'today' });
  expect(textOf(chosen.card)).toContain('Spend: today');
});

test('single calls are paged from the newest usage, to the end and back', async () => {
  const here = await scene();
  const rows = Array.from({ length: 20 }, (_, index) => ({
    id: `c${index}`,
    charge: 1,
    number: `+1555555${1_000 + index}`,
    start: `2026-11-16T08:${String(index).padStart(2, '0')}:00Z`,
  }));
  await use(here.test, rows.slice(0, 11));
  await use(here.test, rows.slice(11));
  await use(here.test, [{ ...rows[0]!, charge: 1.5 }]);
  const pages: string[][] = [];
  let { card } = await clicked(spendCommand, here, { verb: 'spend.calls' });
  const numbers = () => textOf(card).match(/\+1555555\d+/gu) ?? [];
  for (;;) {
    pages.push(numbers());
    const older = buttonsOf(card).find(({ title }) => title === 'Older');
    if (older === undefined) break;
    ({ card } = await clicked(spendCommand, here, older.data));
  }
  expect(pages.map((page) => page.length)).toEqual([8, 8, 4]);
  expect(pages.flat()).toEqual(rows.map(({ number }) => number).reverse());
  expect(textOf(card)).toContain('$1.50');
  ({ card } = await clicked(spendCommand, here, button(card, 'Newer').data));
  expect(numbers()).toEqual(pages[1]);
  ({ card } = await clicked(spendCommand, here, button(card, 'Newer').data));
  expect(numbers()).toEqual(pages[0]);
});

test('a forged place in the calls starts at the newest', async () => {
  const here = await scene();
  await use(here.test, [{ id: 'a', charge: 1, number: '+15555551000' }]);
  const data = { verb: 'spend.calls', at: '1; drop', back: 'x,9-9,-1', period: 'never', by: 'evil' };
  expect(textOf((await clicked(spendCommand, here, data)).card)).toContain('+15555551000');
});

const usage = fc.record({
  id: fc.integer({ min: 1, max: 15 }).map((id) => `r${id}`),
  cents: fc.integer({ min: 0, max: 9_999 }),
  destination: fc.constantFrom('', 'Italy', 'constructor', '__proto__', ...'abcdefgh'.split('')),
  user: fc.constantFrom('', 'Ana', 'Luca', 'Tom'),
});

test('by day, week, destination, user and number every total equals what the ledger debited', async () => {
  const batch = fc.array(usage, { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 4 }), async (batches) => {
      const test = await testBilling();
      // A record keeps its day: a correction is debited on the day of the call.
      const dayOfRecord = (id: string) => daysBefore('2026-11-17', Number(id.slice(1)) % 9);
      for (const rows of batches) {
        const known = rows.map(({ cents, ...row }) => ({
          ...row,
          charge: cents / 100,
          start: `${dayOfRecord(row.id)}T07:00:00Z`,
        }));
        await use(test, known);
      }
      const { reader } = test.billing;
      const { entries } = await reader.entries(TENANT, { limit: 100 });
      const debited = -entries.reduce((sum, entry) => sum + entry.amount, 0n);
      const range = rangeOf('last30Days', START, 'UTC');
      const { from, to } = momentsOf(range, 'UTC');
      const [rows, calls] = [
        await reader.days(TENANT, range.from, range.to),
        await reader.calls(TENANT, from, to),
      ];
      const days = spendByDay(range, rows);
      const total = totalOf(days);
      const rankings = [
        rankDestinations(rows),
        rankCalls(calls, 'user', total),
        rankCalls(calls, 'number', total),
      ];
      const totals = rankings.map(({ top, other }) => totalOf(other === undefined ? top : [...top, other]));
      expect(total).toEqual({ spend: debited, calls: calls.length });
      expect(calls.reduce((sum, call) => sum + call.charge, 0n)).toBe(debited);
      expect([totalOf(spendByWeek(days)), ...totals]).toEqual([total, total, total, total]);
    }),
    { numRuns: 25 },
  );
});

test('calls from before the start of metering are shown as not charged, and stand in no ranking', async () => {
  const here = await scene();
  await here.test.billing.setMetering(TENANT, { from: '2026-11-17T00:00:00.000Z', by: ADMIN });
  await use(here.test, [
    { id: 'a', charge: 1.5, user: 'Ana' },
    { id: 'b', charge: 2, start: YESTERDAY, user: 'Bo' },
    { id: 'c', charge: 3, start: YESTERDAY, user: 'Bo' },
  ]);
  const { card } = await say(spendCommand, here, { rest: 'by user' });
  expectValidCard(card);
  const text = textOf(card);
  expect(text).toContain(
    '$1.50\n1 call\n2 calls from before Nov 17, 2026, 12:00 AM UTC would have cost $5.00: kept',
  );
  expect(text).toContain('Ana');
  expect(text).not.toContain('Bo');
  const today = await say(spendCommand, here, { rest: 'today' });
  expect(textOf(today.card)).not.toContain('kept');
});
