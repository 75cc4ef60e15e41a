/** `POST /api/usage/{tenant}`: call records come in over HTTP, by whoever holds a key of that tenant. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { toDecimal } from './billing/money.js';
import { LedgerBusy } from './billing/lane/command.js';
import { StorageUnavailable } from './billing/storage/table.js';
import type { IntakeReport, UsageIntake } from './billing/usage/intake.js';
import { withDecimals } from './billing/usage/source-comparison.js';
import { exportDelivery, jsonDelivery } from './usage-delivery.js';

export interface UsageRequest {
  readonly tenant: string;
  readonly authorization: string | undefined;
  readonly fromLoopback: boolean;
  readonly body: unknown;
  /** The admin center's export, where the content type says that it is one. */
  readonly file?: Uint8Array;
}

export interface UsageRouteDeps {
  readonly intake: UsageIntake;
  /** Key to the tenants it is bound to; empty means that only this machine may send. */
  readonly keys: ReadonlyMap<string, readonly string[]>;
  readonly isKnownTenant: (tenant: string) => Promise<boolean>;
}

export interface UsageAnswer {
  readonly status: 200 | 400 | 401 | 403 | 404 | 413 | 503;
  readonly body: object;
}

export async function handleUsage(request: UsageRequest, deps: UsageRouteDeps): Promise<UsageAnswer> {
  const tenant = request.tenant.toLowerCase();
  const denied = refuse(request, tenant, deps.keys);
  if (denied !== undefined) return denied;
  try {
    return await take(request, tenant, deps);
  } catch (error) {
    if (!(error instanceof StorageUnavailable || error instanceof LedgerBusy)) throw error;
    return problem(
      503,
      'The ledger can’t be reached right now. Send the same rows again: none is charged twice.',
    );
  }
}

async function take(request: UsageRequest, tenant: string, deps: UsageRouteDeps): Promise<UsageAnswer> {
  if (!(await deps.isKnownTenant(tenant))) return problem(404, 'Unknown tenant.');
  const { file, body } = request;
  const delivery = file === undefined ? jsonDelivery(body) : exportDelivery(file);
  if ('problem' in delivery) return problem(delivery.status, delivery.problem);
  return { status: 200, body: answerOf(await deps.intake.take(tenant, delivery.rows, delivery.source)) };
}

/** A key says who is asking; it opens its own tenants only. Without any key set, this machine alone is trusted. */
function refuse(
  request: UsageRequest,
  tenant: string,
  keys: UsageRouteDeps['keys'],
): UsageAnswer | undefined {
  if (keys.size === 0) {
    return request.fromLoopback
      ? undefined
      : problem(403, 'No usage key is set: only this machine may send usage.');
  }
  const given = /^Bearer (\S+)$/u.exec(request.authorization ?? '')?.[1];
  const tenants = given === undefined ? undefined : tenantsOf(given, keys);
  if (tenants === undefined) return problem(401, 'A usage key is needed: Authorization: Bearer <key>.');
  return tenants.includes(tenant) ? undefined : problem(403, 'This key is not for that tenant.');
}

/** Compared by digest and in constant time, so that the answer's delay tells nothing about a key. */
function tenantsOf(given: string, keys: UsageRouteDeps['keys']): readonly string[] | undefined {
  const wanted = digest(given);
  let found: readonly string[] | undefined;
  for (const [key, tenants] of keys) if (timingSafeEqual(digest(key), wanted)) found = tenants;
  return found;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function problem(status: Exclude<UsageAnswer['status'], 200>, error: string): UsageAnswer {
  return { status, body: { error } };
}

function answerOf(report: IntakeReport): object {
  const { charged, corrected, kept, skipped, quarantined, balance } = report;
  return {
    charged: { count: charged.count, amount: toDecimal(charged.amount.micros) },
    corrected: { count: corrected.count, amount: toDecimal(corrected.amount.micros) },
    unchanged: report.unchanged,
    kept: { count: kept.count, amount: toDecimal(kept.amount.micros) },
    compared: report.compared.map(withDecimals),
    incomplete: report.incomplete,
    skipped: { ...skipped, ...(report.otherSource > 0 && { otherSource: report.otherSource }) },
    quarantined,
    currency: balance.currency,
    balance: toDecimal(balance.micros),
  };
}
