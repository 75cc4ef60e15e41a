import { MemoryTableStore } from '../../../src/billing/storage/memory-table.js';
import { decodeKeyPart, encodeKeyPart } from '../../../src/billing/storage/keys.js';
import {
  StorageLimitExceeded,
  type PartitionScan,
  type TableStore,
} from '../../../src/billing/storage/table.js';
import { freshTable } from '../../support/azurite.js';

const ADAPTERS: readonly (readonly [string, () => Promise<TableStore & PartitionScan>])[] = [
  ['memory', async () => new MemoryTableStore()],
  ['Azurite', () => freshTable()],
];

async function found(store: PartitionScan, key: string): Promise<readonly string[]> {
  const partitions: string[] = [];
  for await (const partition of store.partitionsWith(key)) partitions.push(partition);
  return partitions.sort();
}

describe.each(ADAPTERS)('%s', (_, create) => {
  test('all partitions with a row of that key are found, each once, and no others', async () => {
    const store = await create();
    const names = ['a', "quote's", 'é中🙂', 'per/cent %2f'].map(encodeKeyPart);
    for (const name of names)
      await store.commit(name, [
        { kind: 'put', key: 'account', values: { big: 1n } },
        { kind: 'put', key: 'account:', values: {} },
      ]);
    await store.commit('other', [{ kind: 'put', key: 'entry', values: {} }]);
    expect(await found(store, 'account')).toEqual([...names].sort());
    expect(names.map(decodeKeyPart)).toContain('per/cent %2f');
  });

  test('more partitions than one page holds are read to the end', async () => {
    const store = await create();
    const names = Array.from({ length: 1_050 }, (_, index) => `tenant-${index}`);
    for (let from = 0; from < names.length; from += 50)
      await Promise.all(
        names
          .slice(from, from + 50)
          .map((name) => store.commit(name, [{ kind: 'put', key: 'account', values: {} }])),
      );
    expect(await found(store, 'account')).toHaveLength(names.length);
  });

  test('an empty table has none, and a key that can not be is refused', async () => {
    const store = await create();
    expect(await found(store, 'account')).toEqual([]);
    await expect(found(store, 'a/b')).rejects.toThrow(StorageLimitExceeded);
  });
});
