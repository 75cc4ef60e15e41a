/** The tables as one instance reaches them: every call waits for the scheduler, and may fail as the real one does. */
import type { MemoryTableStore } from '../../src/billing/storage/memory-table.js';
import {
  StorageUnavailable,
  type PartitionScan,
  type TableStore,
  type Write,
} from '../../src/billing/storage/table.js';
import type { Fault, IoKind } from './io.js';
import type { Caller, Pool } from './pool.js';

interface Link {
  readonly pool: Pool;
  readonly caller: Caller;
  readonly name: 'ledger' | 'due';
  readonly table: MemoryTableStore;
}

export function lossyTable(link: Link): TableStore & PartitionScan {
  const { pool, caller, name, table } = link;
  const ask = <T>(method: string, about: string, perform: () => Promise<T>): Promise<T> =>
    pool.call(caller, { io: `${name}.${method}` as IoKind, about, perform, failed: unavailable });
  return {
    ensure: () => table.ensure(),
    get: (partition, key) => ask('get', `${partition} ${key}`, () => table.get(partition, key)),
    getMany: (partition, keys) =>
      ask('getMany', `${partition} ${keys.length} rows`, () => table.getMany(partition, keys)),
    query: (partition, range) =>
      ask('query', `${partition} ${range.from}`, () => table.query(partition, range)),
    async *partitionsWith(key) {
      yield* await ask('scan', key, () => collected(table.partitionsWith(key)));
    },
    commit: (partition, writes) =>
      pool.call(caller, {
        io: `${name}.commit`,
        about: `${partition} ${writes.map(describe).join(' ')}`,
        perform: () => table.commit(partition, writes),
        failed: unavailable,
        interfere: () => rewrite(table, partition, writes),
      }),
  };
}

async function collected(names: AsyncIterable<string>): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const name of names) all.push(name);
  return all;
}

function unavailable(fault: Fault): never {
  throw new StorageUnavailable(fault);
}

function describe({ kind, key }: Write): string {
  return `${kind} ${key}`;
}

/** Somebody else's write of the first row that is there: nothing changes but its ETag. */
async function rewrite(table: MemoryTableStore, partition: string, writes: readonly Write[]): Promise<void> {
  for (const { key } of writes) {
    const row = await table.get(partition, key);
    if (row === undefined) continue;
    await table.commit(partition, [{ kind: 'put', key, values: row.values }]);
    return;
  }
}
