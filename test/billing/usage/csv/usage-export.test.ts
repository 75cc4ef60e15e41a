import { strToU8, zipSync } from 'fflate';
import { readGraphRow } from '../../../../src/billing/usage/call-record.js';
import { asGraphRow, readCsvRow, type CsvRow } from '../../../../src/billing/usage/csv/csv-row.js';
import { UnreadableExport } from '../../../../src/billing/usage/csv/export-file.js';
import { readExport } from '../../../../src/billing/usage/csv/usage-export.js';
import { TENANT, testBilling, usd } from '../../../support/billing.js';

const HEADER =
  'UsageId,Call ID,Conference ID,User Location,AAD ObjectId,UPN,User Display Name,Caller ID,Call Type,Number Type,' +
  'Domestic/International,Destination Dialed,Destination Number,Start Time,End Time,Duration Seconds,Connection Fee,' +
  'Charge,Currency,Capability';

const NAMES = HEADER.split(',');

const BO = {
  UsageId: 'f3194a3b-381e-43e7-952c-466e473a1797',
  'Call ID': '3130732869_928457998@192.0.2.55',
  'User Location': 'DE',
  'AAD ObjectId': '9dfb369b-ab13-4fae-a276-55daa05f1119',
  UPN: 'bo.lind@contoso.example',
  'User Display Name': 'Lind, Bo',
  'Caller ID': '+493023125017',
  'Call Type': 'user_out',
  'Number Type': 'Subscriber',
  'Domestic/International': 'International',
  'Destination Dialed': 'France',
  'Destination Number': '+33199000245',
  'Start Time': '2026-11-02T09:00:00.6642988Z',
  'End Time': '2026-11-02T09:30:05.6642988Z',
  'Duration Seconds': '1805',
  'Connection Fee': '0.00',
  Charge: '0.45',
  Currency: 'USD',
  Capability: 'MCOPSTNPP',
};

