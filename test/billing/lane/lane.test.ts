import { ATTEMPTS_MAX } from '../../../src/billing/lane/lane.js';
import { LedgerBusy, type LedgerCommand } from '../../../src/billing/lane/command.js';
import { accepted, refused } from '../../../src/billing/ledger/world.js';
import { LedgerReader } from '../../../src/billing/reader.js';
import {
  StorageLimitExceeded,
  StorageUnavailable,
  type TableStore,
} from '../../../src/billing/storage/table.js';
import { TENANT } from '../../support/billing.js';
import { credit, ledgerOver, onFirstCommit, watchedTable } from '../../support/ledger.js';

const refusing: LedgerCommand<bigint> = credit(1n, { decide: () => refused('notOpen') });
const looking: LedgerCommand<bigint> = credit(0n, {
  decide: (world) => accepted(world, world.account.balance),
});

function lost(): never {
  throw new StorageUnavailable('the answer was lost');
}

function accountOf(table: TableStore) {
  return new LedgerReader(table, { currency: 'USD', timeZone: 'UTC' }).account(TENANT);
}

async function entriesOf(table: TableStore) {
  const reader = new LedgerReader(table, { currency: 'USD', timeZone: 'UTC' });
  return (await reader.entries(TENANT, { limit: 100 })).entries;
}

test('sixteen writers at once are all done, in far fewer transactions', async () => {
  const { table, commits } = watchedTable();
  const ledger = ledgerOver(table);
  const answers = await Promise.all(Array.from({ length: 16 }, () => ledger.submit(TENANT, credit(1n))));
  expect(answers.map((answer) => answer.kind)).toEqual(Array(16).fill('done'));
  expect((await accountOf(table)).balance).toBe(16n);
  expect(commits).toHaveLength(2);
});

test('each writer of a group gets his own answer', async () => {
  const ledger = ledgerOver(watchedTable().table);
  const answers = await Promise.all([1n, 2n, 3n].map((amount) => ledger.submit(TENANT, credit(amount))));
  expect(answers).toMatchObject([{ answer: 1n }, { answer: 3n }, { answer: 6n }]);
});

test('a person goes before waiting batches', async () => {
  const { table } = watchedTable();
  const ledger = ledgerOver(table);
  const big = { rowsMax: 60 };
  await Promise.all([
    ledger.submit(TENANT, credit(1n, big)),
    ledger.submit(TENANT, credit(3n, { ...big, priority: 'batch' })),
    ledger.submit(TENANT, credit(2n, big)),
  ]);
  expect((await entriesOf(table)).map((entry) => entry.amount)).toEqual([3n, 2n, 1n]);
});

test('a group closes before it could have more than a hundred rows', async () => {
  const { table, commits } = watchedTable();
  const ledger = ledgerOver(table);
  await Promise.all(Array.from({ length: 7 }, () => ledger.submit(TENANT, credit(1n, { rowsMax: 33 }))));
  // The first one goes at once; then three and three: an account row and 99 others.
  expect(commits).toHaveLength(3);
});

test('accounts do not wait for one another', async () => {
  const { table, commits } = watchedTable();
  const ledger = ledgerOver(table);
  await Promise.all(['a', 'b', 'c'].map((tenant) => ledger.submit(tenant, credit(1n))));
  expect(commits).toHaveLength(3);
});

test('a refused command changes nothing for those beside it', async () => {
  const { table } = watchedTable();
  const ledger = ledgerOver(table);
  const answers = await Promise.all(
    [credit(1n), credit(2n), refusing, credit(3n)].map((c) => ledger.submit(TENANT, c)),
  );
  expect(answers.map((answer) => answer.kind)).toEqual(['done', 'done', 'refused', 'done']);
  expect((await accountOf(table)).balance).toBe(6n);
});

