/**
 * Which day is asked for next. Records come 24 to 48 hours late and may change for weeks, so the newest 90 days are three
 * bands, each asked for in slices of one UTC day, oldest first: the last week every six hours, the rest of the last 30
 * days once a day, and what is older once, when the tenant is connected. The bands don't overlap: together they are the
 * last 30 days once a day. A round that was interrupted goes on at the slice where it stopped.
 */
import { after, daysBefore } from '../../ledger/calendar.js';
import type { Collected } from '../../ledger/model.js';
import type { CallWindow, TroubleNoted, TroubleReason } from './pstn-calls.js';

interface BandDays {
  /** Days back from the day on which the round started, both inclusive. */
  readonly oldest: number;
  readonly newest: number;
  /** Hours from the start of one round to the start of the next; absent where one complete round is enough. */
  readonly everyHours?: number;
}

/** In the order of their urgency: a round that is due goes before the rest of a later band's. */
const BANDS = {
  recent: { oldest: 6, newest: 0, everyHours: 6 },
  late: { oldest: 29, newest: 7, everyHours: 24 },
  old: { oldest: 89, newest: 30 },
} as const satisfies Readonly<Record<string, BandDays>>;

export type BandName = keyof typeof BANDS;
export const BAND_NAMES = Object.keys(BANDS) as readonly BandName[];

export const BACK_FILL_DAYS = 90;
/** A round of which days were refused is tried again after that, where it is not due before. */
const SKIPPED_AGAIN_HOURS = 24;

export interface Round {
  readonly startedAt: string;
  /** Slices that are behind it. */
  readonly asked: number;
  /** Those among them that were refused. */
  readonly skipped: number;
  readonly ended: boolean;
}

/** How far one tenant's collecting has come. */
export interface Checkpoint {
  readonly rounds: Readonly<Partial<Record<BandName, Round>>>;
  /** When the source last answered. */
  readonly answeredAt?: string;
  /** End of the newest window that it answered. */
  readonly askedUntil?: string;
  readonly trouble?: TroubleNoted;
}

export const NOTHING_ASKED: Checkpoint = { rounds: {} };

export interface Slice {
  readonly band: BandName;
  readonly round: Round;
  readonly window: CallWindow;
}

export type Step =
  { readonly kind: 'ask'; readonly slice: Slice } | { readonly kind: 'wait'; readonly until: string };

/** Somebody who wants the newest days now, at `askedAt`, gets them from a round that begins later than that. */
export function nextStep({ rounds }: Checkpoint, now: string, askedAt?: string): Step {
  const bands = BAND_NAMES.map((band) => {
    const round = rounds[band];
    return { band, round, due: dueAt(band, round, askedAt) };
  });
  const ready = bands.find(({ round, due }) => round?.ended !== true || (due !== undefined && due <= now));
  if (ready !== undefined) {
    const { band, round } = ready;
    return { kind: 'ask', slice: sliceOf(band, round?.ended === false ? round : started(now), now) };
  }
  const dues = bands.flatMap(({ due }) => due ?? []).sort();
  // The recent band is always due some time.
  return { kind: 'wait', until: dues[0] ?? now };
}

function started(now: string): Round {
  return { startedAt: now, asked: 0, skipped: 0, ended: false };
}

function dueAt(band: BandName, round: Round | undefined, askedAt?: string): string | undefined {
  if (round === undefined) return undefined;
  if (band === 'recent' && askedAt !== undefined && askedAt > round.startedAt) return askedAt;
  const { everyHours }: BandDays = BANDS[band];
  const hours = everyHours ?? (round.skipped > 0 ? SKIPPED_AGAIN_HOURS : undefined);
  return hours === undefined ? undefined : after(round.startedAt, { hours });
}

function sliceOf(band: BandName, round: Round, now: string): Slice {
  const date = daysBefore(dateOf(round.startedAt), BANDS[band].oldest - round.asked);
  const [from, end] = [date, daysBefore(date, -1)].map((day) => `${day}T00:00:00.000Z`) as [string, string];
  // Not into the future; clocks of two instances may differ, but no window ends before it begins.
  const to = now < from ? from : now < end ? now : end;
  return { band, round, window: { from, to } };
}

/** After a slice was answered, or refused for itself alone. */
export function afterSlice(
  checkpoint: Checkpoint,
  { band, round, window }: Slice,
  result: { readonly at: string; readonly refused?: TroubleReason },
): Checkpoint {
  const { trouble, ...known } = checkpoint;
  const refused = result.refused !== undefined;
  const asked = round.asked + 1;
  const next: Round = {
    ...round,
    asked,
    skipped: round.skipped + (refused ? 1 : 0),
    ended: asked === daysOf(band),
  };
  const rounds = { ...withoutGap(checkpoint, band, round), [band]: next };
  if (result.refused !== undefined)
    return { ...known, rounds, trouble: noted(trouble, result.refused, result.at) };
  const askedUntil = later(checkpoint.askedUntil, window.to);
  // The days that were refused in this round are still missing.
  const stays = next.skipped > 0 && trouble !== undefined ? { trouble } : {};
  return { ...known, ...stays, rounds, answeredAt: result.at, askedUntil };
}

/** After a trouble that any other slice would meet too: the same slice is asked for again. */
export function afterTrouble(checkpoint: Checkpoint, reason: TroubleReason, at: string): Checkpoint {
  return { ...checkpoint, trouble: noted(checkpoint.trouble, reason, at) };
}

/** What people are shown of it. */
export function collectedOf(checkpoint: Checkpoint): Collected {
  const { answeredAt, askedUntil, trouble } = checkpoint;
  return {
    days: daysCollected(checkpoint),
    ...(answeredAt !== undefined && { answeredAt }),
    ...(askedUntil !== undefined && { askedUntil }),
    ...(trouble !== undefined && { trouble }),
  };
}

/** How many of the last 90 days were collected at least once: what a back-fill shows while it runs. */
export function daysCollected({ rounds: { recent, late, old } }: Checkpoint): number {
  // A band is begun when the ones before it have come to their end; later rounds go over the same days again.
  if (old !== undefined) return daysOf('recent') + daysOf('late') + old.asked;
  return late === undefined ? (recent?.asked ?? 0) : daysOf('recent') + late.asked;
}

function daysOf(band: BandName): number {
  return BANDS[band].oldest - BANDS[band].newest + 1;
}

/** After a long silence there are days that no round of the late band went over: the old band begins anew then. */
function withoutGap({ rounds }: Checkpoint, band: BandName, { startedAt }: Round): Checkpoint['rounds'] {
  const before = rounds.late?.startedAt;
  if (band !== 'late' || before === undefined) return rounds;
  const covered = daysBefore(dateOf(before), BANDS.late.newest);
  if (covered >= daysBefore(dateOf(startedAt), BANDS.old.newest)) return rounds;
  const { old: _again, ...others } = rounds;
  return others;
}

function dateOf(at: string): string {
  return at.slice(0, 10);
}

function noted(before: TroubleNoted | undefined, reason: TroubleReason, at: string): TroubleNoted {
  return { reason, since: before?.reason === reason ? before.since : at, at };
}

function later(one: string | undefined, other: string): string {
  return one !== undefined && one > other ? one : other;
}
