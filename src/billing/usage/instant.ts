const INSTANT = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(?:Z|([+-])((?:0\d|1[0-4]):[0-5]\d))$/;

/** A call of another century is a mistake: some exporters write year 1 where a time is missing. */
const YEAR_MIN = '2000';
const YEAR_MAX = '2099';

/**
 * Reads a time with its zone, as Microsoft Graph writes it with seven digits of a second, into ISO UTC of fixed width
 * (24 characters, milliseconds; finer digits are cut), so that times sort as text.
 * @returns undefined where it is no real instant: no zone, a 30 February, a 25th hour.
 */
export function readInstant(text: unknown): string | undefined {
  const match = typeof text === 'string' && text.length <= 40 ? INSTANT.exec(text) : null;
  if (match === null) return undefined;
  const [, clock = '', fraction = '', sign, offset] = match;
  const written = `${clock}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
  const milliseconds = Date.parse(written);
  // Date.parse turns 30 February into March and 24:00 into the next day: only what reads back the same is real.
  if (Number.isNaN(milliseconds) || new Date(milliseconds).toISOString() !== written) return undefined;
  return inRange(new Date(milliseconds - offsetMilliseconds(sign, offset)).toISOString());
}

function offsetMilliseconds(sign: string | undefined, offset = '00:00'): number {
  const minutes = Number(offset.slice(0, 2)) * 60 + Number(offset.slice(3));
  return (sign === '-' ? -minutes : minutes) * 60_000;
}

function inRange(instant: string): string | undefined {
  const year = instant.slice(0, 4);
  return instant.length === 24 && year >= YEAR_MIN && year <= YEAR_MAX ? instant : undefined;
}
