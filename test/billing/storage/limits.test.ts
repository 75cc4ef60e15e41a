import { TableClient } from '@azure/data-tables';
import fc from 'fast-check';
import { AzureTableStore } from '../../../src/billing/storage/azure-table.js';
import {
  bytesAtMost,
  checkColumnName,
  checkCommit,
  checkKey,
  checkTableName,
  INT64_MAX,
} from '../../../src/billing/storage/limits.js';
import {
  COMMIT_BYTES_MAX,
  StorageLimitExceeded,
  type Values,
  type Write,
} from '../../../src/billing/storage/table.js';

const insert = (key: string, values: Values = {}): Write => ({ kind: 'insert', key, values });
const commit = (...writes: readonly Write[]) => {
  return () => {
    checkCommit('p', writes);
  };
};
const key = (text: string) => () => {
  checkKey(text);
};

describe('keys that Azure takes', () => {
  test.each(['a', "o'brien", 'entry:0001', '%2f', 'ü 中 🙂', 'x'.repeat(512)])('%s', (text) => {
    expect(key(text)).not.toThrow();
  });

  test.each(['a/b', 'a\\b', 'a#b', 'a?b', 'a\tb', 'a\u0085b', 'a\ud800b', 'a\udc00'])(
    '%j is refused',
    (text) => {
      expect(key(text)).toThrow(StorageLimitExceeded);
      expect(commit(insert(text))).toThrow(StorageLimitExceeded);
      expect(() => {
        checkCommit(text, [insert('a')]);
      }).toThrow(StorageLimitExceeded);
    },
  );

  test('an empty key and one above 1 KiB are refused', () => {
    expect(key('')).toThrow(/not empty/);
    expect(key('x'.repeat(513))).toThrow(/1 KiB/);
  });
});

describe('names that Azure takes', () => {
  test.each(['a', '_a', 'balanceAfter2', 'x'.repeat(255)])('column %s', (name) => {
    expect(() => {
      checkColumnName(name);
    }).not.toThrow();
  });

  const badColumns = ['', '1a', 'a-b', 'a b', 'a.b', "a'", 'é', 'x'.repeat(256), 'RowKey', 'partitionKey'];
  test.each([...badColumns, 'timestamp', 'etag'])('column %j is refused', (name) => {
    expect(() => {
      checkColumnName(name);
    }).toThrow(StorageLimitExceeded);
    expect(commit(insert('a', { [name]: true }))).toThrow(StorageLimitExceeded);
  });

  test.each(['ab', '1abc', 'a-bc', 'x'.repeat(64), ''])('table %j is refused', (name) => {
    expect(() => {
      checkTableName(name);
    }).toThrow(StorageLimitExceeded);
  });
});

describe('sizes that Azure takes', () => {
  const columns = (count: number): Values =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`c${i}`, true]));

  test('252 columns, not 253', () => {
    expect(commit(insert('a', columns(252)))).not.toThrow();
    expect(commit(insert('a', columns(253)))).toThrow(/252 columns, not 253 \(row "a"\)/);
  });

  test('1 MiB per row, counted as the service counts it', () => {
    const text = 'x'.repeat(32_768);
    // 4 + keys + 15 full texts; what is left goes into one more text.
    const full = 4 + 2 * 2 + 15 * (8 + 2 * 2 + 4 + 65_536);
    const left = (1024 * 1024 - full - (8 + 2 * 2 + 4)) / 2;
    const values = Object.fromEntries('abcdefghijklmno'.split('').map((name) => [`${name}1`, text]));
    expect(commit(insert('k', { ...values, z1: 'x'.repeat(left) }))).not.toThrow();
    expect(commit(insert('k', { ...values, z1: 'x'.repeat(left + 1) }))).toThrow(/1 MiB/);
  });

  test('the message names the row and the column, never the value', () => {
    expect(commit(insert('row 7', { secret: 's3cr3t'.repeat(7_000) }))).toThrow(
      /^Azure Table Storage: a text has at most 64 KiB of UTF-16; column "secret" has more \(row "row 7"\)\.$/,
    );
    expect(commit(insert('row 7', { amount: INT64_MAX + 1n }))).toThrow(/column "amount".*\(row "row 7"\)/);
  });

  test('less than 4 MiB per transaction, whatever the text costs to encode', () => {
    const rows = (text: string): Write[] => Array.from({ length: 100 }, (_, i) => insert(`r${i}`, { text }));
    expect(commit(...rows('x'.repeat(32_768)))).not.toThrow();
    expect(commit(...rows('é'.repeat(20_000)))).not.toThrow();
    expect(commit(...rows('é'.repeat(21_000)))).toThrow(/4 MiB/);
    expect(commit(...rows('\u0000'.repeat(7_000)))).toThrow(/4 MiB/);
    expect(commit(...rows('\u2028'.repeat(7_000)))).toThrow(/4 MiB/);
  });
});

describe('the estimate of what goes over the wire', () => {
  const bodies: string[] = [];
  const url = `https://${'a'.repeat(24)}.table.core.windows.net`;
  const httpClient = {
    sendRequest: (request: { body?: unknown }): Promise<never> => {
      bodies.push(request.body as string);
      return Promise.reject(new Error('captured'));
    },
  };
  const client = new TableClient(url, 't'.repeat(63), { httpClient, retryOptions: { maxRetries: 0 } });
  const store = new AzureTableStore(client);
  const etag = `W/"datetime'2026-11-22T18%3A41%3A07.1527659Z'"`;

  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.string({ unit: fc.constantFrom('\u0000', '\u2028', '中', '"', 'a'), maxLength: 200 }),
  );
  const keyText = fc.string({
    unit: fc.constantFrom('a', '中', '🙂', '%', "'", '"'),
    minLength: 1,
    maxLength: 200,
  });
  const name = fc.string({ unit: fc.constantFrom('a', 'Z', '_'), minLength: 5, maxLength: 50 });
  const values = fc.dictionary(
    name,
    fc.oneof(text, fc.boolean(), fc.bigInt({ min: -INT64_MAX, max: INT64_MAX })),
  );
  const write: fc.Arbitrary<Write> = fc.oneof(
    fc.record({ kind: fc.constantFrom('insert' as const, 'put' as const), key: keyText, values }),
    fc.record({ kind: fc.constant('replace' as const), key: keyText, values, etag: fc.constant(etag) }),
    fc.record({ kind: fc.constant('delete' as const), key: keyText, etag: fc.constant(etag) }),
  );

  test('is never below the bytes that the SDK sends', async () => {
    const writes = fc.uniqueArray(write, { minLength: 2, maxLength: 4, selector: (each) => each.key });
    await fc.assert(
      fc.asyncProperty(keyText, writes, async (partition, list) => {
        await expect(store.commit(partition, list)).rejects.toThrow();
        const sent = Buffer.byteLength(bodies.pop()!);
        const estimate = list.reduce((sum, each) => sum + bytesAtMost(partition, each), 0);
        expect(estimate).toBeGreaterThanOrEqual(sent);
      }),
      { numRuns: 100 },
    );
  });

  test('is close enough for a hundred ordinary rows to pass without counting', () => {
    const row = insert('call:0001', { charge: 120_000n, source: 'graph', details: 'x'.repeat(600) });
    expect(bytesAtMost('tenant', row) * 100).toBeLessThan(COMMIT_BYTES_MAX / 4);
  });
});
