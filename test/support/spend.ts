/** Usage for tests of spend: rows as Graph sends them, with a user and a number. */
import { TENANT, type TestBilling } from './billing.js';

export interface UsageRow {
  readonly id: string;
  readonly charge: number;
  readonly start?: string;
  readonly destination?: string;
  readonly user?: string;
  readonly number?: string;
  readonly [more: string]: unknown;
}

export function graphRow({ id, charge, start, destination, user, number, ...more }: UsageRow): object {
  return {
    id,
    charge,
    currency: 'USD',
    licenseCapability: 'MCOPSTNPP',
    startDateTime: start ?? '2026-11-17T08:00:00Z',
    duration: 125,
    ...(destination !== undefined && { destinationName: destination }),
    ...(user !== undefined && { userId: `id-of-${user}`, userDisplayName: user }),
    ...(number !== undefined && { calleeNumber: number }),
    ...more,
  };
}

export async function use(test: TestBilling, rows: readonly UsageRow[]): Promise<void> {
  await test.billing.intake.take(TENANT, rows.map(graphRow), 'http');
}
