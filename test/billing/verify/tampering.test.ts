/** Who changes rows behind the program's back is found out: by the other rows, or by a head that was noted outside. */
import { hashEntry } from '../../../src/billing/ledger/chain.js';
import type { Entry } from '../../../src/billing/ledger/model.js';
import { ACCOUNT_KEY, rowKeys } from '../../../src/billing/ledger/world.js';
import { money } from '../../../src/billing/money.js';
import { fromColumns, toColumns } from '../../../src/billing/rows/columns.js';
import { entrySchema } from '../../../src/billing/rows/schemas.js';
import type { Values } from '../../../src/billing/storage/table.js';
import type { NotedHead } from '../../../src/billing/verify/finding.js';
import { ADMIN, START, TENANT, usd } from '../../support/billing.js';
import { graphRow } from '../../support/graph-rows.js';
import { differencesOf, reportsOf, verifiedBilling, type VerifiedBilling } from '../../support/verified.js';
import { CARD } from '../../support/world.js';

let program: VerifiedBilling;
/** Of the last entry, as an operator noted it. */
let noted: NotedHead;
/** Entries: 1 and 2 top-ups, 3 usage, 4 a correction, 5 usage. */
const LAST = 5n;

beforeEach(async () => {
  program = verifiedBilling();
  await topUp('p1', 50);
  program.clock.pass({ hours: 1 });
  await topUp('p2', 20);
  await use(graphRow(3, { id: 'a', userDisplayName: 'Ana' }), graphRow(4, { id: 'b' }));
  await use(graphRow(2.5, { id: 'a' }));
  await use(graphRow(1, { id: 'c', startDateTime: '2026-11-16T08:00:00Z' }));
  noted = { tenant: TENANT, sequence: LAST, hash: (await entry(LAST)).hash };
  expect(await differencesOf(program.tables, [noted])).toEqual([]);
});

async function topUp(paymentId: string, amount: number): Promise<void> {
  const request = { paymentId, mintedAt: START, amount: money(usd(amount), 'USD'), method: CARD, by: ADMIN };
  await program.billing.requestTopUp(TENANT, { ...request, mintedAt: program.clock.now() });
  await program.billing.paymentWithin(TENANT, paymentId, 5_000);
}

async function use(...rows: readonly unknown[]): Promise<void> {
  await program.billing.intake.take(TENANT, rows, 'http');
}

const ledger = () => program.tables.ledger;

async function values(key: string): Promise<Values> {
  return (await ledger().get(TENANT, key))!.values;
}

async function edit(key: string, change: Values): Promise<void> {
  await ledger().commit(TENANT, [{ kind: 'put', key, values: { ...(await values(key)), ...change } }]);
}

async function remove(...keys: readonly string[]): Promise<void> {
  await ledger().commit(
    TENANT,
    keys.map((key) => ({ kind: 'delete', key })),
  );
}

async function entry(sequence: bigint): Promise<Entry> {
  const key = rowKeys.entry(sequence);
  return fromColumns(entrySchema, key, await values(key));
}

async function write(...entries: readonly Entry[]): Promise<void> {
  await ledger().commit(
    TENANT,
    entries.map((one) => ({ kind: 'put', key: rowKeys.entry(one.sequence), values: toColumns(one) })),
  );
}

/** Seals entries anew, one on top of the other, and makes the account point at the last: the chain is whole again. */
async function rechain(entries: readonly Entry[], previous: string): Promise<void> {
  const sealed: Entry[] = [];
  for (const one of entries) {
    const next = { ...one, previous: sealed.at(-1)?.hash ?? previous };
    sealed.push({ ...next, hash: hashEntry(TENANT, next) });
  }
  await write(...sealed);
  await edit(ACCOUNT_KEY, { head: sealed.at(-1)!.hash });
}

async function found(heads: readonly NotedHead[] = []): Promise<string> {
  return (await differencesOf(program.tables, heads)).join('\n');
}

test('what was looked at is counted', async () => {
  const [report] = await reportsOf(program.tables);
  expect(report?.counts).toEqual({
    entries: 5,
    lots: 2,
    calls: 3,
    payments: 2,
    callsNotKept: 0,
    underWay: 0,
    attested: 0,
  });
});

