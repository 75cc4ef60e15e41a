/** Calendar days of a time zone, reckoned apart from the program's own way. */
const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** `YYYY-MM-DD`. */
export function dateIn(timeZone: string, at: string): string {
  let format = FORMATS.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    FORMATS.set(timeZone, format);
  }
  return format.format(Date.parse(at));
}