test("one command's fault is not the others'", async () => {
  const { table } = watchedTable();
  const ledger = ledgerOver(table);
  const broken = credit(1n, {
    decide: () => {
      throw new Error('broken');
    },
  });
  const answers = await Promise.allSettled(
    [credit(1n), credit(2n), broken, credit(3n)].map((c) => ledger.submit(TENANT, c)),
  );
  expect(answers.map((answer) => answer.status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  expect((await accountOf(table)).balance).toBe(6n);
});

test('what is too large together is written one by one', async () => {
  const { table } = watchedTable();
  const narrow = tableWith(table, (writes) => {
    if (writes.length > 2) throw new StorageLimitExceeded('too large');
  });
  const ledger = ledgerOver(narrow);
  await Promise.all([1n, 2n, 3n].map((amount) => ledger.submit(TENANT, credit(amount))));
  expect((await accountOf(table)).balance).toBe(6n);
});

type Check = (writes: Parameters<TableStore['commit']>[1]) => void;

function tableWith(table: TableStore, check: Check): TableStore {
  return {
    ensure: () => table.ensure(),
    get: (partition, key) => table.get(partition, key),
    getMany: (partition, keys) => table.getMany(partition, keys),
    query: (partition, range) => table.query(partition, range),
    commit: async (partition, writes) => {
      check(writes);
      return table.commit(partition, writes);
    },
  };
}

describe('two instances', () => {
  test('what one has kept and the other has changed is decided anew', async () => {
    const { table } = watchedTable();
    const [one, other] = [ledgerOver(table), ledgerOver(table)];
    await one.submit(TENANT, credit(1n));
    await other.submit(TENANT, credit(10n));
    expect(await one.submit(TENANT, credit(100n))).toEqual({ kind: 'done', answer: 111n });
  });

  test('an answer that writes nothing is never given from what was kept', async () => {
    const { table } = watchedTable();
    const [one, other] = [ledgerOver(table), ledgerOver(table)];
    await one.submit(TENANT, credit(1n));
    await other.submit(TENANT, credit(10n));
    expect(await one.submit(TENANT, looking)).toEqual({ kind: 'done', answer: 11n });
  });

  test('writing at once, both are done', async () => {
    const { table } = watchedTable();
    const ledgers = [ledgerOver(table), ledgerOver(table)];
    const both = ledgers.flatMap((ledger) =>
      Array.from({ length: 20 }, () => ledger.submit(TENANT, credit(1n))),
    );
    await Promise.all(both);
    const entries = await entriesOf(table);
    expect(entries.map((entry) => entry.balanceAfter)).toEqual(entries.map((_, index) => BigInt(40 - index)));
  });
});

describe('when the store fails', () => {
  test('others first again and again: busy at the named limit, and nothing written', async () => {
    const { table } = watchedTable();
    let tries = 0;
    const contended: TableStore = {
      ...tableWith(table, () => undefined),
      commit: async () => {
        tries += 1;
        return { kind: 'conflict', reason: 'changed' };
      },
    };
    await expect(ledgerOver(contended).submit(TENANT, credit(1n))).rejects.toThrow(LedgerBusy);
    expect(tries).toBe(ATTEMPTS_MAX + 1);
    expect(await entriesOf(table)).toEqual([]);
  });

  test('no commit ever answers: it is the store, not the others', async () => {
    const watched = watchedTable();
    watched.faults = { before: (operation) => (operation.kind === 'commit' ? lost() : undefined) };
    await expect(ledgerOver(watched.table).submit(TENANT, credit(1n))).rejects.toThrow(StorageUnavailable);
    expect(await entriesOf(watched.table)).toEqual([]);
  });

  test('nothing can be read: everybody is told at once, and asking again works', async () => {
    const watched = watchedTable();
    const ledger = ledgerOver(watched.table);
    watched.faults = { before: lost };
    const answers = await Promise.allSettled([1n, 2n].map((amount) => ledger.submit(TENANT, credit(amount))));
    const reasons = answers.map((answer): unknown =>
      answer.status === 'rejected' ? answer.reason : undefined,
    );
    expect(reasons.every((reason) => reason instanceof StorageUnavailable)).toBe(true);
    watched.faults = {};
    expect(await ledger.submit(TENANT, credit(1n))).toEqual({ kind: 'done', answer: 1n });
  });

  test('the work to come can not be written down: nothing is committed', async () => {
    const { table, commits } = watchedTable();
    await expect(ledgerOver(table, { schedule: lost }).submit(TENANT, credit(1n))).rejects.toThrow(
      StorageUnavailable,
    );
    expect(commits).toEqual([]);
  });

  test('a request that was lost is sent again', async () => {
    const watched = watchedTable();
    watched.faults = { before: onFirstCommit(lost) };
    await ledgerOver(watched.table).submit(TENANT, credit(1n));
    expect(await entriesOf(watched.table)).toHaveLength(1);
  });
});

describe('touch', () => {
  /** A commit that is held in the network while another instance touches the account. */
  async function touchedWhileStalled(prepare: (table: TableStore) => Promise<unknown>) {
    const watched = watchedTable();
    await prepare(watched.table);
    watched.faults = { before: onFirstCommit(() => ledgerOver(watched.table).touch(TENANT)) };
    await ledgerOver(watched.table).submit(TENANT, credit(1n));
    // The stalled try, the touch, and the one that was decided anew.
    return watched.commits.slice(-3).map((writes) => writes.length);
  }

  test('makes a stalled commit fail, which is then decided anew', async () => {
    const writes = await touchedWhileStalled((table) => ledgerOver(table).submit(TENANT, credit(1n)));
    expect(writes).toEqual([2, 1, 2]);
  });

  test('does so for the very first commit of an account too', async () => {
    expect(await touchedWhileStalled(async () => undefined)).toEqual([2, 1, 2]);
  });
});
