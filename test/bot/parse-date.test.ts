import { parseDate } from '../../src/bot/parse-date.js';

const TODAY = '2026-11-22';

function dateIn(locale: string, text: string, today = TODAY): string {
  const parsed = parseDate(text, { locale, today });
  if (parsed.kind === 'date') return parsed.date;
  return parsed.kind === 'problem' ? parsed.problem : parsed.kind;
}

test.each([
  ['on 31 October', '2026-10-31'],
  ['31 October 2025', '2025-10-31'],
  ['October 31st, 2026', '2026-10-31'],
  ['as of oct 31', '2026-10-31'],
  ['2026-10-31', '2026-10-31'],
  ['2026/1/5', '2026-01-05'],
  ['today', '2026-11-22'],
  ['yesterday', '2026-11-21'],
  ['al 31 ottobre', '2026-10-31'],
  ['ieri', '2026-11-21'],
  ['on the 1st of sept 26', '2026-09-01'],
])('“%s” is read in every locale', (text, date) => {
  for (const locale of ['en-US', 'en-GB', 'en', 'it-IT', 'en-CA']) expect(dateIn(locale, text)).toBe(date);
});

test('figures are read in the order of the locale', () => {
  expect(dateIn('en-US', '3/4/2026')).toBe('2026-03-04');
  expect(dateIn('en-GB', '3/4/2026')).toBe('2026-04-03');
  expect(dateIn('it-IT', 'al 3.4.26')).toBe('2026-04-03');
});

test('figures that make a day in one order only mean that one', () => {
  expect(dateIn('en-US', '31/10/2026')).toBe('2026-10-31');
  expect(dateIn('en', '10/31/2026')).toBe('2026-10-31');
  expect(dateIn('en', '5/5/2026')).toBe('2026-05-05');
});

test('English without a country can’t tell day and month apart, and says so', () => {
  expect(dateIn('en', '3/4/2026')).toBe('ambiguous');
});

test('without a year it is the last time that the day was', () => {
  expect(dateIn('en-GB', '22 November')).toBe('2026-11-22');
  expect(dateIn('en-GB', '23 November')).toBe('2025-11-23');
  expect(dateIn('en-GB', '29 February')).toBe('2024-02-29');
  expect(dateIn('en-GB', '31/12')).toBe('2025-12-31');
});

test('a day to come is told apart from nonsense', () => {
  expect(dateIn('en-US', '2026-11-23')).toBe('future');
  for (const text of ['on Friday', '31', 'October', '30 February', '2026-13-01', 'on', '99/99/2026'])
    expect(dateIn('en-US', text)).toBe('unreadable');
});

test('letters that begin the same month in two languages name one month', () => {
  expect(dateIn('it-IT', '5 mar 2026')).toBe('2026-03-05');
});

test('words that name no day ask for none', () => {
  expect(dateIn('en-US', 'please')).toBe('none');
  expect(dateIn('en-US', '')).toBe('none');
});

test('nothing that is typed makes it fail', () => {
  for (const text of ['1'.repeat(5_000), '٣١/١٠', '🙂 1', '0/0/0', '-1', '9999-99-99', '31 31 31 31'])
    expect(() => dateIn('it-IT', text)).not.toThrow();
});
