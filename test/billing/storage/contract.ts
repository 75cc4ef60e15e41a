import fc from 'fast-check';
import { afterPrefix, encodeKeyPart, newestFirst } from '../../../src/billing/storage/keys.js';
import { INT64_MAX, INT64_MIN } from '../../../src/billing/storage/limits.js';
import {
  StorageLimitExceeded,
  type CommitResult,
  type RangeQuery,
  type Row,
  type TableStore,
  type Values,
  type Write,
} from '../../../src/billing/storage/table.js';

/** A store whose transport can be told to lose the answer to the next commit and to ask again by itself. */
export interface LossyStore {
  readonly store: TableStore;
  loseNextAnswer(): void;
}

/** How an adapter takes part: each call gives an empty table. */
export interface Adapter {
  create(): Promise<TableStore>;
  createLossy(): Promise<LossyStore>;
}

const P = 'tenant';
const ALL = { from: ' ', to: '~', limit: 10_000 };
const insert = (key: string, values: Values = {}): Write => ({ kind: 'insert', key, values });
const put = (key: string, values: Values = {}): Write => ({ kind: 'put', key, values });
const keysOf = (rows: readonly Row[]): string[] => rows.map((row) => row.key);
const numbered = (count: number): Write[] => Array.from({ length: count }, (_, i) => insert(`row ${i}`));

async function etagOf(store: TableStore, key: string): Promise<string> {
  return (await store.get(P, key))!.etag;
}

async function fill(store: TableStore, writes: readonly Write[]): Promise<void> {
  for (let i = 0; i < writes.length; i += 100) {
    expect(await store.commit(P, writes.slice(i, i + 100))).toMatchObject({ kind: 'committed' });
  }
}

