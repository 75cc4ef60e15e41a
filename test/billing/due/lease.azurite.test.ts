/** The lease on the real table service's emulator: its row comes first in the very query that brings the due rows. */
import { DueQueue, shardOf } from '../../../src/billing/due/due-queue.js';
import { LEASE_MS, ShardLease } from '../../../src/billing/due/lease.js';
import { connectTable } from '../../../src/billing/storage/connect.js';
import { freshTableName, testConnection } from '../../support/azurite.js';
import { START, TENANT, TestClock } from '../../support/billing.js';

test('it is taken, renewed, taken over and given back', async () => {
  const table = connectTable({ connectionString: testConnection() }, freshTableName());
  await table.ensure();
  const clock = new TestClock(START);
  const queue = new DueQueue(table, clock.now);
  const shard = shardOf(TENANT);
  await queue.schedule(TENANT, [{ name: 'payment', subject: 'p1' }]);
  const leases = ['one', 'two'].map(
    (holder) => new ShardLease(shard, { table, clock, holder, leaseMs: LEASE_MS }),
  );
  const round = async (): Promise<readonly boolean[]> => {
    for (const lease of leases) {
      const page = await queue.page(shard, { to: clock.now() });
      await lease.look(page.lease, clock.monotonic());
    }
    return leases.map(({ held }) => held);
  };
  expect(await round()).toEqual([true, false]);
  clock.pass({ seconds: 12 });
  expect(await round()).toEqual([true, false]);
  clock.pass({ seconds: 121 });
  const page = await queue.page(shard, { to: clock.now() });
  expect([page.lease?.values['holder'], page.tickets.map(({ subject }) => subject)]).toEqual(['one', ['p1']]);
  await leases[1]!.look(page.lease, clock.monotonic());
  expect(leases.map(({ held }) => held)).toEqual([false, true]);
  await leases[1]!.release();
  expect(await round()).toEqual([true, false]);
});
