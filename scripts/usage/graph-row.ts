import { toDecimal } from '../../src/billing/money.js';

/** A row of Microsoft Graph's `getPstnCalls`. */
export interface GraphRow {
  readonly id: string;
  readonly callId: string;
  readonly userId: string | null;
  readonly userPrincipalName: string;
  readonly userDisplayName: string;
  readonly startDateTime: string;
  readonly endDateTime: string;
  readonly duration: number;
  readonly charge: number;
  readonly callType: string;
  readonly currency: string;
  readonly calleeNumber: string;
  readonly usageCountryCode: string;
  readonly tenantCountryCode: string;
  readonly connectionCharge: number;
  readonly callerNumber: string;
  readonly destinationContext: string | null;
  readonly destinationName: string;
  readonly conferenceId: string | null;
  readonly licenseCapability: string;
  readonly inventoryType: string;
  readonly operator: string;
  readonly callDurationSource: string;
}

/** Graph's own number for an amount: the double nearest to the decimal, which prints as that decimal again. */
export function graphAmount(micros: bigint): number {
  return Number(toDecimal(micros));
}

/** Rows as one page of Graph, the way a person saves it to a file. */
export function pageText(rows: readonly GraphRow[]): string {
  const page = {
    '@odata.context':
      'https://graph.microsoft.com/v1.0/$metadata#Collection(microsoft.graph.callRecords.pstnCallLogRow)',
    '@odata.count': rows.length,
    value: rows,
  };
  return `${JSON.stringify(page, null, 2)}\n`;
}
