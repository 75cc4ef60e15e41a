import { MemoryTableStore } from '../../../src/billing/storage/memory-table.js';
import { StorageUnavailable } from '../../../src/billing/storage/table.js';
import { describeTableStore } from './contract.js';

describeTableStore('memory', {
  create: async () => new MemoryTableStore(),
  createLossy: async () => {
    let lost = false;
    const repeat = (): boolean => {
      const again = lost;
      lost = false;
      return again;
    };
    return {
      store: new MemoryTableStore({ repeat }),
      loseNextAnswer: () => {
        lost = true;
      },
    };
  },
});

describe('the faults of the memory store', () => {
  const row = { kind: 'insert', key: 'a', values: {} } as const;
  const fail = (): never => {
    throw new StorageUnavailable('lost');
  };

  test('a lost request changes nothing', async () => {
    let broken = true;
    const store = new MemoryTableStore({
      before: (operation) => (broken && operation.kind === 'commit' ? fail() : undefined),
    });
    await expect(store.commit('p', [row])).rejects.toThrow(StorageUnavailable);
    expect(await store.get('p', 'a')).toBeUndefined();
    broken = false;
    expect(await store.commit('p', [row])).toMatchObject({ kind: 'committed' });
  });

  test('a lost answer hides a change that happened', async () => {
    const store = new MemoryTableStore({
      after: (operation) => (operation.kind === 'commit' ? fail() : undefined),
    });
    await expect(store.commit('p', [row])).rejects.toThrow(StorageUnavailable);
    expect(await store.get('p', 'a')).toBeDefined();
  });

  test('a held request is judged by what is there when it arrives', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let first = true;
    const store = new MemoryTableStore({
      before: (operation) => {
        if (operation.kind !== 'commit' || !first) return;
        first = false;
        return held;
      },
    });
    const slow = store.commit('p', [row]);
    await store.commit('p', [row]);
    release();
    expect(await slow).toEqual({ kind: 'conflict', reason: 'exists', key: 'a' });
  });

  test('rows do not change with the object they were written from', async () => {
    const store = new MemoryTableStore();
    const values = { n: 1n };
    await store.commit('p', [{ kind: 'insert', key: 'a', values }]);
    values.n = 2n;
    expect((await store.get('p', 'a'))!.values).toEqual({ n: 1n });
  });
});
