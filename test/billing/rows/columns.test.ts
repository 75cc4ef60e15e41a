import fc from 'fast-check';
import {
  fromColumns,
  fromJson,
  toColumns,
  toJson,
  UnreadableRow,
} from '../../../src/billing/rows/columns.js';
import { accountSchema, entrySchema, ledgerRowSchema } from '../../../src/billing/rows/schemas.js';
import { keyOf, type LedgerRow } from '../../../src/billing/ledger/world.js';
import { checkCommit } from '../../../src/billing/storage/limits.js';
import { bigAccount } from '../../support/big-account.js';
import { account, entry, ledgerRow } from '../../support/nouns.js';

function survives(noun: LedgerRow): void {
  expect(fromColumns(ledgerRowSchema, 'key', toColumns(noun))).toEqual(noun);
}

test.each(['alert', 'call', 'day', 'issue', 'lot', 'member', 'payment', 'why'] as const)(
  'every %s survives its row',
  (type) => {
    fc.assert(fc.property(ledgerRow[type], survives));
  },
);

test('every entry survives its row', () => {
  fc.assert(
    fc.property(entry, (noun) => {
      expect(fromColumns(entrySchema, 'key', toColumns(noun))).toEqual(noun);
    }),
  );
});

test('every account survives its row', () => {
  fc.assert(
    fc.property(account, (noun) => {
      expect(fromColumns(accountSchema, 'key', toColumns(noun))).toEqual(noun);
    }),
  );
});

test('a bigint within JSON survives, and a text that looks like one stays a text', () => {
  fc.assert(
    fc.property(fc.bigInt(), (value) => {
      expect(fromJson(toJson({ deep: [value] }))).toEqual({ deep: [value] });
    }),
  );
  expect(fromJson(toJson({ deep: '{"$n":"1"}' }))).toEqual({ deep: '{"$n":"1"}' });
});

const SECRET = 'Ada-Admin-4242';
const LOT = {
  type: 'lot',
  sequence: 1n,
  start: 0n,
  end: 1n,
  purchasedAt: 'x',
  expiresAt: 'y',
  paymentId: 'p',
};
const DAY = { type: 'day', date: '2026-11-17', spend: 1n, calls: '1', otherSpend: 0n, otherCalls: '0' };

test.each([
  ['a missing column', { ...LOT, paymentId: SECRET, end: SECRET }, 'end'],
  ['text that is no JSON', { ...DAY, destinations: SECRET, closingBalance: 0n }, 'destinations'],
  [
    'a wrong part of a JSON column',
    { ...DAY, destinations: `{"${SECRET}":{"spend":1}}`, closingBalance: 0n },
    'destinations',
  ],
  ['an unknown type', { type: SECRET }, 'type'],
])('%s is named with its row and column, without its content', (_, values, column) => {
  const read = () => fromColumns(ledgerRowSchema, 'lot:1', values);
  expect(read).toThrow(UnreadableRow);
  expect(read).toThrow(`row lot:1: ${column}`);
  expect(read).not.toThrow(SECRET);
});

test('an account with all that it can hold stays within the limits of Azure', () => {
  expect(() => {
    checkCommit('t'.repeat(128), [{ kind: 'put', key: 'account', values: toColumns(bigAccount()) }]);
  }).not.toThrow();
});

test('every noun has a key that Azure takes', () => {
  for (const arbitrary of Object.values(ledgerRow)) {
    fc.assert(
      fc.property(arbitrary as fc.Arbitrary<LedgerRow>, (noun) => {
        checkCommit('t', [{ kind: 'put', key: keyOf(noun), values: toColumns(noun) }]);
      }),
    );
  }
});
