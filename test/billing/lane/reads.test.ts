/** What a lane reads, what it keeps between commits, and how large a group may be. */
import type { LedgerCommand } from '../../../src/billing/lane/command.js';
import { SharedLook } from '../../../src/billing/lane/shared-look.js';
import type { Payment } from '../../../src/billing/ledger/model.js';
import {
  accepted,
  paymentOf,
  refused,
  rowKeys,
  withAccount,
  withRows,
} from '../../../src/billing/ledger/world.js';
import { StorageLimitExceeded } from '../../../src/billing/storage/table.js';
import { ADMIN, START, TENANT, usd } from '../../support/billing.js';
import { credit, ledgerOver, watchedTable, type WatchedTable } from '../../support/ledger.js';

function aPayment(change: Partial<Payment>): Payment {
  return {
    type: 'payment',
    id: 'p1',
    amount: usd(50),
    currency: 'USD',
    method: { id: 'card', brand: 'Visa', last4: '4242' },
    reason: 'manual',
    status: 'requested',
    requestedAt: START,
    requestedBy: ADMIN,
    updatedAt: START,
    balanceBefore: 0n,
    ...change,
  };
}

/** Opens a payment that is assumed to be new; refused once the account has one open. */
const opening = (id: string): LedgerCommand<Payment> => ({
  name: 'requestTopUp',
  priority: 'person',
  rowsMax: 3,
  reads: (_account, careful) => (careful ? { keys: [rowKeys.payment(id)] } : {}),
  decide: (world) => {
    const known = paymentOf(world, id);
    if (known !== undefined) return accepted(world, known);
    if (world.account.rechargeCount > 0n) return refused('anotherTopUp');
    const payment = aPayment({ id, status: 'requested' });
    return accepted(withRows(withAccount(world, { rechargeCount: 1n }), [payment]), payment);
  },
});

/** Keys of the point reads since the last call. */
function pointReads(watched: WatchedTable): () => readonly string[] {
  let keys: string[] = [];
  watched.faults = {
    before: (operation) => {
      if (operation.kind === 'get') keys.push(operation.key);
      if (operation.kind === 'getMany') keys.push(...operation.keys);
    },
  };
  return () => {
    const read = keys;
    keys = [];
    return read;
  };
}

test('what is inserted unseen costs no reading', async () => {
  const watched = watchedTable();
  const read = pointReads(watched);
  await ledgerOver(watched.table).submit(TENANT, opening('p1'));
  expect(read()).toEqual(['account']);
});

test('a refusal that stands on what was not looked for is not told: the second click meets its own payment', async () => {
  const ledger = ledgerOver(watchedTable().table);
  await ledger.submit(TENANT, opening('p1'));
  expect(await ledger.submit(TENANT, opening('p1'))).toMatchObject({ kind: 'done', answer: { id: 'p1' } });
  expect(await ledger.submit(TENANT, opening('p2'))).toEqual({ kind: 'refused', reason: 'anotherTopUp' });
});

test('so it does at another instance, which has kept nothing', async () => {
  const { table } = watchedTable();
  await ledgerOver(table).submit(TENANT, opening('p1'));
  expect(await ledgerOver(table).submit(TENANT, opening('p1'))).toMatchObject({ kind: 'done' });
});

const begun = (id: string): LedgerCommand<string> => ({
  ...opening(id),
  reads: () => ({ keys: [rowKeys.payment(id)] }),
  decide: (world) => {
    const payment = paymentOf(world, id);
    if (payment === undefined) return refused('notFound');
    return accepted(withRows(world, [{ ...payment, status: 'begun' }]), payment.status);
  },
});

test('an open payment is kept after its commit, under the ETag of the account', async () => {
  const watched = watchedTable();
  const ledger = ledgerOver(watched.table);
  await ledger.submit(TENANT, opening('p1'));
  const read = pointReads(watched);
  expect(await ledger.submit(TENANT, begun('p1'))).toEqual({ kind: 'done', answer: 'requested' });
  expect(read()).toEqual([]);
});

test('a kept payment that another instance has changed is decided anew', async () => {
  const { table } = watchedTable();
  const ledger = ledgerOver(table);
  await ledger.submit(TENANT, opening('p1'));
  await ledgerOver(table).submit(TENANT, begun('p1'));
  expect(await ledger.submit(TENANT, begun('p1'))).toEqual({ kind: 'done', answer: 'begun' });
});

