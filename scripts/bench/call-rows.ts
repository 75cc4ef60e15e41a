/** Call records as Microsoft Graph gives them, every field that is not null: one day's, in order. */
import { createHash } from 'node:crypto';

const DAY = Date.UTC(2026, 9, 20, 6);
const GAP_MS = 20_000;
const COUNTRIES = ['United Kingdom', 'Germany', 'France', 'Italy', 'Japan', 'Brazil'] as const;

/** The same rows for the same name, with ids of their own for each name. */
export function callRows(count: number, name: string): readonly object[] {
  return Array.from({ length: count }, (_, index) => callRow(index, name));
}

function callRow(index: number, name: string): object {
  const start = DAY + index * GAP_MS;
  const destinationName = COUNTRIES[index % COUNTRIES.length];
  return {
    id: guid(`${name}-${index}`),
    callId: `${guid(`call-${name}-${index}`)}@192.0.2.1`,
    userId: guid(`user-${index % 40}`),
    userPrincipalName: `person${index % 40}@contoso.example`,
    userDisplayName: `Person Number ${index % 40}`,
    startDateTime: new Date(start).toISOString(),
    endDateTime: new Date(start + 61_000).toISOString(),
    duration: 61,
    charge: 0.024,
    callType: 'user_out_pstn',
    currency: 'USD',
    calleeNumber: '+44791112****',
    usageCountryCode: 'US',
    tenantCountryCode: 'US',
    connectionCharge: 0,
    callerNumber: '+1425555****',
    destinationContext: 'International',
    destinationName,
    conferenceId: null,
    licenseCapability: 'MCOPSTNPP',
    inventoryType: 'Subscriber',
    operator: 'Microsoft',
    callDurationSource: 'microsoft',
  };
}

function guid(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}
