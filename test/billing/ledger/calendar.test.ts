import fc from 'fast-check';
import { Settings } from 'luxon';
import {
  after,
  datesBetween,
  dayOf,
  daysBefore,
  expiryOf,
  hourOf,
  monthOf,
  startOfDay,
  startOfNext,
  weekOf,
} from '../../../src/billing/ledger/calendar.js';

test.each([
  ['an ordinary day', '2026-11-17T09:00:00.000Z', '2027-11-17T23:59:59.999Z'],
  ['a leap day, which the next year has not', '2028-02-29T12:00:00.000Z', '2029-02-28T23:59:59.999Z'],
  ['the day before a leap day', '2027-02-28T00:00:00.000Z', '2028-02-28T23:59:59.999Z'],
  ['the first moment of a day', '2026-01-01T00:00:00.000Z', '2027-01-01T23:59:59.999Z'],
  ['the end of a month', '2027-04-30T10:00:00.000Z', '2028-04-30T23:59:59.999Z'],
  ['the end of a long month', '2026-01-31T23:59:59.999Z', '2027-01-31T23:59:59.999Z'],
  ['the end of February, before a leap year', '2027-02-28T23:59:59.999Z', '2028-02-28T23:59:59.999Z'],
  ['the last moment of a year', '2026-12-31T23:59:59.999Z', '2027-12-31T23:59:59.999Z'],
  ['an offset: the day is that of UTC', '2026-03-31T23:30:00.000-02:00', '2027-04-01T23:59:59.999Z'],
])('funds live twelve months, to the end of the day in UTC: %s', (_, purchased, expires) => {
  expect(expiryOf(purchased)).toBe(expires);
});

test('the time zone of the machine plays no part', () => {
  const { defaultZone } = Settings;
  Settings.defaultZone = 'Pacific/Auckland';
  try {
    expect(expiryOf('2026-11-17T09:00:00.000Z')).toBe('2027-11-17T23:59:59.999Z');
    expect(weekOf('2026-11-16')).toBe('2026-11-16');
  } finally {
    Settings.defaultZone = defaultZone;
  }
});