/** What every adapter of the port promises; the fake is held to it as well. */
export function describeTableStore(name: string, adapter: Adapter): void {
  describe(`${name}: writes`, () => {
    let store: TableStore;
    beforeEach(async () => {
      store = await adapter.create();
    });
    const refusedAsLimit = (writes: readonly Write[], limit: RegExp): Promise<void> => {
      const refused = store.commit(P, writes);
      return Promise.all([
        expect(refused).rejects.toThrow(StorageLimitExceeded),
        expect(refused).rejects.toThrow(limit),
      ]).then(() => undefined);
    };

    test('ensuring a table again, and from two sides at once, is harmless', async () => {
      await Promise.all([store.ensure(), store.ensure()]);
      await store.commit(P, [insert('a')]);
      await store.ensure();
      expect(await store.get(P, 'a')).toBeDefined();
    });

    test('a row reads back as it was written, each type as itself', async () => {
      const values = {
        text: 'é中🙂 "\'\\',
        empty: '',
        digits: '123',
        big: 2n ** 53n + 1n,
        yes: true,
        no: false,
      };
      await store.commit(P, [insert('a', values)]);
      expect((await store.get(P, 'a'))!.values).toEqual(values);
    });

    test('the ends of Int64 are stored exactly', async () => {
      await store.commit(P, [insert('a', { low: INT64_MIN, high: INT64_MAX })]);
      expect((await store.get(P, 'a'))!.values).toEqual({ low: INT64_MIN, high: INT64_MAX });
    });

    test('any text survives, alone and in a transaction', async () => {
      const hostile = '\u2028\u2029\r\n--changeset_x\r\nHTTP/1.1 500 }{ DELETE http://x/ If-Match: *';
      const text = fc.string({ unit: 'grapheme', maxLength: 60 });
      await fc.assert(
        fc.asyncProperty(text, text, async (one, two) => {
          await store.commit(P, [put('a', { one, two })]);
          await store.commit(P, [put('b', { one: hostile + one }), put('c', { two })]);
          expect((await store.get(P, 'a'))!.values).toEqual({ one, two });
          expect((await store.get(P, 'b'))!.values).toEqual({ one: hostile + one });
          expect((await store.get(P, 'c'))!.values).toEqual({ two });
        }),
        { numRuns: 25 },
      );
    });

    test('a commit tells the new ETag of each row that it wrote', async () => {
      await fill(store, [insert('old'), insert('gone')]);
      const result = await store.commit(P, [
        insert('new'),
        { kind: 'replace', key: 'old', values: {}, etag: await etagOf(store, 'old') },
        { kind: 'delete', key: 'gone' },
        put("with 'quote' é%2f"),
      ]);
      const etags = new Map<string, string>();
      for (const key of ['new', 'old', "with 'quote' é%2f"]) etags.set(key, await etagOf(store, key));
      expect(result).toEqual({ kind: 'committed', etags });
    });

    test('an ETag of a commit is good for the next replace, and changes with it', async () => {
      const first = await store.commit(P, [insert('a', { n: 1n })]);
      const etag = first.kind === 'committed' ? first.etags.get('a')! : '';
      const second = await store.commit(P, [{ kind: 'replace', key: 'a', values: { n: 2n }, etag }]);
      expect(second.kind).toBe('committed');
      expect(await etagOf(store, 'a')).not.toBe(etag);
    });

    test('replace and put replace the whole row: a column left out is gone', async () => {
      await store.commit(P, [insert('a', { x: 1n, y: 2n }), insert('b', { x: 1n, y: 2n })]);
      const etag = await etagOf(store, 'a');
      await store.commit(P, [{ kind: 'replace', key: 'a', values: { x: 3n }, etag }, put('b', { y: 4n })]);
      expect((await store.get(P, 'a'))!.values).toEqual({ x: 3n });
      expect((await store.get(P, 'b'))!.values).toEqual({ y: 4n });
      await store.commit(P, [put('b', {})]);
      expect((await store.get(P, 'b'))!.values).toEqual({});
    });

    test('a commit of nothing is committed', async () => {
      expect(await store.commit(P, [])).toEqual({ kind: 'committed', etags: new Map() });
    });

    test('the same row key in two partitions is two rows', async () => {
      await store.commit('one', [insert('a', { x: 'one' })]);
      await store.commit('two', [insert('a', { x: 'two' })]);
      expect((await store.get('one', 'a'))!.values).toEqual({ x: 'one' });
      expect(keysOf(await store.query('two', ALL))).toEqual(['a']);
    });

    const stale = async (): Promise<string> => {
      await store.commit(P, [put('a', { n: 1n })]);
      const etag = await etagOf(store, 'a');
      await store.commit(P, [put('a', { n: 2n })]);
      return etag;
    };
    const refusals: readonly (readonly [string, string, () => Promise<Write>])[] = [
      ['an insert of a row that exists', 'exists', async () => (await stale(), insert('a'))],
      [
        'a replace with a stale ETag',
        'changed',
        async () => ({ kind: 'replace', key: 'a', values: {}, etag: await stale() }),
      ],
      [
        'a replace of a missing row',
        'missing',
        async () => ({ kind: 'replace', key: 'nowhere', values: {}, etag: await stale() }),
      ],
      [
        'a delete with a stale ETag',
        'changed',
        async () => ({ kind: 'delete', key: 'a', etag: await stale() }),
      ],
      ['a delete of a missing row', 'missing', async () => ({ kind: 'delete', key: 'nowhere' })],
    ];
    test.each(refusals)('%s is a conflict that names the row, alone', async (_, reason, make) => {
      const write = await make();
      expect(await store.commit(P, [write])).toEqual({ kind: 'conflict', reason, key: write.key });
    });
    test.each(refusals)('%s undoes the whole transaction', async (_, reason, make) => {
      const write = await make();
      await store.commit(P, [put('bystander', { n: 1n }), put('doomed', { n: 1n })]);
      const before = await store.query(P, ALL);
      const result = await store.commit(P, [
        insert('fresh'),
        put('bystander', { n: 2n }),
        { kind: 'delete', key: 'doomed' },
        write,
        insert('later'),
      ]);
      expect(result).toEqual({ kind: 'conflict', reason, key: write.key });
      expect(await store.query(P, ALL)).toEqual(before);
    });

    test('deletes: with the right ETag, without one, and several in one transaction each by its own', async () => {
      await fill(store, [insert('a'), insert('b'), insert('c'), insert('d')]);
      const [a, c, d] = await Promise.all(['a', 'c', 'd'].map((key) => etagOf(store, key)));
      await store.commit(P, [{ kind: 'delete', key: 'a', etag: a! }]);
      await store.commit(P, [{ kind: 'delete', key: 'b' }]);
      expect(keysOf(await store.query(P, ALL))).toEqual(['c', 'd']);
      await store.commit(P, [
        { kind: 'delete', key: 'c', etag: c! },
        { kind: 'delete', key: 'd', etag: d! },
      ]);
      expect(await store.query(P, ALL)).toEqual([]);
    });

    test('of two writers at once with the same ETag exactly one wins', async () => {
      await store.commit(P, [insert('account', { n: 0n })]);
      const etag = await etagOf(store, 'account');
      const results = await Promise.all(
        Array.from({ length: 8 }, (_, i) =>
          store.commit(P, [
            { kind: 'replace', key: 'account', values: { n: BigInt(i) }, etag },
            insert(`entry ${i}`),
          ]),
        ),
      );
      const winners = results.flatMap((result, i) => (result.kind === 'committed' ? [i] : []));
      expect(winners).toHaveLength(1);
      expect((await store.get(P, 'account'))!.values).toEqual({ n: BigInt(winners[0]!) });
      expect(keysOf(await store.query(P, ALL))).toEqual(['account', `entry ${winners[0]!}`]);
    });

    test('of many inserts of one row at once exactly one wins', async () => {
      const results = await Promise.all(Array.from({ length: 8 }, () => store.commit(P, [insert('op')])));
      expect(results.filter((result) => result.kind === 'committed')).toHaveLength(1);
      expect(
        results.filter((result) => result.kind === 'conflict' && result.reason === 'exists'),
      ).toHaveLength(7);
    });

    test('100 rows go into one transaction, and one conflict among them is named', async () => {
      expect(await store.commit(P, numbered(100))).toMatchObject({ kind: 'committed' });
      const again = [
        ...numbered(100)
          .map(({ key }) => put(key))
          .slice(0, 99),
        insert('row 99'),
      ];
      expect(await store.commit(P, again)).toEqual({ kind: 'conflict', reason: 'exists', key: 'row 99' });
    });

    test('101 rows are refused, and none is written', async () => {
      await refusedAsLimit(numbered(101), /100 rows/);
      expect(await store.query(P, ALL)).toEqual([]);
    });

    test('the same row twice in a transaction is refused', () => {
      return refusedAsLimit([put('a'), put('b'), { kind: 'delete', key: 'a' }], /each row once.*"a"/);
    });

    test('an integer beyond Int64 is refused', async () => {
      await refusedAsLimit([insert('a', { n: INT64_MAX + 1n })], /Int64/);
      await refusedAsLimit([insert('a', { n: INT64_MIN - 1n })], /Int64/);
    });

    test('64 KiB of text are stored; one character more is refused', async () => {
      const text = 'é'.repeat(32 * 1024);
      await store.commit(P, [insert('a', { text })]);
      expect((await store.get(P, 'a'))!.values).toEqual({ text });
      await refusedAsLimit([insert('b', { text: `${text}x` })], /64 KiB/);
    });

    test('a transaction just below 4 MiB is stored; above it is refused', async () => {
      const rows = (count: number): Write[] =>
        Array.from({ length: count }, (_, i) => insert(`row ${i}`, { text: 'x'.repeat(32_000) }));
      await refusedAsLimit(
        rows(100).map(
          (row) => ({ ...row, values: { a: 'x'.repeat(32_000), b: 'é'.repeat(6_000) } }) as Write,
        ),
        /4 MiB/,
      );
      expect(await store.commit(P, rows(100))).toMatchObject({ kind: 'committed' });
    });
  });

  describe(`${name}: reads`, () => {
    let store: TableStore;
    beforeEach(async () => {
      store = await adapter.create();
    });
    const query = (range: Partial<RangeQuery>): Promise<readonly Row[]> =>
      store.query(P, { ...ALL, ...range });

    test('a missing row is undefined', async () => {
      expect(await store.get(P, 'nowhere')).toBeUndefined();
      expect(await store.get('no partition', "it's %2f")).toBeUndefined();
    });

    test('many rows come in the order asked for, missing ones left out', async () => {
      await fill(store, numbered(60));
      const wanted = ['row 59', 'nowhere', 'row 3', "it's", 'row 10', 'row 3'];
      expect(keysOf(await store.getMany(P, wanted))).toEqual(['row 59', 'row 3', 'row 10', 'row 3']);
      const all = numbered(60).map(({ key }) => key);
      expect(keysOf(await store.getMany(P, all))).toEqual(all);
      expect(await store.getMany(P, [])).toEqual([]);
    });

    test('rows are sorted by key, whatever the order of writing', async () => {
      await store.commit(P, [insert('entry:b'), insert('entry:a'), insert('account'), insert('entry:B')]);
      await store.commit(P, [insert('entry:10'), insert('entry:2')]);
      const sorted = ['account', 'entry:10', 'entry:2', 'entry:B', 'entry:a', 'entry:b'];
      expect(keysOf(await query({}))).toEqual(sorted);
    });

    test('the start of a range belongs to it, the end does not', async () => {
      await fill(
        store,
        ['a', 'b', 'c', 'd'].map((key) => insert(key)),
      );
      expect(keysOf(await query({ from: 'b', to: 'd' }))).toEqual(['b', 'c']);
      expect(await query({ from: 'b', to: 'b' })).toEqual([]);
      expect(await query({ from: 'd', to: 'a' })).toEqual([]);
      expect(await query({ limit: 0 })).toEqual([]);
    });

    test('a prefix is a range, and does not reach into the next kind of row', async () => {
      await fill(
        store,
        ['day:1', 'entry', 'entry:', 'entry:1', 'entry:~', 'entry;', 'lot:1'].map((key) => insert(key)),
      );
      const rows = await query({ from: 'entry:', to: afterPrefix('entry:') });
      expect(keysOf(rows)).toEqual(['entry:', 'entry:1', 'entry:~']);
    });

    test('newest entries come first', async () => {
      await fill(
        store,
        [1n, 2n, 9n, 10n, 11n, 100n].map((n) => insert(`entry:${newestFirst(n)}`, { n })),
      );
      const rows = await query({ from: 'entry:', to: afterPrefix('entry:'), limit: 3 });
      expect(rows.map((row) => row.values['n'])).toEqual([100n, 11n, 10n]);
    });

    test('a range of more than a thousand rows is read to its end, or to the limit', async () => {
      const keys = Array.from({ length: 1_150 }, (_, i) => `call:${String(i).padStart(5, '0')}`);
      await fill(
        store,
        keys.map((key, i) => insert(key, { half: i % 2 === 0 ? 'even' : 'odd' })),
      );
      await fill(store, [insert('before'), insert('day:1')]);
      const range = { from: 'call:', to: afterPrefix('call:') };
      expect(keysOf(await query(range))).toEqual(keys);
      expect(keysOf(await query({ ...range, limit: 1_020 }))).toEqual(keys.slice(0, 1_020));
      expect(keysOf(await query({ ...range, limit: 7 }))).toEqual(keys.slice(0, 7));
      const odd = await query({ ...range, limit: 501, where: { column: 'half', from: 'odd', to: 'oddz' } });
      expect(keysOf(odd)).toEqual(keys.filter((_, i) => i % 2 === 1).slice(0, 501));
    });

    test('a filter compares as text, quotes included, and leaves out rows without the column', async () => {
      const names = ["o'brien", "o'brien''s", 'obrien', '%27', "' or 1 eq 1 or '", 'é'];
      await fill(
        store,
        names.map((name, i) => insert(`call:${i}`, { name })),
      );
      await fill(store, [insert('call:none'), insert('call:other', { name: 7n })]);
      const named = async (from: string, to: string): Promise<unknown[]> =>
        (await query({ where: { column: 'name', from, to } })).map((row) => row.values['name']);
      expect(await named("o'brien", "o'brien(")).toEqual(["o'brien", "o'brien''s"]);
      expect(await named("' or 1 eq 1 or '", "' or 1 eq 1 or '~")).toEqual(["' or 1 eq 1 or '"]);
      expect(await named('é', 'ê')).toEqual(['é']);
      expect(await named('', '%')).toEqual([]);
    });

    test('only the columns asked for come back, with key and ETag', async () => {
      await fill(store, [insert('a', { x: 1n, y: 'two', z: true }), insert('b', { y: 'three' })]);
      const rows = await query({ columns: ['x', 'z'] });
      expect(rows.map((row) => row.values)).toEqual([{ x: 1n, z: true }, {}]);
      expect(keysOf(rows)).toEqual(['a', 'b']);
      expect(rows[0]!.etag).toBe(await etagOf(store, 'a'));
    });

    test('any text is a key once it is encoded, in every way of reading and writing', async () => {
      const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
      const hard = [
        "a/b\\c#d?e%f'g",
        '%2f',
        '100%',
        '中文',
        '🙂',
        'ümlaut',
        "''",
        '{brace}',
        'a+b c&d=e',
        '\u2028',
      ];
      await fc.assert(
        fc.asyncProperty(fc.oneof(fc.constantFrom(...hard), text), async (name) => {
          const partition = `p:${encodeKeyPart(name)}`;
          const key = `call:${encodeKeyPart(name)}`;
          const values = { name };
          await store.commit(partition, [put(key, values)]);
          await store.commit(partition, [put(key, values), put('other')]);
          const row = await store.get(partition, key);
          expect(row).toMatchObject({ key, values });
          expect(await store.getMany(partition, [key])).toEqual([row]);
          expect(await store.query(partition, { from: key, to: `${key}~`, limit: 1 })).toEqual([row]);
          const gone = await store.commit(partition, [{ kind: 'delete', key, etag: row!.etag }]);
          expect(gone.kind).toBe('committed');
          expect(await store.get(partition, key)).toBeUndefined();
        }),
        { numRuns: 30, examples: hard.map((name): [string] => [name]) },
      );
    });

    test('a key that Azure would refuse is refused before it is asked', async () => {
      await expect(store.get(P, 'a/b')).rejects.toThrow(StorageLimitExceeded);
      await expect(store.getMany(P, ['a', 'b#'])).rejects.toThrow(StorageLimitExceeded);
      await expect(store.query('a?', ALL)).rejects.toThrow(StorageLimitExceeded);
      await expect(
        store.query(P, { ...ALL, where: { column: "x eq 'y'", from: 'a', to: 'b' } }),
      ).rejects.toThrow(StorageLimitExceeded);
    });
  });

  describe(`${name}: an answer that is lost after the commit`, () => {
    const lose = async (
      writes: (store: TableStore) => Promise<Write[]>,
    ): Promise<[TableStore, CommitResult]> => {
      const lossy = await adapter.createLossy();
      const list = await writes(lossy.store);
      lossy.loseNextAnswer();
      return [lossy.store, await lossy.store.commit(P, list)];
    };

    test.each([1, 3])('an insert of %i rows comes back as "exists", and is there', async (count) => {
      const [store, result] = await lose(async () => numbered(count));
      expect(result).toMatchObject({ kind: 'conflict', reason: 'exists', key: 'row 0' });
      expect(await store.query(P, ALL)).toHaveLength(count);
    });

    test('a replace comes back as "changed", and the operation row written with it tells that it is done', async () => {
      const [store, result] = await lose(async (empty) => {
        await empty.commit(P, [insert('account', { n: 1n })]);
        const etag = await etagOf(empty, 'account');
        return [{ kind: 'replace', key: 'account', values: { n: 2n }, etag }, insert('op:1')];
      });
      expect(result).toMatchObject({ kind: 'conflict', reason: 'changed' });
      expect((await store.get(P, 'account'))!.values).toEqual({ n: 2n });
      expect(await store.get(P, 'op:1')).toBeDefined();
    });

    test('a delete comes back as "missing", and the row is gone', async () => {
      const [store, result] = await lose(async (empty) => {
        await empty.commit(P, [insert('due')]);
        return [{ kind: 'delete', key: 'due', etag: await etagOf(empty, 'due') }];
      });
      expect(result).toMatchObject({ kind: 'conflict', reason: 'missing' });
      expect(await store.get(P, 'due')).toBeUndefined();
    });
  });
}