describe('with a head that was noted outside', () => {
  const notedHash = /^entry 5: its hash, noted outside, is/mu;

  test('an edited entry is found', async () => {
    await write({ ...(await entry(2n)), by: { id: 'admin-2', name: 'Somebody else' } });
    expect(await found([noted])).toMatch(/^entry 2: its hash is/mu);
  });

  test('an edited entry whose chain was sealed anew is found', async () => {
    const all = [await entry(2n), await entry(3n), await entry(4n), await entry(5n)];
    const changed = all.map((one) => ({ ...one, by: { id: 'admin-2', name: 'Somebody else' } }));
    await rechain(changed, (await entry(1n)).hash);
    // Without the head all would be well: that is what it is for.
    expect(await found()).toBe('');
    expect(await found([noted])).toMatch(notedHash);
  });

  test('a removed entry is found', async () => {
    await remove(rowKeys.entry(3n));
    expect(await found([noted])).toMatch(/^entry 4: its sequence is 4, and should be 3$/mu);
  });

  test('a removed entry whose chain was closed again is found', async () => {
    const last = await entry(5n);
    await remove(rowKeys.entry(5n));
    await rechain([{ ...last, sequence: 4n }], (await entry(3n)).hash);
    await edit(ACCOUNT_KEY, { nextSequence: 5n });
    expect(await found([noted])).toMatch(/^entry 5: it was noted outside, and is not there$/mu);
  });

  test('two entries that changed places are found', async () => {
    const [first, second] = [await entry(1n), await entry(2n)];
    await write({ ...second, sequence: 1n }, { ...first, sequence: 2n });
    expect(await found([noted])).toMatch(/^entry 1: its hash is/mu);
  });

  test('two entries that changed places in a chain sealed anew are found', async () => {
    const all = [await entry(4n), await entry(3n), await entry(5n)];
    await rechain(
      all.map((one, index) => ({ ...one, sequence: BigInt(index) + 3n })),
      (await entry(2n)).hash,
    );
    expect(await found([noted])).toMatch(notedHash);
  });

  test('a ledger that lost its end is found', async () => {
    await remove(rowKeys.entry(5n), 'call:c', 'day:2026-11-16');
    const { hash, balanceAfter } = await entry(4n);
    const { pointer } = await program.billing.reader.account(TENANT);
    const days = JSON.stringify([{ date: '2026-11-17', spend: { $n: '6500000' }, calls: 2 }]);
    await edit(ACCOUNT_KEY, {
      nextSequence: 5n,
      head: hash,
      balance: balanceAfter,
      pointer: pointer - usd(1),
      days,
    });
    expect(await found()).toBe('');
    expect(await found([noted])).toBe('entry 5: it was noted outside, and is not there');
  });

  test('an account that is gone is found', async () => {
    await remove(ACCOUNT_KEY);
    expect(await found([noted])).toBe('account: it has no row');
  });
});

