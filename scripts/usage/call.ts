import { CALLER_NUMBER, DESTINATIONS, DOMESTIC_NUMBER, EMPLOYEES, TOLL_FREE } from './company.js';
import type { Employee } from './company.js';
import { type GraphRow, graphAmount } from './graph-row.js';
import type { Random } from './random.js';

/** What the calls of a period have in common. */
export interface Period {
  /** Milliseconds of the epoch: every call starts and ends within. */
  readonly from: number;
  readonly to: number;
  readonly currency: string;
  readonly longestSeconds: number;
}

/** A call and what one minute of it costs, in micros; 0 where a calling plan pays. */
export interface DrawnCall {
  readonly row: GraphRow;
  readonly rate: bigint;
}

export const TOLL_FREE_SHARE = 0.3;
export const NOT_PREPAID_SHARE = 0.15;

type Kind = Pick<
  GraphRow,
  | 'callType'
  | 'calleeNumber'
  | 'callerNumber'
  | 'destinationContext'
  | 'destinationName'
  | 'licenseCapability'
  | 'inventoryType'
> & { readonly rate: bigint; readonly byPerson: boolean };

/** Draws one call: who, where to, when in that person's working hours, and for how long. */
export function drawCall(random: Random, period: Period): DrawnCall {
  const person = random.zipf(EMPLOYEES);
  const { rate, byPerson, ...kind } = drawKind(random, person);
  // The cube makes most calls short and a few long.
  const share = random.fraction() * random.fraction() * random.fraction();
  const duration = 5 + Math.floor(share * (period.longestSeconds - 5));
  const start = drawStart(random, { ...period, to: period.to - duration * 1000 }, person);
  const tail = random.fill('####Z');
  const row: GraphRow = {
    id: random.fill('xxxxxxxx-xxxx-4xxx-axxx-xxxxxxxxxxxx'),
    callId: random.fill('3#########_2########@192.0.2.') + String(1 + random.below(254)),
    userId: byPerson ? person.id : null,
    userPrincipalName: byPerson ? person.principalName : '',
    userDisplayName: byPerson ? person.displayName : '',
    startDateTime: new Date(start).toISOString().slice(0, -1) + tail,
    endDateTime: new Date(start + duration * 1000).toISOString().slice(0, -1) + tail,
    duration,
    charge: graphAmount(rate * minutesBegun(duration)),
    currency: period.currency,
    usageCountryCode: byPerson ? person.country : 'US',
    tenantCountryCode: 'US',
    connectionCharge: 0,
    conferenceId: null,
    operator: 'Microsoft',
    callDurationSource: 'microsoft',
    ...kind,
  };
  return { row, rate };
}

export function minutesBegun(seconds: number): bigint {
  return BigInt(Math.ceil(seconds / 60));
}

function drawKind(random: Random, person: Employee): Kind {
  const share = random.fraction();
  if (share < TOLL_FREE_SHARE) return tollFree(random);
  const planPays = share < TOLL_FREE_SHARE + NOT_PREPAID_SHARE;
  const destination = random.zipf(DESTINATIONS);
  return {
    callType: 'user_out',
    calleeNumber: random.fill(planPays ? DOMESTIC_NUMBER : destination.number),
    callerNumber: person.number,
    destinationContext: planPays ? 'Domestic' : 'International',
    destinationName: planPays ? 'United States' : destination.name,
    licenseCapability: planPays ? 'MCOPSTN1' : 'MCOPSTNPP',
    inventoryType: 'Subscriber',
    rate: planPays ? 0n : destination.rate,
    byPerson: true,
  };
}

function tollFree(random: Random): Kind {
  return {
    callType: 'ucap_in',
    calleeNumber: random.fill(TOLL_FREE.number),
    callerNumber: random.fill(CALLER_NUMBER),
    destinationContext: null,
    destinationName: TOLL_FREE.name,
    licenseCapability: 'MCOPSTNPP',
    inventoryType: 'TollFree',
    rate: TOLL_FREE.rate,
    byPerson: false,
  };
}

/** How much is called in each hour of the local day, at most 1. */
const HOURS = [
  0, 0, 0, 0, 0, 0, 0.02, 0.1, 0.5, 0.9, 1, 0.95, 0.6, 0.7, 0.95, 1, 0.85, 0.5, 0.2, 0.08, 0.04, 0.02, 0.01,
  0,
];
const WEEKEND = 0.08;
const DRAWS_MAX = 1000;

/** Draws moments until one is taken: as likely as the person's local hour is busy. */
function drawStart(random: Random, { from, to }: Period, person: Employee): number {
  let start = from;
  for (let draw = 0; draw < DRAWS_MAX; draw++) {
    start = from + random.below(to - from);
    const local = new Date(start + person.utcOffsetHours * 3_600_000);
    const weekend = local.getUTCDay() % 6 === 0 ? WEEKEND : 1;
    if (random.fraction() < (HOURS[local.getUTCHours()] ?? 0) * weekend) return start;
  }
  return start;
}
