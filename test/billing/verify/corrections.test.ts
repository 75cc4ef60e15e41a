/** What an entry said of its calls can be computed again, however often they were corrected, and when details are gone. */
import { detailsDigestOf } from '../../../src/billing/ledger/chain.js';
import { CALL_VERSIONS_MAX } from '../../../src/billing/ledger/commands/charge-usage.js';
import { rowKeys } from '../../../src/billing/ledger/world.js';
import { toColumns } from '../../../src/billing/rows/columns.js';
import { TENANT, usd } from '../../support/billing.js';
import { graphRow } from '../../support/graph-rows.js';
import { differencesOf, reportsOf, verifiedBilling, type VerifiedBilling } from '../../support/verified.js';

let program: VerifiedBilling;

beforeEach(() => {
  program = verifiedBilling();
});

async function use(...rows: readonly unknown[]): Promise<void> {
  await program.billing.intake.take(TENANT, rows, 'http');
}

const row = (charge: number, more: Record<string, unknown> = {}) =>
  graphRow(charge, { id: 'a', userDisplayName: 'Ana', ...more });

test('a call names the entry that holds its charge, and keeps what earlier ones said', async () => {
  await use(row(1), graphRow(7, { id: 'b' }));
  await use(row(2, { startDateTime: '2026-11-16T08:00:00Z', userDisplayName: 'Bea' }));
  const call = await program.billing.reader.row(TENANT, 'call', 'call:a');
  expect(call).toMatchObject({ entry: 2n, charge: usd(2), earlier: [{ entry: 1n, charge: usd(1) }] });
  expect(call?.earlier?.[0]?.start).toBe('2026-11-17T08:00:00.000Z');
  expect(await differencesOf(program.tables)).toEqual([]);
});

test('new and corrected calls of one batch are in two entries, chained in order', async () => {
  await use(row(1));
  await use(row(2), graphRow(7, { id: 'b' }));
  const { entries } = await program.billing.reader.entries(TENANT, { limit: 5 });
  expect(entries.map(({ kind, calls }) => [kind, ...calls])).toEqual([
    ['correction', 'a'],
    ['usage', 'b'],
    ['usage', 'a'],
  ]);
  expect(entries[0]?.previous).toBe(entries[1]?.hash);
  expect(entries[1]?.previous).toBe(entries[2]?.hash);
  expect(await differencesOf(program.tables)).toEqual([]);
});

test('batches that are committed in one transaction are chained in order', async () => {
  await use(row(1));
  await Promise.all([use(row(2)), use(row(3)), use(graphRow(7, { id: 'b' })), use(graphRow(8, { id: 'c' }))]);
  const { entries } = await program.billing.reader.entries(TENANT, { limit: 10 });
  expect(entries.length).toBeGreaterThan(3);
  expect(await differencesOf(program.tables)).toEqual([]);
});

test('it still verifies when the details were replaced by their digest, and the call is corrected after that', async () => {
  await use(row(1), graphRow(7, { id: 'b' }));
  await use(row(2));
  const call = (await program.billing.reader.row(TENANT, 'call', 'call:a'))!;
  const values = toColumns({ ...call, details: {}, detailsDigest: detailsDigestOf(call.details) });
  await program.tables.ledger.commit(TENANT, [{ kind: 'put', key: rowKeys.call('a'), values }]);
  expect(await differencesOf(program.tables)).toEqual([]);
  await use(row(3));
  expect(await differencesOf(program.tables)).toEqual([]);
});

test('a record that is corrected without end keeps the newest charges, and the sums still hold', async () => {
  for (let charge = 1; charge <= CALL_VERSIONS_MAX + 3; charge += 1) await use(row(charge));
  const call = await program.billing.reader.row(TENANT, 'call', 'call:a');
  expect(call?.earlier).toHaveLength(CALL_VERSIONS_MAX);
  const [report] = await reportsOf(program.tables);
  expect(report).toMatchObject({
    differences: [],
    counts: { entries: CALL_VERSIONS_MAX + 3, callsNotKept: 2 },
  });
});
