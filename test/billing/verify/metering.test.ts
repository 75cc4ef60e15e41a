/** Calls that were kept without being charged, and days that belong to a source: `verify` knows them, and who edits them. */
import { ACCOUNT_KEY, rowKeys } from '../../../src/billing/ledger/world.js';
import { toJson } from '../../../src/billing/rows/columns.js';
import type { Values } from '../../../src/billing/storage/table.js';
import { ADMIN, TENANT } from '../../support/billing.js';
import { graphRow } from '../../support/graph-rows.js';
import { differencesOf, reportsOf, verifiedBilling, type VerifiedBilling } from '../../support/verified.js';

const FROM = '2026-11-17T12:00:00.000Z';
const DAY = rowKeys.day('2026-11-17');

let program: VerifiedBilling;

/** Of one day, two calls that were kept and one that was charged; of them one was kept before the start was moved. */
beforeEach(async () => {
  program = verifiedBilling();
  const { billing } = program;
  const at = (id: string, hour: string, charge: number) =>
    graphRow(charge, { id, startDateTime: `2026-11-17T${hour}:00:00Z` });
  await billing.setMetering(TENANT, { from: '2026-11-18T00:00:00.000Z', by: ADMIN });
  await billing.intake.take(
    TENANT,
    [at('kept', '08', 1), at('other', '09', 2), at('charged', '13', 4)],
    'graph',
  );
  await billing.setMetering(TENANT, { from: FROM, by: ADMIN });
  await billing.intake.take(TENANT, [at('charged', '13', 4), at('kept', '08', 1.5)], 'graph');
  expect(await differencesOf(program.tables)).toEqual([]);
});

async function edit(key: string, change: (values: Values) => Values): Promise<void> {
  const { ledger } = program.tables;
  const { values } = (await ledger.get(TENANT, key))!;
  await ledger.commit(TENANT, [{ kind: 'put', key, values: change(values) }]);
}

async function found(): Promise<string> {
  return (await differencesOf(program.tables)).join('\n');
}

test('kept calls are counted among the calls, and no entry is missed', async () => {
  const [report] = await reportsOf(program.tables);
  expect(report?.counts).toMatchObject({ calls: 3, entries: 1, callsNotKept: 0 });
});

test('a kept call that is made to look charged is found', async () => {
  await edit(rowKeys.call('kept'), ({ unmetered: _unmetered, ...rest }) => rest);
  expect(await found()).toMatch(/^call kept: it was charged 1 times, and entries list 0 of them$/mu);
});

test('a charged call that is made to look kept is found', async () => {
  await edit(rowKeys.call('charged'), (values) => ({ ...values, unmetered: true }));
  expect(await found()).toMatch(/^entry 1: it lists call charged, which does not know it$/mu);
  expect(await found()).toMatch(/^call charged: it was kept without being charged, and names an entry$/mu);
});

test('another charge of a kept call is found by its day and by the account', async () => {
  await edit(rowKeys.call('kept'), (values) => ({ ...values, charge: 9n }));
  expect(await found()).toMatch(/^day 2026-11-17: what its kept calls would have cost is 3500000/mu);
  expect(await found()).toMatch(/^account: what its kept calls would have cost is 3500000/mu);
});

test('a kept call that is removed is found', async () => {
  await program.tables.ledger.commit(TENANT, [{ kind: 'delete', key: rowKeys.call('other') }]);
  expect(await found()).toMatch(/^day 2026-11-17: its number of kept calls is 2, and should be 1$/mu);
});

test('a total of kept calls that was edited is found', async () => {
  await edit(DAY, (values) => ({ ...values, unmetered: toJson({ spend: 1n, calls: 2 }) }));
  expect(await found()).toMatch(/^day 2026-11-17: what its kept calls would have cost is 1,/mu);
});

test('a day whose source was changed is found by its calls', async () => {
  await edit(DAY, (values) => ({ ...values, source: 'csv' }));
  expect(await found()).toBe('day 2026-11-17: it belongs to the source csv, and calls of graph are charged');
});

test('an account whose total of kept calls is gone is found', async () => {
  const { usage } = (await program.tables.ledger.get(TENANT, ACCOUNT_KEY))!.values;
  const { unmetered: _unmetered, ...rest } = JSON.parse(String(usage)) as Record<string, unknown>;
  await edit(ACCOUNT_KEY, (values) => ({ ...values, usage: JSON.stringify(rest) }));
  expect(await found()).toMatch(/^account: its number of kept calls is 0, and should be 2$/mu);
});
