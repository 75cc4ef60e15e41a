/** A data folder written before entries had formats (test/fixtures/data-v1) opens, verifies and carries on. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { money } from '../../../src/billing/money.js';
import { connectTable } from '../../../src/billing/storage/connect.js';
import { startAzurite, type Azurite } from '../../../src/embedded/azurite.js';
import { PLAYGROUND_TENANT } from '../../../src/settings.js';
import { ADMIN, usd } from '../../support/billing.js';
import { graphRow, graphRows } from '../../support/graph-rows.js';
import { CARD } from '../../support/world.js';
import { differencesOf, reportsOf, verifiedBilling, type VerifiedBilling } from '../../support/verified.js';

const FILE = '__azurite_db_table__.json';
const FOLDER = resolve(__dirname, '../../fixtures/data-v1');
/** The morning after the folder was written. */
const NOW = '2026-11-23T09:00:00.000Z';
const TENANT = PLAYGROUND_TENANT;

let dataDir: string;
let azurite: Azurite;
let program: VerifiedBilling;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'data-v1-'));
  writeFileSync(join(dataDir, FILE), gunzipSync(readFileSync(join(FOLDER, `${FILE}.gz`))));
  azurite = await startAzurite({ dataDir, port: 0 });
  const table = (name: string) => connectTable(azurite, name);
  const tables = { ledger: table('credits'), due: table('creditsdue'), sandbox: table('creditssandbox') };
  program = verifiedBilling(tables, { start: NOW });
});

afterEach(async () => {
  await program.runner.stop(1_000);
  await azurite.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function use(rows: readonly unknown[]): Promise<void> {
  await program.billing.intake.take(TENANT, rows, 'http');
}

test('it verifies as it was left', async () => {
  const reports = await reportsOf(program.tables);
  expect(reports.map(({ counts }) => counts)).toMatchObject([
    { entries: 14, lots: 6, calls: 136, payments: 9 },
    { entries: 3, lots: 1, calls: 31, payments: 2, underWay: 1 },
  ]);
  expect(reports.flatMap(({ differences }) => differences)).toEqual([]);
});

test('it carries on: usage, a corrected old call, a top-up and an expiry, and every sum still holds', async () => {
  const { billing } = program;
  const before = await billing.reader.account(TENANT);
  await use([...graphRows(5, 2), graphRow(3.25, { id: 'late-1', startDateTime: '2026-11-17T23:00:00Z' })]);
  const corrected = await billing.reader.row(TENANT, 'call', 'call:late-1');
  expect(corrected).toMatchObject({ charge: usd(3.25), earlier: [{ entry: 0n, charge: usd(12.5) }] });
  const topUp = { paymentId: 'new-1', mintedAt: NOW, amount: money(usd(80), 'USD'), method: CARD, by: ADMIN };
  await billing.requestTopUp(TENANT, topUp);
  expect(await billing.paymentWithin(TENANT, 'new-1', 5_000)).toMatchObject({ status: 'settled' });
  expect((await billing.reader.account(TENANT)).balance).toBe(before.balance - usd(10) + usd(9.25) + usd(80));
  expect(await differencesOf(program.tables)).toEqual([]);

  program.clock.pass({ days: 365 });
  await billing.expireLots(TENANT);
  const { entries } = await billing.reader.entries(TENANT, { limit: 1 });
  expect(entries).toMatchObject([{ kind: 'expired', format: 'entry-v2' }]);
  expect(await differencesOf(program.tables)).toEqual([]);
});

test('its open payment is closed by the jobs that it left behind', async () => {
  const underWay = async () => (await reportsOf(program.tables)).map(({ counts }) => counts.underWay);
  expect(await underWay()).toEqual([0, 1]);
  for (let round = 0; round < 6; round += 1) {
    program.clock.pass({ minutes: 1 });
    await program.runner.round();
  }
  expect(program.failures).toEqual([]);
  expect(await underWay()).toEqual([0, 0]);
  expect(await differencesOf(program.tables)).toEqual([]);
});
