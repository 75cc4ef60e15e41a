import fc from 'fast-check';
import sample from '../../../samples/graph-pstn-sample.json' with { type: 'json' };
import { fromDecimal, toDecimal } from '../../../src/billing/money.js';
import {
  CHARGE_UNITS_MAX,
  QUARANTINE_REASONS,
  readGraphRow,
  type RowVerdict,
  TEXT_CHARS_MAX,
} from '../../../src/billing/usage/call-record.js';

const ROW = {
  id: '2330fcf1-562a-44b8-8866-8d77e827062c',
  callId: '2680102666_822331620@192.0.2.198',
  startDateTime: '2026-11-02T08:21:40.5425797Z',
  endDateTime: '2026-11-02T08:23:38.5425797Z',
  duration: 118,
  charge: 0.033,
  connectionCharge: 0.01,
  currency: 'USD',
  destinationName: 'United Kingdom',
  conferenceId: null,
  userPrincipalName: '',
  licenseCapability: 'MCOPSTNPP',
};

function read(changes: Record<string, unknown> = {}): RowVerdict {
  return readGraphRow({ ...ROW, ...changes }, 'USD');
}

function reasonFor(changes: Record<string, unknown>): string {
  const verdict = read(changes);
  return verdict.kind === 'charge' ? 'charged' : verdict.reason;
}

function chargeOf(charge: unknown): bigint | string {
  const verdict = read({ charge });
  return verdict.kind === 'charge' ? verdict.record.charge : verdict.reason;
}

function startOf(startDateTime: unknown): string {
  const verdict = read({ startDateTime });
  return verdict.kind === 'charge' ? verdict.record.start : verdict.reason;
}

