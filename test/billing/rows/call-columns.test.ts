import fc from 'fast-check';
import { callColumns } from '../../../src/billing/rows/call-columns.js';
import { fromColumns, toColumns } from '../../../src/billing/rows/columns.js';
import { CALL_CHARGE_COLUMNS, callChargeSchema, ledgerRowSchema } from '../../../src/billing/rows/schemas.js';
import type { StoredCall } from '../../../src/billing/ledger/model.js';
import type { Values } from '../../../src/billing/storage/table.js';
import { ledgerRow } from '../../support/nouns.js';

const CALL: StoredCall = {
  type: 'call',
  id: 'record-1',
  charge: 24_000n,
  connectionCharge: 0n,
  start: '2026-11-17T09:00:00.000Z',
  durationSeconds: 61,
  source: 'graph',
  details: { destinationName: 'United Kingdom' },
  entry: 7n,
};

const read = (values: Values) => fromColumns(ledgerRowSchema, 'call:record-1', values);

test('every call survives its row, and what tells whether it is known does too', () => {
  fc.assert(
    fc.property(ledgerRow.call, (call) => {
      const values = callColumns(call);
      expect(read(values)).toEqual(call);
      const selected = Object.entries(values).filter(([name]) => CALL_CHARGE_COLUMNS.includes(name));
      const { id, charge, source } = call;
      expect(fromColumns(callChargeSchema, 'key', Object.fromEntries(selected))).toMatchObject({
        id,
        charge,
        source,
      });
    }),
  );
});

test('a call takes three columns, whose texts hold no quotes', () => {
  const { start, ...others } = callColumns(CALL);
  expect(start).toBe(CALL.start);
  expect(others).toEqual({
    record: '1|graph|24000|0|61|7|record-1',
    details: '1||||||||||||United Kingdom|||||',
  });
});

test('a call of before is read the same: a column for each fact, or the facts as a list', () => {
  const { details = '', start = '' } = toColumns(CALL);
  const record = '["record-1","graph","24000","0",61,"7"]';
  expect(read(toColumns(CALL))).toEqual(CALL);
  expect(read({ type: 'call', start, details, record })).toEqual(CALL);
});

test('every name has kept the place that rows know it by', () => {
  const texts = Array.from({ length: 17 }, (_, place) => `text ${place}`);
  const { details } = read({ ...callColumns(CALL), details: `1|${texts.join('|')}` }) as StoredCall;
  expect(Object.keys(details).join(' ')).toBe(
    'callId userId userPrincipalName userDisplayName endDateTime callType calleeNumber callerNumber usageCountryCode ' +
      'tenantCountryCode destinationContext destinationName conferenceId licenseCapability inventoryType operator ' +
      'callDurationSource',
  );
});

test('a fact that has a column of its own after all counts', () => {
  expect(read({ ...callColumns(CALL), charge: 1n })).toEqual({ ...CALL, charge: 1n });
});

test.each([
  '',
  '{}',
  '[]',
  '1|',
  '1|graph|2.5|0|61||record-1',
  '1|graph|24000|0|61|x|record-1',
  '["record-1","graph","2.5","0",61]',
  '["record-1","graph","24000","0",61,"x"]',
])('facts that are %s are an error that names the row and not its content', (facts) => {
  expect(() => read({ ...callColumns(CALL), record: facts })).toThrow(/^row call:record-1: [a-z, A-Z]+$/u);
});
