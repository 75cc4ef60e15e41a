import { readFileSync } from 'node:fs';
import { BUSY_DAY_TOTAL, busyDay } from '../../scripts/usage/busy-day.js';
import { generateRows } from '../../scripts/usage/generate.js';
import { pageText } from '../../scripts/usage/graph-row.js';
import { readGraphRow } from '../../src/billing/usage/call-record.js';

const OPTIONS = { count: 5000, days: 30, seed: 1, end: new Date('2026-11-22T00:00:00Z'), currency: 'USD' };
const rows = generateRows(OPTIONS);

/** In file order, as an account in dollars takes it: what each charged row costs. */
function charges(page: readonly unknown[]): readonly bigint[] {
  return page.flatMap((row) => {
    const verdict = readGraphRow(row, 'USD');
    return verdict.kind === 'charge' ? [verdict.record.charge] : [];
  });
}

describe('generated call records', () => {
  it('are the same bytes for the same seed, and others for another seed or end', () => {
    expect(pageText(generateRows(OPTIONS))).toBe(pageText(rows));
    const ids = new Set(rows.map((row) => row.id));
    const others = [{ seed: 2 }, { end: new Date('2026-11-23T00:00:00Z') }].map((change) =>
      generateRows({ ...OPTIONS, count: 100, ...change }),
    );
    expect(others.flat().filter((row) => ids.has(row.id))).toEqual([]);
  });

  it('stay the same from one version of Node to the next', () => {
    expect(rows[0]).toMatchObject({
      id: 'd13e30ce-aae9-4ad4-a385-fcfbfe804be0',
      callId: '3351069473_221582633@192.0.2.181',
      startDateTime: '2026-10-23T00:06:11.3714916Z',
      duration: 142,
      charge: 0.066,
    });
  });

  it('are as many as asked for', () => {
    expect(rows).toHaveLength(5000);
    expect(generateRows({ ...OPTIONS, count: 1 })).toHaveLength(1);
  });

  it('are all readable: charged or skipped, none quarantined', () => {
    const kinds = new Set(rows.map((row) => readGraphRow(row, 'USD').kind));
    expect([...kinds].sort()).toEqual(['charge', 'skip']);
  });

  it('lie within the period, from start to end', () => {
    for (const { startDateTime, endDateTime } of rows) {
      expect(startDateTime >= '2026-10-23' && startDateTime <= endDateTime).toBe(true);
      expect(endDateTime < '2026-11-22T00:00:00.0000001Z').toBe(true);
    }
  });

  it('are toll-free in about 30 of 100 cases', () => {
    const share = rows.filter((row) => row.inventoryType === 'TollFree').length / rows.length;
    expect(share).toBeGreaterThan(0.27);
    expect(share).toBeLessThan(0.33);
  });

  it('go to few destinations most of the time', () => {
    const calls = rows.filter((row) => row.destinationContext === 'International');
    const count = (name: string) => calls.filter((row) => row.destinationName === name).length;
    expect(count('United Kingdom') / count('Germany')).toBeCloseTo(2, 0);
    expect(count('United Kingdom') / calls.length).toBeGreaterThan(0.3);
    expect(count('Dominican Republic')).toBeGreaterThan(0);
  });

  it('are made in working hours', () => {
    const weekend = rows.filter((row) => new Date(row.startDateTime).getUTCDay() % 6 === 0);
    expect(weekend.length / rows.length).toBeLessThan(0.1);
    const london = rows.filter((row) => row.userDisplayName === 'Kim Park');
    const hours = london.map((row) => new Date(row.startDateTime).getUTCHours());
    expect(hours.filter((hour) => hour >= 8 && hour < 18).length / hours.length).toBeGreaterThan(0.9);
  });

  it('hold corrections: the same id later, with another charge', () => {
    const first = new Map<string, (typeof rows)[number]>();
    const corrections = rows.filter((row) => {
      const before = first.get(row.id);
      first.set(row.id, before ?? row);
      return before !== undefined;
    });
    expect(corrections).toHaveLength(100);
    for (const row of corrections) expect(row.charge).not.toBe(first.get(row.id)?.charge);
  });

  it('hold late ones: they arrive long after others that started later', () => {
    const late = rows.filter((row, index) => {
      const before = rows[index - 1];
      return before !== undefined && row.startDateTime < before.startDateTime;
    });
    expect(late.length).toBeGreaterThan(100);
  });
});

describe('the busy day', () => {
  const file = readFileSync('samples/busy-day.json', 'utf8');

  it('is the file in samples', () => {
    expect(file).toBe(pageText(busyDay()));
  });

  it('holds 130 charges of 60 dollars in all and 30 calls that other licences pay', () => {
    const costs = charges(busyDay());
    expect(costs.reduce((sum, cost) => sum + cost, 0n)).toBe(BUSY_DAY_TOTAL);
    expect(BUSY_DAY_TOTAL).toBe(60_000_000n);
    expect([costs.length, busyDay().length]).toEqual([130, 160]);
    expect(new Set(busyDay().map((row) => row.id)).size).toBe(160);
  });

  it('takes a top-up of 50 below 20 at the 63rd charge and below zero at the 107th', () => {
    let balance = 50_000_000n;
    const after = charges(busyDay()).map((cost) => (balance -= cost));
    expect(after.findIndex((left) => left < 20_000_000n)).toBe(62);
    expect(after.findIndex((left) => left < 0n)).toBe(106);
    expect(balance).toBe(-10_000_000n);
  });
});