describe('a row of Microsoft Graph', () => {
  it('becomes a call record in micros, with the details that are not empty', () => {
    expect(read()).toEqual({
      kind: 'charge',
      record: {
        id: ROW.id,
        charge: 33_000n,
        connectionCharge: 10_000n,
        currency: 'USD',
        start: '2026-11-02T08:21:40.542Z',
        durationSeconds: 118,
        details: {
          callId: ROW.callId,
          endDateTime: ROW.endDateTime,
          destinationName: 'United Kingdom',
          licenseCapability: 'MCOPSTNPP',
        },
      },
    });
  });

  it('is skipped when another licence pays, whatever else is wrong in it', () => {
    expect(read({ licenseCapability: 'MCOPSTN1', charge: -1, currency: 'XXX' })).toEqual({
      kind: 'skip',
      reason: 'notPrepaid',
      id: ROW.id,
    });
    expect(readGraphRow({}, 'USD')).toEqual({ kind: 'skip', reason: 'notPrepaid' });
  });

  it.each([
    ['noId', { id: undefined }],
    ['noId', { id: ' ' }],
    ['noId', { id: 7 }],
    ['noId', { id: 'x'.repeat(129) }],
    ['noId', { id: 'half a pair \ud800' }],
    ['noId', { id: 'a\u0000b' }],
    ['wrongCurrency', { currency: 'EUR' }],
    ['wrongCurrency', { currency: 'usd' }],
    ['wrongCurrency', { currency: undefined }],
    ['missingCharge', { charge: null }],
    ['missingCharge', { charge: undefined }],
    ['unreadableCharge', { charge: '0.5' }],
    ['unreadableCharge', { charge: Number.NaN }],
    ['negativeCharge', { charge: -0.01 }],
    ['tooManyDecimals', { charge: 0.000_000_5 }],
    ['tooManyDecimals', { charge: 0.1 + 0.2 }],
    ['tooLarge', { charge: CHARGE_UNITS_MAX + 1 }],
    ['tooLarge', { charge: Number.POSITIVE_INFINITY }],
    ['negativeCharge', { connectionCharge: -1 }],
    ['unreadableTime', { startDateTime: null }],
    ['charged', { connectionCharge: null }],
    ['charged', { charge: CHARGE_UNITS_MAX }],
    ['charged', { charge: -0 }],
    ['charged', { duration: null }],
    ['charged', { duration: -4 }],
    ['charged', { id: 'x'.repeat(128) }],
  ])('answers %s for %j', (reason, changes) => {
    expect(reasonFor(changes)).toBe(reason);
  });

  it.each([[null], [7], ['text'], [[]], [undefined]])('is not guessed from %j', (row) => {
    expect(readGraphRow(row, 'USD')).toMatchObject({ kind: 'quarantine', reason: 'notARow' });
  });

  it('keeps a bounded copy for the person who decides, even of hostile rows', () => {
    let deep: unknown = 'core';
    for (let level = 0; level < 100_000; level++) deep = [deep];
    const verdict = read({
      charge: -1,
      operator: '"\u0000'.repeat(100_000),
      userId: deep,
      ['x'.repeat(9999)]: 1,
    });
    if (verdict.kind !== 'quarantine') throw new Error(verdict.kind);
    expect(verdict.raw.length).toBeLessThan(16_000);
    expect(JSON.parse(verdict.raw)).toMatchObject({ charge: -1, currency: 'USD', userId: '[…]' });
  });

  it('keeps the known fields that the row has as they are, and of nested ones only that they are there', () => {
    const verdict = readGraphRow(
      {
        licenseCapability: 'MCOPSTNPP',
        id: ' ',
        charge: true,
        userId: null,
        operator: { a: 1 },
        callId: [1],
        x: 1,
      },
      'USD',
    );
    if (verdict.kind !== 'quarantine') throw new Error(verdict.kind);
    expect(verdict).not.toHaveProperty('id');
    expect(JSON.parse(verdict.raw)).toEqual({
      id: ' ',
      charge: true,
      callId: '[…]',
      userId: null,
      licenseCapability: 'MCOPSTNPP',
      operator: '{…}',
    });
    expect(readGraphRow(undefined, 'USD')).toMatchObject({ raw: 'null' });
  });

  it('has a duration of whole seconds up to 31 days, or none', () => {
    const duration = (value: unknown) => {
      const verdict = read({ duration: value });
      return verdict.kind === 'charge' ? verdict.record.durationSeconds : verdict.reason;
    };
    expect([0, 1, 31 * 24 * 3600].map(duration)).toEqual([0, 1, 31 * 24 * 3600]);
    expect([-1, 1.5, 31 * 24 * 3600 + 1, '60', null].map(duration)).toEqual([0, 0, 0, 0, 0]);
  });

  it('keeps every detail that Graph names', () => {
    const names = [
      'callId',
      'userId',
      'userPrincipalName',
      'userDisplayName',
      'endDateTime',
      'callType',
      'calleeNumber',
      'callerNumber',
      'usageCountryCode',
      'tenantCountryCode',
      'destinationContext',
      'destinationName',
      'conferenceId',
      'licenseCapability',
      'inventoryType',
      'operator',
      'callDurationSource',
    ];
    const row = { ...Object.fromEntries(names.map((name) => [name, name])), licenseCapability: 'MCOPSTNPP' };
    const verdict = read(row);
    if (verdict.kind !== 'charge') throw new Error(verdict.kind);
    expect(verdict.record.details).toEqual(row);
    const set = readGraphRow({ ...ROW, ...row, charge: -1 }, 'USD');
    if (set.kind !== 'quarantine') throw new Error(set.kind);
    expect(JSON.parse(set.raw)).toMatchObject(row);
    expect(Object.keys(JSON.parse(set.raw) as object)).toEqual(
      expect.arrayContaining(['id', 'startDateTime', 'duration', 'charge', 'connectionCharge', 'currency']),
    );
  });

  it('cuts long details without leaving half a character', () => {
    const verdict = read({ operator: `${'x'.repeat(TEXT_CHARS_MAX - 1)}😀` });
    if (verdict.kind !== 'charge') throw new Error(verdict.kind);
    expect(verdict.record.details.operator).toBe(`${'x'.repeat(TEXT_CHARS_MAX - 1)}\uFFFD`);
  });

  it('cuts long details of plain letters, and takes no control characters', () => {
    const verdict = read({
      operator: 'x'.repeat(TEXT_CHARS_MAX + 1),
      calleeNumber: '+39\u0000\u0007',
      tenantCountryCode: '\u0001',
    });
    if (verdict.kind !== 'charge') throw new Error(verdict.kind);
    expect(verdict.record.details).toMatchObject({
      operator: 'x'.repeat(TEXT_CHARS_MAX),
      calleeNumber: '+39\uFFFD\uFFFD',
      tenantCountryCode: '\uFFFD',
    });
  });

  it('never makes the check throw, and quarantines only for known reasons', () => {
    const value = fc.oneof(fc.jsonValue(), fc.double(), fc.constant('MCOPSTNPP'), fc.constant('USD'));
    const changes = fc.dictionary(fc.constantFrom(...Object.keys(ROW)), value);
    fc.assert(
      fc.property(changes, (change) => {
        const verdict = read(change);
        if (verdict.kind === 'quarantine') expect(QUARANTINE_REASONS).toContain(verdict.reason);
      }),
    );
  });
});

