import fc from 'fast-check';
import { detailsDigestOf, digestOf, hashEntry } from '../../../src/billing/ledger/chain.js';
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
  expect(digestOf([{ ...one, details: {} }], 'entry-v1')).toBe(
    '54a692b3980e17667f1e0f78806d420de99ba5e604ca6fcef812c9bd0044400b',
  );
});

test('so is that of the second format, with lot, card and reason', () => {
  const entry: Omit<Entry, 'hash'> = {
    ...ENTRY,
    format: 'entry-v2',
    lot: 1n,
    method: { brand: 'Visa', last4: '4242' },
    reason: 'goodwill',
  };
  const bare: Omit<Entry, 'hash'> = { ...ENTRY, format: 'entry-v2' };
  expect(hashEntry(TENANT, entry)).toBe('28df969e00e2d01bdd846a5c0246e42febbf8561a68d2f7c98af3162c9b08d72');
  expect(hashEntry(TENANT, bare)).toBe('8d3314c1fab0dce130a5d03c19947b38a8cc3a5ae2c4cf5290a1885626baa847');
});

test('so is that of charged calls, in which the details are as their digest', () => {
  const one = call(1_001_000n, { id: 'a', details: { userDisplayName: 'Ana', callType: 'x' } });
  const digest = digestOf([one], 'entry-v2');
  expect(digest).toBe('02635018eeb8e91afc16ea6535d0957343beccef023d55dceb4d7defb0201b9a');
  const removed = { ...one, details: {}, detailsDigest: detailsDigestOf(one.details) };
  expect(digestOf([removed], 'entry-v2')).toBe(digest);
});

test('the details have the same digest in whatever order the store gives them back', () => {
  expect(detailsDigestOf({ a: '1', b: '2' })).toBe(detailsDigestOf({ b: '2', a: '1' }));
  expect(detailsDigestOf({ a: '1', b: '2' })).not.toBe(detailsDigestOf({ a: '2', b: '1' }));
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
  ['calls', { digest: digestOf([call(1n)], 'entry-v2') }],
  ['entry before', { previous: '1'.repeat(64) }],
];

test.each(CHANGES)('a changed %s is detected', (_, change) => {
  expect(hashEntry(TENANT, { ...ENTRY, ...change })).not.toBe(hashEntry(TENANT, ENTRY));
});

const CHANGES_OF_THE_SECOND: readonly (readonly [string, Partial<Entry>])[] = [
  ...CHANGES,
  ['lot', { lot: 1n }],
  ['card', { method: { brand: 'Visa', last4: '4242' } }],
  ['reason', { reason: '' }],
  ['format', { format: 'entry-v1' }],
];

test.each(CHANGES_OF_THE_SECOND)('a changed %s of the second format is detected', (_, change) => {
  const entry: Omit<Entry, 'hash'> = { ...ENTRY, format: 'entry-v2' };
  expect(hashEntry(TENANT, { ...entry, ...change })).not.toBe(hashEntry(TENANT, entry));
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
  expect(digestOf([], 'entry-v2')).toBe('');
  expect(digestOf([one], 'entry-v2')).not.toBe(digestOf([{ ...one, charge: 2n }], 'entry-v2'));
});
