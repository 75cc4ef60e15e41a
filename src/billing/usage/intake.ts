/** Call records from outside, judged row by row and debited in transactions of bounded size. */
import { createHash } from 'node:crypto';
import type { UsageReceipt } from '../ledger/commands/charge-usage.js';
import { chargeWhatFits } from '../ledger/commands/charge-what-fits.js';
import { putAside } from '../ledger/commands/usage-issues.js';
import { tripRowKeys } from '../ledger/breaker.js';
import { dayKeysOf } from '../ledger/days.js';
import type { Account, StoredCall, UsageIssue } from '../ledger/model.js';
import { rowKeys } from '../ledger/world.js';
import type { LedgerCommand, Outcome } from '../lane/command.js';
import type { Ledger } from '../lane/ledger.js';
import type { LedgerReader } from '../reader.js';
import type { Money } from '../money.js';
import { batches, rowsMaxOf, type CallBatch } from './batches.js';
import { readGraphRow, type CallRecord, type QuarantineReason, type UsageSource } from './call-record.js';
import { knownAlready } from './known-calls.js';
import { tellSecondSource, type SecondSourceLog } from './second-source.js';
import type { SourceComparison } from './source-comparison.js';
import { ofWholeDays, type IncompleteDay } from './whole-days.js';

const ISSUES_PER_COMMIT_MAX = 40;

export interface IntakeReport {
  readonly charged: { readonly count: number; readonly amount: Money };
  readonly corrected: { readonly count: number; readonly amount: Money };
  readonly unchanged: number;
  /** Known from another source, which alone may correct them. */
  readonly otherSource: number;
  /** From before the start of metering: written down, and not charged. */
  readonly kept: { readonly count: number; readonly amount: Money };
  /** Days that another source was charged for, or kept from; oldest first. */
  readonly compared: readonly SourceComparison[];
  /** Days that an export has a part of only, and that are therefore left to come again; oldest first. */
  readonly incomplete: readonly IncompleteDay[];
  readonly skipped: { readonly notPrepaid: number };
  readonly quarantined: readonly { readonly id?: string; readonly reason: QuarantineReason }[];
  readonly balance: Money;
}

export interface IntakeDeps {
  readonly ledger: Ledger;
  readonly reader: LedgerReader;
  readonly now: () => string;
  readonly newId: () => string;
  readonly lowBalance: bigint;
  readonly log: SecondSourceLog;
  /** Some billers give the connection charge on top of `charge`; Graph's is part of it. */
  readonly addConnectionCharge: boolean;
  /** A call as it may be stored, by its age. */
  readonly kept: (call: StoredCall) => StoredCall;
  /**
   * Gives a recharge that a batch has started a moment to land before the next batch of the same delivery: a backlog of
   * calls that arrives at once should not cry "negative" over money that is already on its way.
   */
  readonly letLand: (tenant: string, paymentId: string) => Promise<void>;
}

interface Delivery {
  readonly tenant: string;
  readonly source: UsageSource;
  readonly account: Account;
}

export class UsageIntake {
  private readonly deps: IntakeDeps;

  constructor(deps: IntakeDeps) {
    this.deps = deps;
  }

  /**
   * Debits what the rules can debit and puts the rest aside. Sending the same rows again changes nothing.
   * @throws StorageUnavailable, LedgerBusy: a part may be done; sending the same rows again finishes it.
   */
  async take(tenant: string, delivered: readonly unknown[], source: UsageSource): Promise<IntakeReport> {
    const account = await this.deps.ledger.look(tenant);
    const delivery = { tenant, source, account };
    const all = { rows: delivered, source, now: this.deps.now() };
    const { rows, incomplete } = await ofWholeDays(this.deps.reader, account, all);
    const verdicts = rows.map((row) => readGraphRow(row, account.currency));
    const charges = verdicts.flatMap((verdict) => (verdict.kind === 'charge' ? [verdict.record] : []));
    const aside = verdicts.filter((verdict) => verdict.kind === 'quarantine');
    const calls = charges.map((record) => this.store(record, source));
    const known = await knownAlready(this.deps.reader, account, calls);
    const news = calls.filter(({ id }) => !known.has(id));
    const receipts = await this.charge(delivery, news);
    const days = receipts.flatMap(({ foreignDays = [] }) => foreignDays);
    const compared = await tellSecondSource(this.deps, account, { source, calls: news, days });
    await this.putAside(delivery, aside);
    const skipped = verdicts.length - charges.length - aside.length;
    const quarantined = aside.map(({ id, reason }) => ({ reason, ...(id !== undefined && { id }) }));
    const sums = summed(receipts, account);
    const unchanged = sums.unchanged + calls.length - news.length;
    return { ...sums, unchanged, compared, incomplete, skipped: { notPrepaid: skipped }, quarantined };
  }

  private store(record: CallRecord, source: UsageSource): StoredCall {
    const { id, charge, connectionCharge, start, durationSeconds, details } = record;
    const total = this.deps.addConnectionCharge ? charge + connectionCharge : charge;
    const stored = { id, charge: total, connectionCharge, start, durationSeconds, source, details };
    return this.deps.kept({ type: 'call', ...stored });
  }

