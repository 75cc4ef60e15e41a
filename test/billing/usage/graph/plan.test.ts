import fc from 'fast-check';
import { after, dayOf, daysBefore } from '../../../../src/billing/ledger/calendar.js';
import {
  afterSlice,
  afterTrouble,
  BACK_FILL_DAYS,
  daysCollected,
  nextStep,
  NOTHING_ASKED,
  type Checkpoint,
  type Slice,
} from '../../../../src/billing/usage/graph/plan.js';
import { WINDOW_DAYS_MAX } from '../../../../src/billing/usage/graph/pstn-calls.js';
import { START } from '../../../support/billing.js';

interface Run {
  readonly checkpoint: Checkpoint;
  readonly slices: readonly Slice[];
  /** When there is something to do again. */
  readonly until: string;
}

/** Everything that is due at that moment, answered. */
function runAt(now: string, from: Checkpoint, refuse: (slice: Slice) => boolean = () => false): Run {
  let checkpoint = from;
  const slices: Slice[] = [];
  for (;;) {
    const step = nextStep(checkpoint, now);
    if (step.kind === 'wait') return { checkpoint, slices, until: step.until };
    slices.push(step.slice);
    const refused = refuse(step.slice) ? { refused: 'malformed' as const } : {};
    checkpoint = afterSlice(checkpoint, step.slice, { at: now, ...refused });
  }
}

function datesOf({ slices }: Pick<Run, 'slices'>): readonly string[] {
  return slices.map(({ window }) => window.from.slice(0, 10));
}

const TODAY = START.slice(0, 10);
const first = runAt(START, NOTHING_ASKED);

test('a tenant that is connected is asked for 90 days, each once: the last week first, then the older ones', () => {
  const dates = datesOf(first);
  expect(new Set(dates).size).toBe(BACK_FILL_DAYS);
  expect(dates).toHaveLength(BACK_FILL_DAYS);
  expect(dates.slice(0, 7)).toEqual([6, 5, 4, 3, 2, 1, 0].map((days) => daysBefore(TODAY, days)));
  expect([...dates].sort()[0]).toBe(daysBefore(TODAY, 89));
});

test('a slice is one UTC day, never more than Graph takes, and never in the future', () => {
  for (const { window } of first.slices) {
    const days = (Date.parse(window.to) - Date.parse(window.from)) / 86_400_000;
    expect(days).toBeLessThanOrEqual(1);
    expect(days).toBeLessThanOrEqual(WINDOW_DAYS_MAX);
    expect(window.to <= START).toBe(true);
  }
  expect(first.checkpoint).toMatchObject({ askedUntil: START, answeredAt: START });
});

test('every six hours the last week is asked for again, and nothing else', () => {
  expect(first.until).toBe(after(START, { hours: 6 }));
  const second = runAt(first.until, first.checkpoint);
  expect(datesOf(second)).toEqual([6, 5, 4, 3, 2, 1, 0].map((days) => daysBefore(TODAY, days)));
  expect(second.until).toBe(after(START, { hours: 12 }));
});

test('each of the last 30 days is asked for once a day at least, and older ones no more', () => {
  const asked: string[] = [];
  let { checkpoint, until } = first;
  while (until <= after(START, { hours: 24 })) {
    const run = runAt(until, checkpoint);
    asked.push(...datesOf(run));
    ({ checkpoint, until } = run);
  }
  const tomorrow = daysBefore(TODAY, -1);
  const month = Array.from({ length: 30 }, (_, days) => daysBefore(tomorrow, days));
  expect(month.filter((date) => !asked.includes(date))).toEqual([]);
  expect([...asked].sort()[0]! >= daysBefore(TODAY, 30)).toBe(true);
});