describe('without one', () => {
  const LISTED = JSON.stringify([{ date: '2026-11-16', spend: { $n: '5' }, calls: 1 }]);
  const CHANGES: readonly (readonly [what: string, key: string, change: Values, says: RegExp])[] = [
    ['a balance', ACCOUNT_KEY, { balance: usd(1_000) }, /^account: the balance is/mu],
    ['the credit line', ACCOUNT_KEY, { pointer: 0n }, /^account: its credit line is/mu],
    ['the head', ACCOUNT_KEY, { head: '0'.repeat(64) }, /^account: the head of the chain is/mu],
    ['the next sequence', ACCOUNT_KEY, { nextSequence: 5n }, /comes after the last entry/u],
    ['a listed day', ACCOUNT_KEY, { days: LISTED }, /^account: it lists day 2026-11-16 otherwise/mu],
    ['the listed lots', ACCOUNT_KEY, { lots: '[]' }, /^account: it does not list lot 1/mu],
    ['the open payments', ACCOUNT_KEY, { openRefunds: '["p1"]' }, /list of refunds under way/u],
    [
      'the cap counters',
      ACCOUNT_KEY,
      { rechargeCount: 1n },
      /count of auto-recharges is 1, and should be 0/u,
    ],
    ["a lot's end", rowKeys.lot(1n), { end: usd(60) }, /^lot 1: its end is/mu],
    ["a lot's expiry", rowKeys.lot(1n), { expiresAt: '2036-01-01T00:00:00.000Z' }, /^lot 1: its expiry is/mu],
    ["a call's charge", 'call:b', { charge: usd(3) }, /^entry 3: the digest of its calls is/mu],
    [
      "a call's start",
      'call:b',
      { start: '2026-11-16T08:00:00.000Z' },
      /^entry 3: the digest of its calls/mu,
    ],
    ["a call's details", 'call:b', { details: '{}' }, /^entry 3: the digest of its calls is/mu],
    ["a call's entry", 'call:b', { entry: 5n }, /^entry 3: it lists call b, which does not know it$/mu],
    ['what was charged before', 'call:a', { earlier: '[]' }, /^entry 3: it lists call a/mu],
    [
      "a day's spend",
      'day:2026-11-16',
      { spend: 0n },
      /^day 2026-11-16: its spend is 0, and should be 1000000$/mu,
    ],
    ["a payment's amount", 'payment:p1', { amount: usd(5) }, /^payment p1: its amount is/mu],
    ["a payment's outcome", 'payment:p1', { status: 'declined' }, /^payment p1: how often it was credited/mu],
    ["an entry's calls", rowKeys.entry(5n), { calls: '["b"]' }, /^entry 5: it lists call b/mu],
    ['what can be read', rowKeys.lot(1n), { start: 'x' }, /can't be read/u],
  ];

  test.each(CHANGES)('a change to %s is found', async (...[, key, change, says]) => {
    await edit(key, change);
    expect(await found()).toMatch(says);
  });

  test.each([
    ['a lot', rowKeys.lot(1n), /^lot 1: entry 1 opened it, and it has no row$/mu],
    ['a call', 'call:b', /^entry 3: it lists call b, which does not know it$/mu],
    ['a payment', 'payment:p1', /^payment p1: entries name it, and it has no row$/mu],
    ['a day', 'day:2026-11-16', /^day 2026-11-16: its spend is/mu],
  ])('%s that was removed is found', async (_, key, says) => {
    await remove(key);
    expect(await found()).toMatch(says);
  });

  test('a call that no entry charged is found', async () => {
    const free = { ...(await values('call:b')), id: 'z', charge: 0n };
    await ledger().commit(TENANT, [{ kind: 'insert', key: 'call:z', values: free }]);
    expect(await found()).toContain('call z: it was charged 1 times, and entries list 0 of them');
  });

  test('a role that the account lists otherwise than the member’s row is found', async () => {
    await program.billing.setRole(TENANT, { id: 'bob', name: 'Bob', role: 'admin', by: ADMIN });
    expect(await found()).toBe('');
    await edit(ACCOUNT_KEY, { roles: JSON.stringify({ admins: ['bob', 'eve'], viewers: [] }) });
    expect(await found()).toBe('account: its count of listed roles is 2, and should be 1');
    await edit(ACCOUNT_KEY, { roles: JSON.stringify({ admins: [], viewers: ['bob'] }) });
    expect(await found()).toBe('member bob: its listed role is viewer, and should be admin');
  });

  test('a row under the key of another is found', async () => {
    await edit('call:b', { id: 'c' });
    expect(await found()).toContain('call:b: the row says that it is call:c');
  });
});

describe("compared with the processor's own record", () => {
  const charge = async (paymentId: string, change: Values): Promise<void> => {
    const { sandbox } = program.tables;
    const key = `charge:${paymentId}`;
    const known = (await sandbox.get(TENANT, key)) ?? (await sandbox.get(TENANT, 'charge:p1'));
    const values = { ...known!.values, paymentId, ...change };
    await sandbox.commit(TENANT, [{ kind: 'put', key, values }]);
  };

  test('a charge without a payment is found', async () => {
    await charge('p9', {});
    expect(await found()).toBe('payment p9: the processor charged it, and it has no row');
  });

  test('a payment that was charged twice is found', async () => {
    await charge('p1', { timesCharged: 2n });
    expect(await found()).toBe('payment p1: the processor charged it 2 times');
  });

  test('a credit that was never charged is found', async () => {
    await charge('p1', { state: 'declined', timesCharged: 0n });
    expect(await found()).toBe('payment p1: whether the processor charged it is false, and should be true');
  });

  test('another amount, and a refund that the ledger does not know, are found', async () => {
    await charge('p1', { micros: usd(60) });
    await charge('p2', { refunds: JSON.stringify([{ id: 'r', micros: '20000000' }]) });
    expect(await found()).toBe(
      'payment p1: its amount is 50000000, and should be 60000000\n' +
        'payment p2: what the processor gave back is 20000000, and should be 0',
    );
  });
});