describe('a charge', () => {
  it.each([
    [0.0165, 16_500n],
    [1e-6, 1n],
    [0.07, 70_000n],
    [1.1e-5, 11n],
    [999_999.999_999, 999_999_999_999n],
    [0, 0n],
  ])('of %d is %d micros', (charge, micros) => {
    expect(chargeOf(charge)).toBe(micros);
  });

  it('with up to 6 decimals is converted to its exact text value', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, BigInt(CHARGE_UNITS_MAX) * 1_000_000n), (micros) => {
        expect(chargeOf(Number(toDecimal(micros)))).toBe(micros);
        expect(chargeOf(JSON.parse(toDecimal(micros)))).toBe(micros);
      }),
      { numRuns: 2000 },
    );
  });

  it('is never rounded: it reads back as the same double or is set aside', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: CHARGE_UNITS_MAX, noNaN: true }), (charge) => {
        const read = chargeOf(charge);
        if (typeof read === 'string') expect(read).toBe('tooManyDecimals');
        else expect(Number(toDecimal(read))).toBe(Math.abs(charge));
      }),
    );
  });
});

describe('a start time', () => {
  it.each([
    ['2026-11-02T08:00:00Z', '2026-11-02T08:00:00.000Z'],
    ['2026-11-02T08:00:00.8432400Z', '2026-11-02T08:00:00.843Z'],
    ['2026-11-02T08:00:00.9999999Z', '2026-11-02T08:00:00.999Z'],
    ['2026-11-02T08:00:00.5+01:00', '2026-11-02T07:00:00.500Z'],
    ['2026-11-02T20:00:00-05:30', '2026-11-03T01:30:00.000Z'],
    ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
  ])('%s is %s', (text, instant) => {
    expect(startOf(text)).toBe(instant);
  });

  it.each([
    ['2026-11-02T08:00:00'],
    ['2026-11-02'],
    ['2026-02-30T08:00:00Z'],
    ['2027-02-29T08:00:00Z'],
    ['2026-13-01T08:00:00Z'],
    ['2026-11-02T24:00:00Z'],
    ['2026-11-02T08:60:00Z'],
    ['2026-11-02T08:00:60Z'],
    ['2026-11-02T08:00:00+99:00'],
    ['0001-01-01T00:00:00Z'],
    ['9999-12-31T23:59:59Z'],
    ['Mon, 02 Nov 2026 08:00:00 GMT'],
    ['x'.repeat(10_000)],
    [1_793_600_000_000],
    [''],
  ])('%s is unreadable', (text) => {
    expect(startOf(text)).toBe('unreadableTime');
  });
});

describe('the sample of a Graph page', () => {
  it('holds five charges, five rows of other licences and four of other currencies for a dollar account', () => {
    const verdicts = sample.value.map((row) => readGraphRow(row, 'USD'));
    const count = (kind: string) => verdicts.filter((verdict) => verdict.kind === kind).length;
    expect([count('charge'), count('skip'), count('quarantine')]).toEqual([5, 5, 4]);
    const sum = verdicts.reduce(
      (all, verdict) => all + (verdict.kind === 'charge' ? verdict.record.charge : 0n),
      0n,
    );
    expect(sum).toBe(fromDecimal('1.232'));
  });
});
