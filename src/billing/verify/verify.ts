import { ACCOUNT_KEY } from '../ledger/world.js';
import { decodeKeyPart } from '../storage/keys.js';
import type { PartitionScan } from '../storage/table.js';
import type { AccountReport } from './finding.js';
import { verifyAccount, type VerifyDeps } from './verify-account.js';

/** Accounts one after the other: those named, or all that the table has, and those whose head was noted. */
export async function* verifyAccounts(
  deps: VerifyDeps & { readonly scan: PartitionScan },
  tenants: readonly string[] = [],
): AsyncGenerator<AccountReport> {
  const seen = new Set<string>();
  for await (const tenant of tenants.length > 0 ? tenants : tenantsOf(deps.scan)) {
    seen.add(tenant);
    yield verifyAccount(tenant, deps);
  }
  // An account that was removed whole is found by what was noted of it.
  const noted = new Set(deps.heads.map(({ tenant }) => tenant));
  for (const tenant of noted) if (!seen.has(tenant)) yield verifyAccount(tenant, deps);
}

async function* tenantsOf(scan: PartitionScan): AsyncGenerator<string> {
  for await (const partition of scan.partitionsWith(ACCOUNT_KEY)) yield decodeKeyPart(partition);
}
