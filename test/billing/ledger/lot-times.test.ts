import { noticeDay, noticeDue, noticeHorizon, withLotJobs } from '../../../src/billing/ledger/lot-times.js';
import { worldOf } from '../../support/world.js';

const EXPIRES = '2027-11-17T23:59:59.999Z';

function due(today: string, noticed?: number): number | undefined {
  return noticeDue({ expiresAt: EXPIRES, ...(noticed !== undefined && { noticed }) }, today);
}

test.each([
  ['none while there is time', '2027-08-18', undefined],
  ['the first one 90 days before', '2027-08-19', 90],
  ['still the first one 31 days before', '2027-10-17', 90],
  ['the second one 30 days before', '2027-10-18', 30],
  ['the third one a week before', '2027-11-10', 7],
  ['the last one on the day before', '2027-11-16', 1],
  ['the last one on the very day', '2027-11-17', 1],
])('a lot has reached %s', (_, today, stage) => {
  expect(due(today)).toBe(stage);
});

test('the days are counted back from the day that cards name, also where it is the next one already when funds end', () => {
  const world = worldOf({ timeZone: 'Asia/Tokyo' });
  const at = withLotJobs(world, EXPIRES).jobs.map((job) => job.at);
  expect(at.slice(-2)).toEqual(['2027-11-16T00:00:00.000Z', '2027-11-18T00:00:00.999Z']);
});

test('what was told is not due again, the next one is', () => {
  expect(due('2027-10-17', 90)).toBeUndefined();
  expect(due('2027-10-18', 90)).toBe(30);
  expect(due('2027-10-18', 7)).toBeUndefined();
});

test('notices can be told from nine in the morning on, where the account is, once a day', () => {
  const rome = { timeZone: 'Europe/Rome' };
  expect(noticeDay(rome, '2026-11-17T07:59:59.999Z')).toBeUndefined();
  expect(noticeDay(rome, '2026-11-17T08:00:00.000Z')).toBe('2026-11-17');
  expect(noticeDay({ ...rome, noticesToldOn: '2026-11-17' }, '2026-11-17T08:00:00.000Z')).toBeUndefined();
  expect(noticeDay({ ...rome, noticesToldOn: '2026-11-16' }, '2026-11-17T08:00:00.000Z')).toBe('2026-11-17');
});

test('lots are looked at that expire within 91 days: a notice is due by the calendar, not by the hour', () => {
  expect(noticeHorizon('2026-11-17T09:00:00.000Z')).toBe('2027-02-16T09:00:00.000Z');
});
