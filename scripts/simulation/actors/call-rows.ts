/** Call records as they are sent: as Microsoft Graph's rows, or as lines of the admin center's export. */
import { toDecimal } from '../../../src/billing/money.js';
import type { Chance } from '../chance.js';

const PLACES = ['United Kingdom', 'France', 'India', 'Brazil'];
/** An export has two decimals. */
const CENT = 10_000n;

export interface SentRow {
  readonly id: string;
  readonly kind: 'charge' | 'aside' | 'skip';
  readonly micros: bigint;
  readonly start: string;
  readonly place: string;
}

export function drawRow(
  chance: Chance,
  known: Pick<SentRow, 'id' | 'kind' | 'start'>,
  grain: number,
): SentRow {
  const most = chance.happens(0.1) ? 30_000_000 : 2_500_000;
  const micros = BigInt(chance.below(most / grain) * grain);
  return { ...known, micros, place: chance.pick(PLACES) };
}

export function rounded(row: SentRow): SentRow {
  return { ...row, micros: row.micros - (row.micros % CENT) };
}

export function graphRowOf({ id, kind, micros, start, place }: SentRow): object {
  return {
    id,
    startDateTime: start,
    duration: 60,
    currency: currencyOf(kind),
    charge: Number(micros) / 1e6,
    licenseCapability: capabilityOf(kind),
    destinationName: place,
    callerNumber: '+4912345',
  };
}

const HEADER =
  'UsageId,Start Time,Duration Seconds,Connection Fee,Charge,Currency,Capability,Destination Dialed,Caller ID';

export function exportOf(rows: readonly SentRow[]): Buffer {
  const lines = rows.map(({ id, kind, micros, start, place }) =>
    [
      ...[id, start, 60, '0.00', toDecimal(micros), currencyOf(kind)],
      ...[capabilityOf(kind), place, '+4912345'],
    ].join(','),
  );
  return Buffer.from([HEADER, ...lines].join('\r\n'));
}

function currencyOf(kind: SentRow['kind']): string {
  return kind === 'aside' ? 'EUR' : 'USD';
}

function capabilityOf(kind: SentRow['kind']): string {
  return kind === 'skip' ? 'MCOPSTN1' : 'MCOPSTNPP';
}