test('what was interrupted goes on where it stopped', () => {
  let checkpoint = NOTHING_ASKED;
  for (let slices = 0; slices < 50; slices += 1) {
    const step = nextStep(checkpoint, START);
    if (step.kind === 'ask') checkpoint = afterSlice(checkpoint, step.slice, { at: START });
  }
  expect(daysCollected(checkpoint)).toBe(50);
  const rest = runAt(START, checkpoint);
  expect(rest.slices).toHaveLength(40);
  expect(daysCollected(rest.checkpoint)).toBe(BACK_FILL_DAYS);
});

test('a long back-fill does not hold up the last week', () => {
  let checkpoint = NOTHING_ASKED;
  for (let slices = 0; slices < 40; slices += 1) {
    const step = nextStep(checkpoint, START);
    if (step.kind === 'ask') checkpoint = afterSlice(checkpoint, step.slice, { at: START });
  }
  const run = runAt(after(START, { hours: 6 }), checkpoint);
  expect(datesOf(run).slice(0, 7)).toEqual([6, 5, 4, 3, 2, 1, 0].map((days) => daysBefore(TODAY, days)));
  expect(run.slices).toHaveLength(7 + 50);
});

test('the same slice is asked for again after a trouble that every slice would meet', () => {
  const checkpoint = afterTrouble(NOTHING_ASKED, 'consentMissing', START);
  const later = afterTrouble(checkpoint, 'consentMissing', after(START, { hours: 1 }));
  expect(nextStep(later, START)).toEqual(nextStep(NOTHING_ASKED, START));
  expect(later.trouble).toEqual({ reason: 'consentMissing', since: START, at: after(START, { hours: 1 }) });
});

test('a day that is refused for itself does not keep others back, and is asked for again', () => {
  const bad = daysBefore(TODAY, 60);
  const run = runAt(START, NOTHING_ASKED, ({ window }) => window.from.startsWith(bad));
  expect(run.slices).toHaveLength(BACK_FILL_DAYS);
  expect(run.checkpoint.trouble).toMatchObject({ reason: 'malformed' });
  const tomorrow = runAt(after(START, { hours: 24 }), run.checkpoint);
  expect(datesOf(tomorrow)).toContain(daysBefore(bad, 0));
  expect(tomorrow.checkpoint.trouble).toBeUndefined();
  expect(runAt(tomorrow.until, tomorrow.checkpoint).slices).toHaveLength(7);
});

test('when nobody asked for a month, no day is left out', () => {
  const back = after(START, { days: 45 });
  const run = runAt(back, first.checkpoint);
  const dates = datesOf(run);
  const today = dayOf(back, 'UTC');
  for (let days = 0; days < BACK_FILL_DAYS; days += 1) expect(dates).toContain(daysBefore(today, days));
});

test('law: however often and whenever it is interrupted, every day that is over is answered after the last run', () => {
  const pauses = fc.array(fc.record({ slices: fc.nat(30), hours: fc.nat(200) }), { maxLength: 12 });
  fc.assert(
    fc.property(pauses, (runs) => {
      let [checkpoint, now] = [NOTHING_ASKED, START];
      const answered = new Map<string, string>();
      const ask = (slice: Slice): void => {
        answered.set(slice.window.from.slice(0, 10), now);
        checkpoint = afterSlice(checkpoint, slice, { at: now });
      };
      for (const { slices, hours } of runs) {
        for (let count = 0; count < slices; count += 1) {
          const step = nextStep(checkpoint, now);
          if (step.kind === 'ask') ask(step.slice);
        }
        now = after(now, { hours });
      }
      for (let step = nextStep(checkpoint, now); step.kind === 'ask'; step = nextStep(checkpoint, now))
        ask(step.slice);
      for (let days = 1; days < BACK_FILL_DAYS; days += 1) {
        const date = daysBefore(now.slice(0, 10), days);
        // When it was complete, two days later at the earliest, or just now.
        const asked = answered.get(date) ?? '';
        const complete = after(`${date}T00:00:00.000Z`, { days: 3 });
        expect(asked >= complete || asked >= after(now, { hours: -24 })).toBe(true);
      }
    }),
    { numRuns: 200 },
  );
});
