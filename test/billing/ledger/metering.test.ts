import fc from 'fast-check';
import { chargeUsage } from '../../../src/billing/ledger/commands/charge-usage.js';
import { type DayTotals, type StoredCall } from '../../../src/billing/ledger/model.js';
import { rowKeys, rowOf, type World } from '../../../src/billing/ledger/world.js';
import { setMetering } from '../../../src/billing/ledger/commands/set-metering.js';
import { meter } from '../../../src/billing/ledger/metering.js';
import { ADMIN, START, usd } from '../../support/billing.js';
import { accept, bought, worldOf } from '../../support/world.js';

const CONNECTED = '2026-11-10T00:00:00.000Z';
const BEFORE = '2026-11-09T23:59:59.999Z';

function call(id: string, charge: number, start: string): StoredCall {
  const rest = { connectionCharge: 0n, durationSeconds: 60, source: 'graph' as const, details: {} };
  return { type: 'call', id, charge: usd(charge), start, ...rest };
}

function connected(from = CONNECTED, world = worldOf()): World {
  return accept(setMetering(world, { from, by: ADMIN }, START));
}

/** A delivery, with the days of everything that is stored at hand. */
function delivered(world: World, calls: readonly StoredCall[]): World {
  const storedStarts = storedCalls(world).map(({ start }) => start);
  return accept(chargeUsage(world, { reference: 'r', calls, storedStarts, lowBalance: 0n }, START));
}

function storedCalls(world: World): readonly StoredCall[] {
  return [...world.rows.values()].filter((row) => row.type === 'call');
}

function dayOf(world: World, date: string): DayTotals | undefined {
  return rowOf(world, 'day', rowKeys.day(date));
}

test('without a start of metering every call is charged', () => {
  expect(delivered(worldOf(), [call('a', 1, BEFORE)]).account.balance).toBe(usd(-1));
});

test('a call is charged from the chosen moment on, and not a millisecond before', () => {
  const world = delivered(connected(), [call('a', 1, BEFORE), call('b', 2, CONNECTED)]);
  expect(world.account.balance).toBe(usd(-2));
  expect(world.entries).toMatchObject([{ kind: 'usage', calls: ['b'] }]);
});

test('calls before it are kept and shown, beside the spend of their day', () => {
  const world = delivered(connected(), [call('a', 1, BEFORE), call('b', 2, BEFORE)]);
  expect(world.rows.get(rowKeys.call('a'))).toMatchObject({ unmetered: true, charge: usd(1) });
  expect(dayOf(world, '2026-11-09')).toMatchObject({
    spend: 0n,
    calls: 0,
    unmetered: { spend: usd(3), calls: 2 },
  });
  expect(world).toMatchObject({ entries: [], account: { balance: 0n, days: [], nextSequence: 1n } });
});

test('connecting a tenant with a rule of auto-recharge starts no recharge for its past', () => {
  const method = { id: 'sandbox-succeeds', brand: 'Visa', last4: '4242' };
  const rule = {
    enabled: true,
    trigger: usd(20),
    amount: usd(50),
    monthCap: usd(500),
    method,
    setBy: ADMIN,
    setAt: START,
  };
  const past = [call('a', 90, BEFORE)];
  const world = connected(CONNECTED, bought(worldOf({ rule }), usd(30)));
  expect(delivered(world, past).account).toMatchObject({ balance: usd(30), openPayments: [] });
  expect(delivered(world, [call('b', 15, CONNECTED)]).account.openPayments).toHaveLength(1);
});

test('the same record again changes nothing, and a changed one is kept as it is now', () => {
  const first = delivered(connected(), [call('a', 1, BEFORE)]);
  expect(delivered(first, [call('a', 1, BEFORE)])).toBe(first);
  const changed = delivered(first, [call('a', 4, '2026-11-08T10:00:00.000Z')]);
  expect(dayOf(changed, '2026-11-09')?.unmetered).toEqual({ spend: 0n, calls: 0 });
  expect(dayOf(changed, '2026-11-08')?.unmetered).toEqual({ spend: usd(4), calls: 1 });
  expect(changed.account.balance).toBe(0n);
  const moved = delivered(first, [call('a', 1, '2026-11-08T10:00:00.000Z')]);
  expect(dayOf(moved, '2026-11-08')?.unmetered).toEqual({ spend: usd(1), calls: 1 });
});

