/** An account that is in use while it is checked. */
import { MemoryTableStore } from '../../../src/billing/storage/memory-table.js';
import { READS_MAX } from '../../../src/billing/verify/verify-account.js';
import { TENANT } from '../../support/billing.js';
import { graphRow } from '../../support/graph-rows.js';
import { differencesOf, memoryTables, verifiedBilling } from '../../support/verified.js';

/** Somebody sends usage each time that the lots are read, as often as wanted. */
async function usedWhileChecked(times: number): Promise<readonly string[]> {
  let left = 0;
  const ledger = new MemoryTableStore({
    before: async (operation) => {
      if (operation.kind !== 'query' || operation.range.from !== 'lot:' || left === 0) return;
      left -= 1;
      await use();
    },
  });
  const program = verifiedBilling({ ...memoryTables(), ledger });
  const use = () => program.billing.intake.take(TENANT, [graphRow(1)], 'http');
  await use();
  left = times;
  return differencesOf(program.tables);
}

test('it is read again, and half of a change is no difference', async () => {
  expect(await usedWhileChecked(READS_MAX - 1)).toEqual([]);
});

test('one that never rests is not called checked', async () => {
  expect(await usedWhileChecked(READS_MAX)).toEqual([expect.stringMatching(/check it when it is quiet$/u)]);
});
