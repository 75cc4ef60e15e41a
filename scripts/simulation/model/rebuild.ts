/** The whole of an account once more from its rows, as somebody would who has seen nothing of how they came about. */
import { hashEntry } from '../../../src/billing/ledger/chain.js';
import { fromColumns } from '../../../src/billing/rows/columns.js';
import { entrySchema } from '../../../src/billing/rows/schemas.js';
import type { World } from '../world.js';

const ALL = 1_000_000;

export async function rebuild(world: World, tenant: string): Promise<void> {
  const { ledger, complain, model } = world;
  const rows = await ledger.query(tenant, { from: 'entry:', to: 'entry;', limit: ALL });
  let previous = '0'.repeat(64);
  let sum = 0n;
  for (const row of [...rows].reverse()) {
    const { hash, ...entry } = fromColumns(entrySchema, row.key, row.values);
    sum += entry.amount;
    const sound =
      entry.previous === previous && hashEntry(tenant, entry) === hash && entry.balanceAfter === sum;
    if (!sound) complain('the hash chain can be rebuilt', `${tenant} entry ${entry.sequence}`);
    previous = hash;
  }
  const { line } = model.of(tenant);
  if (previous !== line.head || sum !== line.sum) complain('nothing of the ledger is lost', tenant);
}