test('another source changes nothing of a call that was kept', () => {
  const first = delivered(connected(), [call('a', 1, BEFORE)]);
  expect(delivered(first, [{ ...call('a', 7, BEFORE), source: 'http' }])).toBe(first);
});

test('a record that comes twice in one delivery counts as it comes last', () => {
  const world = delivered(connected(), [call('a', 1, BEFORE), call('a', 3, BEFORE)]);
  expect(dayOf(world, '2026-11-09')?.unmetered).toEqual({ spend: usd(3), calls: 1 });
});

test('a record that comes twice in one delivery is on the side where it starts at last', () => {
  const [past, now] = [call('a', 1, BEFORE), call('a', 2, CONNECTED)];
  const charged = delivered(connected(), [past, now]);
  expect(charged.account.balance).toBe(usd(-2));
  expect(dayOf(charged, '2026-11-09')).toBeUndefined();
  const kept = delivered(connected(), [now, past]);
  expect(kept.account.balance).toBe(0n);
  expect(dayOf(kept, '2026-11-09')?.unmetered).toEqual({ spend: usd(1), calls: 1 });
});

test('records that say nothing new are counted in the receipt', () => {
  const calls = [call('a', 1, BEFORE), call('b', 2, BEFORE), call('c', 3, CONNECTED)];
  const world = delivered(connected(), calls);
  const batch = { reference: 'r', calls, lowBalance: 0n };
  expect(chargeUsage(world, batch, START)).toMatchObject({ answer: { unchanged: 3, keptCount: 0 } });
});

test('a call that was charged stays charged and is corrected, when the start is moved behind it', () => {
  const charged = delivered(connected(), [call('a', 2, CONNECTED)]);
  const moved = connected('2026-11-15T00:00:00.000Z', charged);
  expect(delivered(moved, [call('a', 5, CONNECTED)]).account.balance).toBe(usd(-5));
});

test('a call that was kept leaves the unmetered ones when the start is moved back and it comes again', () => {
  const kept = delivered(connected(), [call('a', 2, BEFORE), call('b', 3, BEFORE)]);
  const moved = connected('2026-11-01T00:00:00.000Z', kept);
  const world = delivered(moved, [call('a', 2, BEFORE)]);
  const left = { spend: usd(3), calls: 1 };
  expect(dayOf(world, '2026-11-09')).toMatchObject({ spend: usd(2), calls: 1, unmetered: left });
  expect(world.account).toMatchObject({ balance: usd(-2), usage: { unmetered: left } });
  expect(world.rows.get(rowKeys.call('a'))).not.toHaveProperty('unmetered');
  expect(world.entries).toMatchObject([{ kind: 'usage', calls: ['a'], amount: usd(-2) }]);
});

const anyCall = fc.record({ id: fc.constantFrom('a', 'b', 'c'), charge: fc.nat(9), hours: fc.nat(48) });

test('law: the ledger holds the charges of metered calls, the days those of the others, and none is lost', () => {
  fc.assert(
    fc.property(fc.array(fc.array(anyCall, { maxLength: 4 }), { maxLength: 6 }), (deliveries) => {
      const start = Date.parse(CONNECTED) - 24 * 3_600_000;
      const startOf = (id: string, hours: number) =>
        new Date(start + (hours + id.charCodeAt(0)) * 3_600_000).toISOString();
      // A record keeps its start, or moves within its own side of the start of metering.
      const sides = new Map<string, boolean>();
      let world = connected();
      const last = new Map<string, StoredCall>();
      for (const delivery of deliveries) {
        const calls = delivery
          .map(({ id, charge, hours }) => call(id, charge, startOf(id, hours - 97)))
          .filter(({ id, start: at }) => (sides.get(id) ?? at >= CONNECTED) === at >= CONNECTED);
        for (const one of calls) {
          sides.set(one.id, one.start >= CONNECTED);
          last.set(one.id, one);
        }
        const seen = calls.filter((one, index) => calls.findLastIndex(({ id }) => id === one.id) === index);
        world = delivered(world, seen);
      }
      const all = [...last.values()];
      const sum = (calls: readonly StoredCall[]) => calls.reduce((total, one) => total + one.charge, 0n);
      const rows = [...world.rows.values()].filter((row) => row.type === 'day');
      const unmetered = rows.reduce((total, day) => total + (day.unmetered?.spend ?? 0n), 0n);
      expect(world.account.balance).toBe(-sum(all.filter((one) => one.start >= CONNECTED)));
      expect(unmetered).toBe(sum(all.filter((one) => one.start < CONNECTED)));
      expect(world.account.usage.unmetered?.spend ?? 0n).toBe(unmetered);
      const stored = storedCalls(world);
      expect(stored.every((row) => (row.unmetered === true) === row.start < CONNECTED)).toBe(true);
      expect(stored).toHaveLength(all.length);
    }),
  );
});