const anyMoment = fc
  .date({ min: new Date('2000-01-01T00:00:00Z'), max: new Date('2099-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString());

test('law: funds bought later never expire sooner', () => {
  fc.assert(
    fc.property(anyMoment, anyMoment, (one, other) => {
      const [first, second] = [one, other].sort() as [string, string];
      expect(expiryOf(first) <= expiryOf(second)).toBe(true);
    }),
  );
});

test('law: funds live at least 365 days and less than 367', () => {
  fc.assert(
    fc.property(anyMoment, (at) => {
      const days = (Date.parse(expiryOf(at)) - Date.parse(at)) / 86_400_000;
      expect(days >= 365 - 1e-6 && days < 367).toBe(true);
    }),
  );
});

test.each([
  ['in winter', '2026-01-15', 'Europe/Rome', '2026-01-15T08:00:00.000Z'],
  ['in summer', '2026-07-15', 'Europe/Rome', '2026-07-15T07:00:00.000Z'],
  ['on the day the clock goes forward', '2026-03-29', 'Europe/Rome', '2026-03-29T07:00:00.000Z'],
  ['far east', '2026-01-15', 'Pacific/Kiritimati', '2026-01-14T19:00:00.000Z'],
])('nine in the morning is that of the time zone: %s', (...[, date, zone, at]) => {
  expect(hourOf(date, 9, zone)).toBe(at);
});

test.each([
  ['UTC', '2026-11-17T23:30:00.000Z', '2026-11-17'],
  ['Europe/Rome', '2026-11-17T23:30:00.000Z', '2026-11-18'],
  ['America/New_York', '2026-11-17T03:30:00.000Z', '2026-11-16'],
  ['Pacific/Kiritimati', '2026-11-17T10:00:00.000Z', '2026-11-18'],
  ['Asia/Kolkata', '2026-11-17T18:30:00.000Z', '2026-11-18'],
])('a day in %s', (zone, at, day) => {
  expect(dayOf(at, zone)).toBe(day);
});

test('a day and its month are the same calendar in every zone', () => {
  fc.assert(
    fc.property(
      anyMoment,
      fc.constantFrom('UTC', 'Europe/Rome', 'America/New_York', 'Asia/Kolkata'),
      (at, zone) => {
        expect(dayOf(at, zone).slice(0, 7)).toBe(monthOf(at, zone));
      },
    ),
  );
});

test.each([
  ['the clock goes forward: a day of 23 hours', '2026-03-29T00:30:00.000Z', '2026-03-29T22:00:00.000Z'],
  ['the clock goes back: a day of 25 hours', '2026-10-25T00:30:00.000Z', '2026-10-25T23:00:00.000Z'],
  ['the last day of a month', '2026-11-30T12:00:00.000Z', '2026-11-30T23:00:00.000Z'],
])('the next day begins at midnight in Rome: %s', (_, at, next) => {
  expect(startOfNext('day', at, 'Europe/Rome')).toBe(next);
});

test('where a clock change skips midnight, the next day begins at one', () => {
  expect(startOfNext('day', '2026-04-23T12:00:00.000Z', 'Africa/Cairo')).toBe('2026-04-23T22:00:00.000Z');
});

test.each([
  ['UTC', '2026-01-31T12:00:00.000Z', '2026-02-01T00:00:00.000Z'],
  ['UTC', '2026-12-15T12:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ['Europe/Rome', '2026-03-15T12:00:00.000Z', '2026-03-31T22:00:00.000Z'],
  ['America/New_York', '2026-11-01T03:00:00.000Z', '2026-11-01T04:00:00.000Z'],
])('the next month in %s after %s', (zone, at, next) => {
  expect(startOfNext('month', at, zone)).toBe(next);
});

test('law: the next day is another day, and the moment before it is not', () => {
  fc.assert(
    fc.property(
      anyMoment,
      fc.constantFrom('UTC', 'Europe/Rome', 'America/New_York', 'Africa/Cairo'),
      (at, zone) => {
        const next = startOfNext('day', at, zone);
        expect(dayOf(next, zone) > dayOf(at, zone)).toBe(true);
        expect(dayOf(after(next, { seconds: -0.001 }), zone)).toBe(dayOf(at, zone));
      },
    ),
  );
});

test('days are counted back over the end of February', () => {
  expect(daysBefore('2028-03-01', 1)).toBe('2028-02-29');
  expect(daysBefore('2027-03-01', 1)).toBe('2027-02-28');
});

test('dates are listed from the first to the last, over the end of a month, and none where they are swapped', () => {
  expect(datesBetween('2027-02-27', '2027-03-01')).toEqual(['2027-02-27', '2027-02-28', '2027-03-01']);
  expect(datesBetween('2027-03-01', '2027-03-01')).toEqual(['2027-03-01']);
  expect(datesBetween('2027-03-02', '2027-03-01')).toEqual([]);
});

test.each([
  ['a Sunday', '2026-11-22', '2026-11-16'],
  ['a Monday', '2026-11-16', '2026-11-16'],
  ['the first days of a year', '2027-01-01', '2026-12-28'],
])('the week of %s began on its Monday', (_, date, monday) => {
  expect(weekOf(date)).toBe(monday);
});

test.each([
  ['UTC', '2026-11-17', '2026-11-17T00:00:00.000Z'],
  ['Asia/Kolkata', '2026-11-17', '2026-11-16T18:30:00.000Z'],
  ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00.000Z'],
])('the first moment of a day in %s', (zone, date, at) => {
  expect(startOfDay(date, zone)).toBe(at);
});

test('a span of time is added in days of 24 hours, hours, minutes and seconds', () => {
  const span = { days: 1, hours: 2, minutes: 3, seconds: 4.5 };
  expect(after('2026-11-17T09:00:00.000Z', span)).toBe('2026-11-18T11:03:04.500Z');
  expect(after('2026-11-17T09:00:00.000Z', {})).toBe('2026-11-17T09:00:00.000Z');
});