function quoted(text: string): string {
  return /["\r\n,\t]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function lineOf(row: CsvRow, names: readonly string[] = NAMES, delimiter = ','): string {
  return names.map((name) => quoted(row[name] ?? '')).join(delimiter);
}

function exportOf(...rows: readonly CsvRow[]): string {
  return [HEADER, ...rows.map((row) => lineOf(row))].join('\r\n');
}

function read(text: string): readonly CsvRow[] {
  return readExport(strToU8(text));
}

function refusal(file: Uint8Array | string): string {
  try {
    readExport(typeof file === 'string' ? strToU8(file) : file);
  } catch (error) {
    if (error instanceof UnreadableExport) return error.message;
    throw error;
  }
  throw new Error('it was taken');
}

test('the export says the same of a call as Microsoft Graph does', () => {
  const [row] = read(exportOf(BO));
  const graph = readGraphRow(
    {
      id: BO.UsageId,
      callId: BO['Call ID'],
      userId: BO['AAD ObjectId'],
      userPrincipalName: BO.UPN,
      userDisplayName: 'Lind, Bo',
      startDateTime: BO['Start Time'],
      endDateTime: BO['End Time'],
      duration: 1805,
      charge: 0.45,
      callType: 'user_out',
      currency: 'USD',
      calleeNumber: '+33199000245',
      usageCountryCode: 'DE',
      connectionCharge: 0,
      callerNumber: '+493023125017',
      destinationContext: 'International',
      destinationName: 'France',
      licenseCapability: 'MCOPSTNPP',
      inventoryType: 'Subscriber',
    },
    'USD',
  );
  expect(readCsvRow(row!, 'USD')).toEqual(graph);
  expect(graph).toMatchObject({ kind: 'charge', record: { charge: 450_000n, durationSeconds: 1805 } });
});

test('quotes, commas and line breaks within a field belong to it', () => {
  const name = 'Kim "KP" Park,\r\nsecond line';
  const [row] = read(exportOf({ ...BO, 'User Display Name': name }));
  expect(row).toMatchObject({ 'User Display Name': name, Charge: '0.45' });
});

test.each([
  ['with a byte order mark', `\uFEFF${exportOf(BO)}\r\n`],
  ['with line feeds only', exportOf(BO).replaceAll('\r\n', '\n')],
  ['with empty lines at its end', `${exportOf(BO)}\r\n\r\n\r\n`],
  ['with quoted names', exportOf(BO).replace('UsageId,Call ID', '"UsageId","Call ID"')],
  ['with a column that is new', exportOf(BO).replace(HEADER, `${HEADER},Operator`).concat(',Microsoft')],
  ['in other letters', exportOf(BO).replace(HEADER, HEADER.toUpperCase())],
])('a file %s is read', (_how, text) => {
  expect(read(text)).toEqual([expect.objectContaining({ ...BO, 'Conference ID': '' })]);
});

test('columns are found by their names, in whatever order', () => {
  const names = [...NAMES].reverse();
  expect(read([names.join(','), lineOf(BO, names)].join('\n'))).toEqual([{ ...BO, 'Conference ID': '' }]);
});

test('the older form with tabs is read, as UTF-16 too', () => {
  const text = [NAMES.join('\t'), lineOf(BO, NAMES, '\t')].join('\r\n');
  const expected = [{ ...BO, 'Conference ID': '' }];
  expect(read(text)).toEqual(expected);
  const utf16 = new Uint8Array(Buffer.from(`\uFEFF${text}`, 'utf16le'));
  expect(readExport(utf16)).toEqual(expected);
});

test('the archive of the admin center is read, without the calls that cost no credits', () => {
  const other = { ...BO, UsageId: 'another' };
  const archive = zipSync({
    'PSTN.calls.2026-11-02.csv': strToU8(exportOf(BO)),
    'PSTN.calls.2026-11-03.csv': strToU8(exportOf(other)),
    'DirectRouting.calls.2026-11-02.csv': strToU8('CorrelationId,SIP Address\r\n1,2\r\n'),
    'parameters.json': strToU8('{}'),
  });
  expect(readExport(archive).map((row) => row['UsageId'])).toEqual([BO.UsageId, 'another']);
});

test('a file of something else is refused by what is missing in it', () => {
  expect(refusal('id,startDateTime,charge\n1,2,3\n')).toBe(
    'This is no PSTN usage export of the Teams admin center: its first line has no column "UsageId", "Start Time", ' +
      '"Duration Seconds", "Connection Fee", "Currency", or "Capability".',
  );
  expect(refusal(exportOf(BO).replace(',Charge,', ',Price,'))).toContain('no column "Charge".');
  expect(refusal('')).toContain('"UsageId"');
  expect(refusal(exportOf(BO).replace('Caller ID', 'Charge'))).toBe(
    'The file has the column "Charge" more than once.',
  );
});

test('a damaged file is refused as a whole, and nobody is quoted', () => {
  const broken = [exportOf(BO, BO).slice(0, -15), exportOf(BO).replace('Lind, Bo"', 'Lind, Bo')];
  for (const text of broken) {
    expect(refusal(text)).toMatch(/^The file is no CSV that can be read: [a-z ]+\d*\.$/u);
    expect(refusal(text)).not.toContain('Lind');
  }
  const archive = zipSync({ 'PSTN.calls.csv': strToU8(exportOf(BO)) });
  expect(refusal(archive.slice(0, 60))).toContain('damaged');
  expect(refusal(zipSync({ 'parameters.json': strToU8('{}') }))).toContain('no CSV file with calls');
  expect(refusal(new Uint8Array([0x55, 0xff, 0xfe, 0x00]))).toContain('no text in UTF-8');
});

test('an archive that would fill the memory is refused before it is unpacked', () => {
  const archive = zipSync({ 'PSTN.calls.csv': strToU8(exportOf(BO)) });
  const directory = Buffer.from(archive).indexOf('PK\u0001\u0002');
  // The place in the directory where the size of the unpacked file stands.
  new DataView(archive.buffer, archive.byteOffset).setUint32(directory + 24, 300 * 1024 * 1024, true);
  expect(refusal(archive)).toContain('larger than 32 MB');
});

test('of a call that came in, the caller is not in the export', () => {
  expect(asGraphRow({ ...BO, 'Call Type': 'ucap_in' })).not.toHaveProperty('callerNumber');
});

test.each([
  ['2026-11-02 09:00:00.66', '2026-11-02T09:00:00.660Z'],
  ['2026-11-02T09:00:00', '2026-11-02T09:00:00.000Z'],
  ['2026-11-02T09:00:00.6642988+01:00', '2026-11-02T08:00:00.664Z'],
])('the time %s is %s: the column is in UTC where it says nothing else', (written, start) => {
  const verdict = readCsvRow({ ...BO, 'Start Time': written }, 'USD');
  expect(verdict).toMatchObject({ kind: 'charge', record: { start } });
});

test.each([
  [{ Charge: '' }, 'missingCharge'],
  [{ Charge: '0,45' }, 'unreadableCharge'],
  [{ Charge: '-0.45' }, 'negativeCharge'],
  [{ Charge: '1e9' }, 'unreadableCharge'],
  [{ Charge: '99999999999999.00' }, 'tooLarge'],
  [{ Currency: 'EUR' }, 'wrongCurrency'],
  [{ Currency: '' }, 'wrongCurrency'],
  [{ UsageId: '' }, 'noId'],
  [{ 'Start Time': '11/2/2026 9:00' }, 'unreadableTime'],
] as const)('a row with %j waits for a person', (change, reason) => {
  expect(readCsvRow({ ...BO, ...change }, 'USD')).toMatchObject({ kind: 'quarantine', reason });
});

test('calls of another plan are left out, whatever they say of money', () => {
  expect(readCsvRow({ ...BO, Capability: 'MCOPSTN1', Charge: 'x' }, 'USD')).toMatchObject({ kind: 'skip' });
});

test('the rows of an export are charged like any others', async () => {
  const { billing } = await testBilling();
  const rows = read(
    exportOf(BO, { ...BO, UsageId: 'two', Charge: '1.05' }, { ...BO, UsageId: 'x', Charge: '?' }),
  );
  const report = await billing.intake.take(TENANT, rows.map(asGraphRow), 'csv');
  expect(report).toMatchObject({ charged: { count: 2, amount: { micros: usd(1.5) } } });
  expect(report.quarantined).toEqual([{ id: 'x', reason: 'unreadableCharge' }]);
});
