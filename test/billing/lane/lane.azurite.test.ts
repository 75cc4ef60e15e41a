import { LedgerReader } from '../../../src/billing/reader.js';
import { START, TENANT } from '../../support/billing.js';
import { freshTable } from '../../support/azurite.js';
import { credit, ledgerOver } from '../../support/ledger.js';

test('two instances with eight writers each lose nothing on the real table service', async () => {
  const table = await freshTable();
  const ledgers = [ledgerOver(table), ledgerOver(table)];
  const all = ledgers.flatMap((ledger) => Array.from({ length: 8 }, () => ledger.submit(TENANT, credit(1n))));
  await Promise.all(all);
  const reader = new LedgerReader(table, { currency: 'USD', timeZone: 'UTC' });
  const { entries } = await reader.entries(TENANT, { limit: 50 });
  expect((await reader.account(TENANT)).balance).toBe(16n);
  expect(entries.slice(0, -1).map((entry) => entry.previous)).toEqual(
    entries.slice(1).map((entry) => entry.hash),
  );
});

test('the same operation at two instances at once is done once on the real table service', async () => {
  const table = await freshTable();
  const asked = credit(5n, { operation: { id: 'click', mintedAt: START } });
  const answers = await Promise.all(
    [ledgerOver(table), ledgerOver(table)].map((ledger) => ledger.submit(TENANT, asked)),
  );
  expect(answers).toEqual([
    { kind: 'done', answer: 5n },
    { kind: 'done', answer: 5n },
  ]);
});
