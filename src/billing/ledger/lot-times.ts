/** When something happens to a lot: its notices, told in the morning of the account's time zone, and its expiry. */
import { after, daysBefore, dayOf, hourOf } from './calendar.js';
import { EXPIRY_NOTICE_DAYS, type Account, type Lot } from './model.js';
import { withJob, type World } from './world.js';

/** Local hour from which expiry notices are told: when people read, and after all of a day's notices are due. */
const NOTICE_HOUR = 9;
/** Due a moment after the last one that a lot is good for. */
const EXPIRY_SECONDS_LATER = 1;

/** Work for every moment at which something becomes due; the same for all lots that expire on one day. */
export function withLotJobs(world: World, expiresAt: string): World {
  const { timeZone } = world.account;
  const expiry = lastDayOf(expiresAt);
  const notices = EXPIRY_NOTICE_DAYS.map((days) => hourOf(daysBefore(expiry, days), NOTICE_HOUR, timeZone));
  const moments = [...notices, after(expiresAt, { seconds: EXPIRY_SECONDS_LATER })];
  return moments.reduce((next, at) => withJob(next, { name: 'lots', subject: at, at }), world);
}

/** The day whose notices can be told: none before the morning, and none where this day's were told already. */
export function noticeDay(
  { timeZone, noticesToldOn }: Pick<Account, 'timeZone' | 'noticesToldOn'>,
  now: string,
): string | undefined {
  const today = dayOf(now, timeZone);
  return noticesToldOn === today || now < hourOf(today, NOTICE_HOUR, timeZone) ? undefined : today;
}

/** The notice that a lot has reached on a day and that was not told: after missed days only the newest one. */
export function noticeDue(
  { expiresAt, noticed = Infinity }: Pick<Lot, 'expiresAt' | 'noticed'>,
  today: string,
): number | undefined {
  const expiry = lastDayOf(expiresAt);
  const stage = EXPIRY_NOTICE_DAYS.findLast((days) => daysBefore(expiry, days) <= today);
  return stage !== undefined && stage < noticed ? stage : undefined;
}

/** The day that cards name: funds are good until the end of a day in UTC, whatever the account's time zone. */
function lastDayOf(expiresAt: string): string {
  return dayOf(expiresAt, 'UTC');
}

/** Up to when an expiry must lie for any of this to be due by now. */
export function noticeHorizon(now: string): string {
  return after(now, { days: EXPIRY_NOTICE_DAYS[0] + 1 });
}
