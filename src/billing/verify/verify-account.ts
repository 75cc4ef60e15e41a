/** Rebuilds one account from its entries, lots, calls and payments, and holds every sum that is kept against it. */
import { partitionOf, readAccount } from '../lane/account-rows.js';
import type { Account, Attestation, Entry, Lot, Payment } from '../ledger/model.js';
import { ACCOUNT_KEY } from '../ledger/world.js';
import { UnreadableRow } from '../rows/columns.js';
import type { TableStore } from '../storage/table.js';
import { RoleCheck } from './role-check.js';
import { AccountRows } from './account-rows.js';
import { AttestationCheck } from './attestation-check.js';
import { CallCheck, holdersAmong } from './call-check.js';
import { ChainCheck } from './chain-check.js';
import { DayCheck } from './day-check.js';
import {
  same,
  type AccountReport,
  type Counts,
  type Difference,
  type NotedHead,
  type Report,
} from './finding.js';
import { LineCheck } from './line-check.js';
import { PaymentCheck } from './payment-check.js';
import { checkProcessor } from './processor-check.js';
import type { ProcessorRecord } from './processor-record.js';

export interface VerifyDeps {
  readonly table: TableStore;
  readonly record: ProcessorRecord;
  readonly heads: readonly NotedHead[];
}

/** Times that an account is read again because it changed meanwhile; one that never rests has to be checked at night. */
export const READS_MAX = 5;
const NOTHING_COUNTED: Counts = {
  entries: 0,
  lots: 0,
  calls: 0,
  payments: 0,
  callsNotKept: 0,
  underWay: 0,
  attested: 0,
};

/** @throws StorageUnavailable */
export async function verifyAccount(tenant: string, deps: VerifyDeps): Promise<AccountReport> {
  for (let read = 1; read <= READS_MAX; read += 1) {
    const before = await etagOf(tenant, deps.table);
    const report = await verifyOnce(tenant, deps);
    if (before === (await etagOf(tenant, deps.table))) return report;
  }
  const what = `it changed each of the ${READS_MAX} times that it was read: check it when it is quiet`;
  return { tenant, counts: NOTHING_COUNTED, differences: [{ tenant, subject: 'account', what }] };
}

async function etagOf(tenant: string, table: TableStore): Promise<string | undefined> {
  return (await table.get(partitionOf(tenant), ACCOUNT_KEY))?.etag;
}

async function verifyOnce(tenant: string, deps: VerifyDeps): Promise<AccountReport> {
  const differences: Difference[] = [];
  const report: Report = (subject, what) => void differences.push({ tenant, subject, what });
  const account = await accountOf(tenant, deps.table, report);
  const counts =
    account === undefined ? NOTHING_COUNTED : await new Verification(account, deps, report).run();
  return { tenant, counts, differences };
}

async function accountOf(tenant: string, table: TableStore, report: Report): Promise<Account | undefined> {
  const row = await table.get(partitionOf(tenant), ACCOUNT_KEY);
  if (row === undefined) report('account', 'it has no row');
  try {
    const account = row === undefined ? undefined : readAccount(row);
    if (account !== undefined) same(report, 'account', ['its tenant', account.tenant, tenant]);
    return account;
  } catch (error) {
    if (!(error instanceof UnreadableRow)) throw error;
    report('account', `the row can't be read: ${error.message}`);
    return undefined;
  }
}

class Verification {
  private readonly account: Account;
  private readonly deps: VerifyDeps;
  private readonly report: Report;
  private readonly rows: AccountRows;

  constructor(account: Account, deps: VerifyDeps, report: Report) {
    this.account = account;
    this.deps = deps;
    this.report = report;
    this.rows = new AccountRows(deps.table, partitionOf(account.tenant), report);
  }

  async run(): Promise<Counts> {
    const { account, report, rows } = this;
    const lots = await this.lots();
    const payments = await this.payments();
    const holders = await holdersAmong(rows.entries(this.last));
    const calls = new CallCheck(holders, report);
    const days = await this.days(calls);
    const line = new LineCheck(lots, report);
    const paid = new PaymentCheck(payments, report);
    const words = new AttestationCheck(await this.attestations(), report);
    const { entries, datesKept } = await this.replay([calls, line, paid, words]);
    calls.end();
    line.end(account);
    paid.end(account, lots);
    words.end();
    days.end(account, { datesKept });
    await this.checkIssues();
    await this.checkRoles();
    const charges = await this.deps.record.charges(account.tenant);
    const underWay = checkProcessor(charges, payments, report);
    const counted = { lots: lots.size, calls: calls.count, payments: payments.size };
    return { entries, ...counted, callsNotKept: calls.notKept, underWay, attested: words.count };
  }

  private get last(): bigint {
    return this.account.nextSequence - 1n;
  }

  private async lots(): Promise<ReadonlyMap<bigint, Lot>> {
    const lots = new Map<bigint, Lot>();
    for await (const lot of this.rows.family('lot')) lots.set(lot.sequence, lot);
    return lots;
  }

  private async payments(): Promise<ReadonlyMap<string, Payment>> {
    const payments = new Map<string, Payment>();
    for await (const payment of this.rows.family('payment')) payments.set(payment.id, payment);
    return payments;
  }

  private async attestations(): Promise<readonly Attestation[]> {
    const attestations: Attestation[] = [];
    for await (const attestation of this.rows.family('attestation')) attestations.push(attestation);
    return attestations;
  }

  private async days(calls: CallCheck): Promise<DayCheck> {
    const days = new DayCheck(this.account.timeZone, this.report);
    for await (const call of this.rows.family('call')) {
      calls.know(call);
      days.know(call);
    }
    for await (const day of this.rows.family('day')) days.take(day);
    return days;
  }

  private async replay(
    checks: readonly { take(entry: Entry): void }[],
  ): Promise<{ readonly entries: number; readonly datesKept: boolean }> {
    const { account, deps, report } = this;
    const chain = new ChainCheck(account.tenant, deps.heads, report);
    let entries = 0;
    let datesKept = true;
    for await (const entry of this.rows.entries(this.last)) {
      entries += 1;
      if (entry.kind === 'correction' && entry.format === 'entry-v1') datesKept = false;
      chain.take(entry);
      for (const check of checks) check.take(entry);
    }
    chain.end(account);
    for (const key of await this.rows.entriesBeyond(this.last))
      report(key, 'it comes after the last entry that the account knows');
    return { entries, datesKept };
  }

  private async checkIssues(): Promise<void> {
    let open = 0;
    for await (const { state } of this.rows.family('issue')) if (state === 'open') open += 1;
    same(this.report, 'account', ['its count of records put aside', this.account.usage.openIssues, open]);
  }

  private async checkRoles(): Promise<void> {
    const roles = new RoleCheck(this.account, this.report);
    for await (const member of this.rows.family('member')) roles.take(member);
    roles.end();
  }
}
