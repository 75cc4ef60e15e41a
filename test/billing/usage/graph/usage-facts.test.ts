import fc from 'fast-check';
import { after, daysBefore } from '../../../../src/billing/ledger/calendar.js';
import type { DaySpend } from '../../../../src/billing/ledger/model.js';
import {
  afterSlice,
  afterTrouble,
  collectedOf,
  nextStep,
  NOTHING_ASKED,
  type Checkpoint,
} from '../../../../src/billing/usage/graph/plan.js';
import {
  unreportedSpend,
  usageFacts,
  type UsageOf,
} from '../../../../src/billing/usage/graph/usage-facts.js';
import { ADMIN, START, usd } from '../../../support/billing.js';

const TODAY = START.slice(0, 10);

/** Spend of the days before today, the newest first. */
function accountOf(spends: readonly number[], knownUntil = START, timeZone = 'UTC'): UsageOf {
  const days = spends.map((spend, index): DaySpend => {
    return { date: daysBefore(TODAY, index + 1), spend: usd(spend), calls: 1 };
  });
  return { days: days.filter(({ spend }) => spend > 0n), timeZone, usage: { openIssues: 0, knownUntil } };
}

function rangeOf(spends: readonly number[], knownUntil: string) {
  return unreportedSpend(accountOf(spends, knownUntil), knownUntil, START);
}

/** 28 days of one to 28, the newest first, behind two days that are not known. */
const EVERY = [0, 0, ...Array.from({ length: 28 }, (_, index) => index + 1)];

test('a missing day costs between the 10th and the 90th percentile of the last four weeks', () => {
  // Known to the end of the 14th: the 15th and 16th are missing as a whole, the 17th in part.
  const range = rangeOf(EVERY, '2026-11-14T23:59:59.000Z');
  // The 14th itself cost 2 of the 26 that its day may cost; of the 27 days before it the 3rd and the 25th are taken.
  expect(range).toEqual({ low: usd(2 * 4), high: usd(26 - 1 + 3 * 26) });
});

test('the part of a day that is left may add nothing, and at most what its usual spend leaves', () => {
  const today = { date: TODAY, spend: usd(4), calls: 1 };
  const account = accountOf(Array.from({ length: 28 }, () => 10));
  const known = { ...account, days: [today, ...account.days] };
  expect(unreportedSpend(known, '2026-11-17T08:00:00.000Z', START)).toEqual({ low: 0n, high: usd(6) });
  const much = { ...known, days: [{ ...today, spend: usd(40) }, ...account.days] };
  expect(unreportedSpend(much, '2026-11-17T08:00:00.000Z', START)).toEqual({ low: 0n, high: 0n });
});

test('days without a call count too: half a year of silence and one call promise nothing', () => {
  const spends = Array.from({ length: 28 }, (_, index) => (index === 27 ? 50 : 0));
  expect(rangeOf(spends, '2026-11-14T12:00:00.000Z')).toEqual({ low: 0n, high: 0n });
});

test('less than a week of known days gives no range, and neither does data that stood still for weeks', () => {
  expect(rangeOf([0, 1, 1, 1, 1, 1], '2026-11-15T12:00:00.000Z')).toBeUndefined();
  expect(rangeOf(EVERY, '2026-10-30T12:00:00.000Z')).toBeUndefined();
  expect(rangeOf([], '2026-11-15T12:00:00.000Z')).toBeUndefined();
});

test('days are those of the account: shortly after midnight in Rome the day before is over', () => {
  const spends = Array.from({ length: 28 }, () => 10);
  const known = '2026-11-16T23:30:00.000Z';
  const rome = accountOf(spends, known, 'Europe/Rome');
  expect(unreportedSpend(rome, known, '2026-11-16T23:45:00.000Z')).toEqual({ low: 0n, high: usd(10) });
  const utc = accountOf(spends, known);
  expect(unreportedSpend(utc, known, '2026-11-16T23:45:00.000Z')).toEqual({ low: 0n, high: 0n });
});

test('law: the range never ends below its start, and never shrinks while nothing new is known', () => {
  const spends = fc.array(fc.nat(500), { minLength: 12, maxLength: 60 });
  fc.assert(
    fc.property(spends, fc.nat(200), fc.nat(100), (daily, hours, more) => {
      const known = '2026-11-10T12:00:00.000Z';
      const account = accountOf(daily, known);
      const range = unreportedSpend(account, known, after(known, { hours }));
      const later = unreportedSpend(account, known, after(known, { hours: hours + more }));
      if (range === undefined || later === undefined) return;
      expect(range.low <= range.high).toBe(true);
      expect(later.low >= range.low && later.high >= range.high).toBe(true);
    }),
  );
});

/** An account that is connected, and whose collecting stands there. */
function connected(account: UsageOf, checkpoint: Checkpoint): UsageOf {
  const graph = { connectedAt: START, by: ADMIN, collected: collectedOf(checkpoint) };
  return { ...account, usage: { ...account.usage, graph } };
}

function collected(days: number): Checkpoint {
  let checkpoint = NOTHING_ASKED;
  for (let slices = 0; slices < days; slices += 1) {
    const step = nextStep(checkpoint, START);
    if (step.kind === 'ask') checkpoint = afterSlice(checkpoint, step.slice, { at: START });
  }
  return checkpoint;
}

test('an account without any usage has no facts', () => {
  expect(usageFacts({ days: [], timeZone: 'UTC', usage: { openIssues: 0 } }, START)).toEqual({});
});

test('a quiet week is known although no call came: what is two days late at most would be here', () => {
  const account = accountOf([0, 0, 0, 0, 0, 7], '2026-11-11T12:00:00.000Z');
  const facts = usageFacts(connected(account, collected(90)), START);
  expect(facts).toMatchObject({ receivedAt: START, knownUntil: after(START, { hours: -48 }) });
  expect(facts).not.toHaveProperty('backFill');
});

test('a call of an hour ago is known, and how far it reaches', () => {
  const known = after(START, { hours: -1 });
  expect(usageFacts(connected(accountOf(EVERY, known), collected(90)), START).knownUntil).toBe(known);
});

test('while the first 90 days come in, it says how many have come', () => {
  expect(usageFacts(connected(accountOf([]), collected(12)), START).backFill).toEqual({ days: 12, of: 90 });
});

test('what keeps data from coming is part of the facts', () => {
  const checkpoint = afterTrouble(collected(90), 'consentMissing', START);
  expect(usageFacts(connected(accountOf([]), checkpoint), START).trouble).toMatchObject({
    reason: 'consentMissing',
  });
});
