/** Rows as Microsoft Graph's `getPstnCalls` gives them. */
let calls = 0;

export function graphRow(charge: unknown, more: Record<string, unknown> = {}): Record<string, unknown> {
  calls += 1;
  return {
    id: `call-${calls}`,
    startDateTime: '2026-11-17T08:00:00Z',
    duration: 60,
    charge,
    currency: 'USD',
    licenseCapability: 'MCOPSTNPP',
    destinationName: 'United Kingdom',
    ...more,
  };
}

export function graphRows(count: number, charge: number, more: Record<string, unknown> = {}) {
  return Array.from({ length: count }, () => graphRow(charge, more));
}
