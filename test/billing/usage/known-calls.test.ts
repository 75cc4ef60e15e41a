import { newAccount, type Account, type StoredCall } from '../../../src/billing/ledger/model.js';
import { knownAlready } from '../../../src/billing/usage/known-calls.js';
import { ADMIN, START, TENANT, testBilling } from '../../support/billing.js';
import { graphRow } from '../../support/graph-rows.js';
import { call } from '../../support/world.js';

const account = { ...newAccount(TENANT, 'USD', 'UTC'), nextSequence: 2n };
const seen = { ...account, usage: { openIssues: 0, knownUntil: '2026-11-17T08:00:00.000Z' } };
const MANY_KEPT = { spend: 1n, calls: 10_000 };
const many = (calls: readonly StoredCall[]) => [
  ...calls,
  ...Array.from({ length: 40 }, (_, index) => call(1n, { id: `new-${index}` })),
];

function readerOf(known: readonly StoredCall[]) {
  const reader = { asked: 0, callCharges: async () => ((reader.asked += 1), known) };
  return reader;
}

test('records that are known with the same charge need no transaction', async () => {
  const [one, other] = [call(1n, { id: 'one' }), call(2n, { id: 'other' })];
  const known = await knownAlready(readerOf([one, { ...other, charge: 3n }]), seen, many([one, other]));
  expect([...known]).toEqual(['one']);
});

test('the same charge from another source is for the rules to judge', async () => {
  const one = call(1n, { id: 'one' });
  const known = await knownAlready(readerOf([{ ...one, source: 'csv' }]), seen, many([one]));
  expect(known.size).toBe(0);
});

test('a record that comes twice in a delivery, once with another charge, is judged as a whole', async () => {
  const one = call(1n, { id: 'one' });
  const known = await knownAlready(readerOf([one]), seen, many([{ ...one, charge: 2n }, one]));
  expect(known.size).toBe(0);
});

test.each<[string, Account, number]>([
  ['nothing is known yet', account, 40],
  ['all are later than what is known', { ...seen, usage: { openIssues: 0, knownUntil: '2026-01-01' } }, 40],
  ['far more is known than was sent', { ...seen, nextSequence: 1_000n }, 40],
  ['far more is kept than was sent', { ...seen, usage: { ...seen.usage, unmetered: MANY_KEPT } }, 40],
  ['nothing was sent', seen, 0],
])('no query is spent where %s', async (_why, of, count) => {
  const reader = readerOf([]);
  await knownAlready(
    reader,
    of,
    Array.from({ length: count }, () => call(1n)),
  );
  expect(reader.asked).toBe(0);
});

test('a delivery that comes again changes nothing, and commits nothing', async () => {
  const { billing, table } = await testBilling();
  const rows = Array.from({ length: 100 }, () => graphRow(0.01));
  await billing.intake.take(TENANT, rows, 'graph');
  const commit = jest.spyOn(table, 'commit');
  const report = await billing.intake.take(TENANT, rows, 'graph');
  expect(report).toMatchObject({ unchanged: 100, charged: { count: 0 }, balance: { micros: -1_000_000n } });
  expect(commit).not.toHaveBeenCalled();
});

test('one more and one corrected among them are found', async () => {
  const { billing } = await testBilling();
  const rows = Array.from({ length: 100 }, () => graphRow(0.01));
  await billing.intake.take(TENANT, rows, 'graph');
  const again = [graphRow(0.05), { ...rows[0], charge: 0.03 }, ...rows.slice(1)];
  const report = await billing.intake.take(TENANT, again, 'graph');
  expect(report).toMatchObject({ unchanged: 99, charged: { count: 1 }, corrected: { count: 1 } });
  expect(report.balance.micros).toBe(-1_070_000n);
});

test('a kept call is known as it is, until the start of metering is moved before it', async () => {
  const one = call(1n, { id: 'one' });
  const kept = { ...one, unmetered: true as const };
  const meteredFrom = (from: string): Account => {
    const metering = { from, setBy: ADMIN, setAt: START };
    return { ...seen, usage: { ...seen.usage, metering, unmetered: { spend: 1n, calls: 1 } } };
  };
  const known = async (from: string) => knownAlready(readerOf([kept]), meteredFrom(from), many([one]));
  expect([...(await known('2026-11-18T00:00:00.000Z'))]).toEqual(['one']);
  expect([...(await known('2026-11-01T00:00:00.000Z'))]).toEqual([]);
});