test('a payment is handed over once, by the instance that opened it', async () => {
  const { table } = watchedTable();
  const [one, other] = [ledgerOver(table), ledgerOver(table)];
  await one.submit(TENANT, opening('p1'));
  const key = rowKeys.payment('p1');
  expect(other.handOver(TENANT, key)).toBeUndefined();
  expect(one.handOver(TENANT, key)).toMatchObject({ id: 'p1' });
  expect(one.handOver(TENANT, key)).toBeUndefined();
});

test('a change right after a look needs no reading of its own', async () => {
  const watched = watchedTable();
  const ledger = ledgerOver(watched.table);
  await ledgerOver(watched.table).submit(TENANT, credit(5n));
  const read = pointReads(watched);
  expect((await ledger.look(TENANT)).balance).toBe(5n);
  await ledger.submit(TENANT, credit(1n));
  expect(read()).toEqual(['account']);
});

test('a look is never what a lane keeps', async () => {
  const { table } = watchedTable();
  const ledger = ledgerOver(table);
  await ledger.submit(TENANT, credit(1n));
  await ledgerOver(table).submit(TENANT, credit(10n));
  expect((await ledger.look(TENANT)).balance).toBe(11n);
});

test('who looks while a look is on its way shares one that begins after they asked', async () => {
  const answers: ((value: number) => void)[] = [];
  const look = new SharedLook(() => new Promise<number>((resolve) => void answers.push(resolve)));
  const [first, second, third] = [look.get(), look.get(), look.get()];
  expect(answers).toHaveLength(1);
  answers[0]?.(1);
  expect(await first).toBe(1);
  await new Promise((resolve) => setImmediate(resolve));
  expect(answers).toHaveLength(2);
  answers[1]?.(2);
  expect(await Promise.all([second, third])).toEqual([2, 2]);
});

test('a look that failed is not shared with those who ask after it', async () => {
  let fails = true;
  const look = new SharedLook(async () => {
    if (fails) throw new Error('away');
    return 1;
  });
  await expect(look.get()).rejects.toThrow('away');
  fails = false;
  expect(await look.get()).toBe(1);
});

/** Writes rows of this many characters in all, each column within its own limit. */
function large(id: string, rows: number): LedgerCommand<null> {
  const named = (index: number) => aPayment({ id: `${id}-${index}`, actionUrl: 'x'.repeat(30_000) });
  return {
    ...opening(id),
    rowsMax: rows,
    reads: () => ({}),
    decide: (world) =>
      accepted(
        withRows(
          world,
          Array.from({ length: rows }, (_, i) => named(i)),
        ),
        null,
      ),
  };
}

test('a group closes before it has three mebibytes, and all of it is written', async () => {
  const { table, commits } = watchedTable();
  const ledger = ledgerOver(table);
  await ledger.submit(TENANT, credit(1n));
  const answers = ['a', 'b', 'c', 'd'].map((id) => ledger.submit(TENANT, large(id, 12)));
  expect((await Promise.all(answers)).map(({ kind }) => kind)).toEqual(Array(4).fill('done'));
  // The first goes at once; of the three that wait together, two are too large for one transaction.
  expect(commits.map((writes) => writes.length)).toEqual([2, 13, 13, 13, 13]);
});

test('one command that is too large for any transaction fails by name, and the others are done', async () => {
  const { table } = watchedTable();
  const ledger = ledgerOver(table);
  const results = await Promise.allSettled([
    ledger.submit(TENANT, credit(1n)),
    ledger.submit(TENANT, credit(2n)),
    ledger.submit(TENANT, tooLarge),
    ledger.submit(TENANT, credit(3n)),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  expect(results[2]).toMatchObject({ reason: expect.any(StorageLimitExceeded) as unknown });
  expect((await ledger.look(TENANT)).balance).toBe(6n);
});

const tooLarge: LedgerCommand<null> = {
  ...opening('huge'),
  rowsMax: 90,
  decide: (world) => {
    const wide = (index: number) =>
      aPayment({ id: `h-${index}`, actionUrl: '\u0001'.repeat(30_000), processorId: 'x'.repeat(30_000) });
    return accepted(
      withRows(
        world,
        Array.from({ length: 90 }, (_, i) => wide(i)),
      ),
      null,
    );
  },
};
