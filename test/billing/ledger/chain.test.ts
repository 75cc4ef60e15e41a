import fc from 'fast-check';
import { digestOf, hashEntry } from '../../../src/billing/ledger/chain.js';
import { GENESIS, type Entry } from '../../../src/billing/ledger/model.js';
import { TENANT, usd } from '../../support/billing.js';
import { bought, call, spent, worldOf } from '../../support/world.js';

const ENTRY: Omit<Entry, 'hash'> = {
  format: 'entry-v1',
  sequence: 1n,
  at: '2026-11-17T09:00:00.000Z',
  kind: 'topUp',
  amount: 50_000_000n,
  balanceAfter: 50_000_000n,
  by: { id: 'admin-1', name: 'Ada "the" Admin, €' },
  reference: 'p1',
  calls: [],
  digest: '',
  previous: GENESIS,
};

// Rows can't be edited later: where this hash changes, every chain that was ever written breaks.
test('the canonical text of an entry is pinned for good', () => {
  expect(hashEntry(TENANT, ENTRY)).toBe('1a2c9ec610e4fcc49eb0f6cbb61e4ffa26c2422b13d722ddf579588a37cea0c6');
});

test('the canonical text of the charged calls is pinned for good', () => {
  const one = { id: 'a', charge: 1_001_000n, start: '2026-11-17T08:00:00.000Z', source: 'graph' as const };
  expect(digestOf([one])).toBe('54a692b3980e17667f1e0f78806d420de99ba5e604ca6fcef812c9bd0044400b');
});

test('every entry carries the hash of the one before, the first one the genesis', () => {
  const { entries, account } = spent(bought(bought(worldOf(), usd(50)), usd(20)), usd(5));
  expect(entries.map((entry) => entry.previous)).toEqual([GENESIS, entries[0]!.hash, entries[1]!.hash]);
  expect(account.head).toBe(entries[2]!.hash);
  for (const entry of entries) expect(hashEntry(TENANT, entry)).toBe(entry.hash);
});

const CHANGES: readonly (readonly [string, Partial<Entry>])[] = [
  ['sequence', { sequence: 2n }],
  ['time', { at: '2026-11-17T09:00:00.001Z' }],
  ['kind', { kind: 'autoRecharge' }],
  ['amount', { amount: 50_000_001n }],
  ['balance', { balanceAfter: 0n }],
  ['person', { by: { id: 'admin-2', name: ENTRY.by.name } }],
  ['name', { by: { id: 'admin-1', name: 'Ada' } }],
  ['reference', { reference: 'p2' }],
  ['calls', { digest: digestOf([call(1n)]) }],
  ['entry before', { previous: '1'.repeat(64) }],
];

test.each(CHANGES)('a changed %s is detected', (_, change) => {
  expect(hashEntry(TENANT, { ...ENTRY, ...change })).not.toBe(hashEntry(TENANT, ENTRY));
});

test('an entry of another tenant does not fit in', () => {
  expect(hashEntry('tenant-two', ENTRY)).not.toBe(hashEntry(TENANT, ENTRY));
});

test('fields can not be shifted into one another', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.nat(), (text, at) => {
      const cut = at % text.length;
      const of = (name: string, reference: string) =>
        hashEntry(TENANT, { ...ENTRY, by: { id: 'x', name }, reference });
      expect(of(text.slice(0, cut), text.slice(cut))).not.toBe(of(text, ''));
    }),
  );
});

test('the digest of an entry without calls is empty, and a changed charge changes it', () => {
  const one = call(1n);
  expect(digestOf([])).toBe('');
  expect(digestOf([one])).not.toBe(digestOf([{ ...one, charge: 2n }]));
});