  private async charge(delivery: Delivery, calls: readonly StoredCall[]): Promise<readonly UsageReceipt[]> {
    const receipts: UsageReceipt[] = [];
    const reference = this.deps.newId();
    const waiting = [...batches(calls, delivery.account.timeZone)];
    for (let batch = waiting.shift(), index = 0; batch !== undefined; batch = waiting.shift(), index += 1) {
      const open = receipts.at(-1)?.openRecharge;
      if (open !== undefined) await this.deps.letLand(delivery.tenant, open);
      const command = this.batchCommand(batch, `${reference}-${index}`);
      const receipt = answerOf(await this.deps.ledger.submit(delivery.tenant, command));
      receipts.push(receipt, ...(await this.chargeMoved(delivery, batch.calls, receipt)));
      const { left = 0 } = receipt;
      if (left > 0) waiting.unshift({ calls: batch.calls.slice(-left), days: batch.days });
    }
    return receipts;
  }

  /** A correction that moves a call to another day: each in a transaction of its own, which reads both days. */
  private async chargeMoved(
    { tenant }: Delivery,
    batch: readonly StoredCall[],
    { moved = [] }: UsageReceipt,
  ): Promise<readonly UsageReceipt[]> {
    const receipts: UsageReceipt[] = [];
    for (const { id, storedStart } of moved) {
      const calls = batch.filter((call) => call.id === id);
      const command = this.batchCommand({ calls, days: 2 }, this.deps.newId(), [storedStart]);
      receipts.push(answerOf(await this.deps.ledger.submit(tenant, command)));
    }
    return receipts;
  }

  private batchCommand(
    batch: CallBatch,
    reference: string,
    storedStarts: readonly string[] = [],
  ): LedgerCommand<UsageReceipt> {
    const { lowBalance } = this.deps;
    const { calls } = batch;
    const rowsMax = rowsMaxOf(batch);
    const callKeys = calls.map((call) => rowKeys.call(call.id));
    const starts = [...calls.map((call) => call.start), ...storedStarts];
    return {
      name: 'chargeUsage',
      priority: 'batch',
      rowsMax,
      operation: { id: reference, mintedAt: this.deps.now() },
      // New records are the rule: they are inserted unseen, and only a conflict makes the batch read first.
      reads: (account, careful) => ({
        keys: [...dayKeysOf(starts, account.timeZone), ...tripRowKeys(account), ...(careful ? callKeys : [])],
      }),
      decide: (world, now) =>
        chargeWhatFits(world, { reference, calls, storedStarts, lowBalance, rowsMax }, now),
    };
  }

  private async putAside(delivery: Delivery, aside: readonly Aside[]): Promise<void> {
    const at = this.deps.now();
    const issues = aside.map((verdict): UsageIssue => {
      const { reason, raw } = verdict;
      return { type: 'issue', id: issueId(verdict), reason, source: delivery.source, raw, at, state: 'open' };
    });
    for (let from = 0; from < issues.length; from += ISSUES_PER_COMMIT_MAX) {
      const some = issues.slice(from, from + ISSUES_PER_COMMIT_MAX);
      await this.deps.ledger.submit(delivery.tenant, {
        name: 'putAside',
        priority: 'batch',
        rowsMax: some.length,
        reads: () => ({ keys: some.map((issue) => rowKeys.issue(issue.id)) }),
        decide: (world) => putAside(world, some),
      });
    }
  }
}

interface Aside {
  readonly id?: string;
  readonly reason: QuarantineReason;
  readonly raw: string;
}

/** Record and reason together, so that a row that comes back wrong in another way is shown again. */
function issueId({ id, reason, raw }: Aside): string {
  const name = id ?? createHash('sha256').update(raw).digest('hex').slice(0, 32);
  return `${name}:${reason}`;
}

function answerOf(result: Outcome<UsageReceipt>): UsageReceipt {
  if (result.kind === 'done') return result.answer;
  throw new Error(`a usage batch was refused: ${result.reason}`);
}

function summed(
  receipts: readonly UsageReceipt[],
  account: Account,
): Omit<IntakeReport, 'compared' | 'incomplete' | 'skipped' | 'quarantined'> {
  const sum = (of: (receipt: UsageReceipt) => number) =>
    receipts.reduce((total, receipt) => total + of(receipt), 0);
  const money = (of: (receipt: UsageReceipt) => bigint): Money => ({
    micros: receipts.reduce((total, receipt) => total + of(receipt), 0n),
    currency: account.currency,
  });
  return {
    charged: {
      count: sum((receipt) => receipt.chargedCount),
      amount: money((receipt) => receipt.chargedAmount),
    },
    corrected: {
      count: sum((receipt) => receipt.correctedCount),
      amount: money((receipt) => receipt.correctedAmount),
    },
    unchanged: sum((receipt) => receipt.unchanged),
    otherSource: sum((receipt) => receipt.otherSource),
    kept: {
      count: sum((receipt) => receipt.keptCount),
      amount: money((receipt) => receipt.keptAmount),
    },
    balance: { micros: receipts.at(-1)?.balance ?? account.balance, currency: account.currency },
  };
}