test('how far the calls are known is told by those that are kept too', () => {
  const world = delivered(connected(), [call('a', 1, BEFORE)]);
  expect(world.account.usage).toMatchObject({ knownUntil: BEFORE, receivedAt: START });
  const [older, oldest] = ['2026-11-08T10:00:00.000Z', '2026-11-07T10:00:00.000Z'];
  const two = delivered(connected(), [call('b', 1, older), call('c', 1, oldest)]);
  expect(two.account.usage.knownUntil).toBe(older);
  expect(delivered(world, [call('b', 1, older)]).account.usage.knownUntil).toBe(BEFORE);
});

test('a kept call that was counted on a day that was not read is left for a batch that reads it', () => {
  const kept = delivered(connected(), [call('a', 1, BEFORE)]);
  const batch = { reference: 'r', calls: [call('a', 2, '2026-11-08T10:00:00.000Z')], lowBalance: 0n };
  const decision = chargeUsage(kept, batch, START);
  expect(decision).toMatchObject({ world: kept, answer: { moved: [{ id: 'a', storedStart: BEFORE }] } });
});

test('a kept call that is metered by now is left too, where the day that it was counted on was not read', () => {
  const moved = connected('2026-11-01T00:00:00.000Z', delivered(connected(), [call('a', 1, BEFORE)]));
  const batch = { reference: 'r', calls: [call('a', 2, '2026-11-08T10:00:00.000Z')], lowBalance: 0n };
  const decision = chargeUsage(moved, batch, START);
  expect(decision).toMatchObject({ world: moved, answer: { moved: [{ id: 'a', storedStart: BEFORE }] } });
});

test('a kept call of several days is left where only some of the days were read', () => {
  const kept = delivered(connected(), [call('a', 1, BEFORE), call('b', 1, '2026-11-08T10:00:00.000Z')]);
  const calls = [call('a', 2, BEFORE), call('b', 2, BEFORE)];
  const decision = chargeUsage(kept, { reference: 'r', calls, lowBalance: 0n }, START);
  expect(decision).toMatchObject({ answer: { moved: [{ id: 'b' }], keptCount: 1 } });
  expect(dayOf(accept(decision), '2026-11-08')?.unmetered).toEqual({ spend: usd(1), calls: 1 });
});

test('a record that an admin decided to charge is charged, whenever it was', () => {
  const kept = delivered(connected(), [call('a', 1, BEFORE)]);
  const batch = { reference: 'r', calls: [call('a', 2, BEFORE)], lowBalance: 0n, by: ADMIN };
  const { account } = accept(chargeUsage(kept, batch, START));
  expect(account).toMatchObject({ balance: usd(-2), usage: { unmetered: { spend: 0n, calls: 0 } } });
});

test('a kept call is told from a charged one by its mark alone', () => {
  const kept: StoredCall = { ...call('a', 1, BEFORE), unmetered: true };
  const metering = { from: CONNECTED, setBy: ADMIN, setAt: START };
  expect(meter(call('a', 1, BEFORE), kept, metering)).toBe('unchanged');
  expect(meter(call('a', 1, BEFORE), call('a', 1, BEFORE), metering)).toBe('charge');
});
