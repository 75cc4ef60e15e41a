/**
 * What must be true, judged from outside: from the transactions that the tables committed and the processor's own record,
 * never from what the program says of itself.
 */
import type { Write } from '../../../src/billing/storage/table.js';
import type { Coverage } from '../coverage.js';
import { AlertWatch } from './alert-watch.js';
import { CardWatch } from './card-watch.js';
import { DueWatch, type Work } from './due-watch.js';
import { LineWatch } from './line-watch.js';
import { MoneyWatch } from './money-watch.js';
import { PeopleWatch } from './people-watch.js';
import { RechargeWatch } from './recharge-watch.js';
import { ReversalWatch } from './reversal-watch.js';
import { sorted, type Complain, type Transaction } from './transaction.js';
import { UsageWatch } from './usage-watch.js';
import { WordWatch } from './word-watch.js';
import { AccountReader, type AccountView } from './views.js';

/** All that is watched of one account. */
export class AccountModel {
  account: AccountView | undefined;
  readonly line: LineWatch;
  readonly usage: UsageWatch;
  readonly money: MoneyWatch;
  readonly recharge: RechargeWatch;
  readonly alerts: AlertWatch;
  readonly reversals: ReversalWatch;
  readonly cards: CardWatch;
  private readonly people: PeopleWatch;
  private readonly words: WordWatch;
  private readonly reader = new AccountReader();
  private readonly answers = new Map<string, unknown>();
  private readonly complain: Complain;

  constructor(complain: Complain, coverage: Coverage, configuredAdmins: readonly string[]) {
    this.complain = complain;
    this.line = new LineWatch(complain);
    this.usage = new UsageWatch(complain);
    this.money = new MoneyWatch(complain, coverage);
    this.recharge = new RechargeWatch(complain);
    this.alerts = new AlertWatch(complain, coverage);
    this.reversals = new ReversalWatch(complain);
    this.cards = new CardWatch(complain);
    this.words = new WordWatch(complain);
    this.people = new PeopleWatch(complain, configuredAdmins);
  }

  committed(tenant: string, writes: readonly Write[]): void {
    const { account: values, ...rest } = sorted(writes);
    const before = this.account;
    if (values !== undefined) this.account = this.reader.read(values);
    const transaction: Transaction = { tenant, before, after: this.account, ...rest };
    const { line, usage, money, recharge, reversals, cards, alerts, people, words } = this;
    for (const watcher of [line, usage, money, recharge, reversals, cards, alerts, people, words])
      watcher.committed(transaction);
    for (const { key, values: row } of rest.rows.get('op') ?? []) this.answered(key, row['answer']);
  }

  private answered(key: string, answer: unknown): void {
    if (this.answers.has(key) && this.answers.get(key) !== answer)
      this.complain('an operation keeps its answer', key);
    this.answers.set(key, answer);
  }
}

export class Model {
  readonly accounts: ReadonlyMap<string, AccountModel>;
  readonly due: DueWatch;
  private readonly complain: Complain;

  constructor(
    tenants: readonly string[],
    tools: { readonly complain: Complain; readonly coverage: Coverage; readonly admins: readonly string[] },
  ) {
    const { complain, coverage, admins } = tools;
    this.complain = complain;
    this.due = new DueWatch(complain);
    this.accounts = new Map(
      tenants.map((tenant) => [
        tenant,
        new AccountModel(
          (what, numbers) => {
            complain(what, `${tenant}: ${numbers}`);
          },
          coverage,
          admins,
        ),
      ]),
    );
  }

  of(tenant: string): AccountModel {
    const account = this.accounts.get(tenant);
    if (account === undefined) throw new Error(`no such account: ${tenant}`);
    return account;
  }

  ledgerCommitted(partition: string, writes: readonly Write[]): void {
    const account = this.accounts.get(partition);
    if (account === undefined) {
      this.complain('only known accounts are written', partition);
      return;
    }
    account.committed(partition, writes);
    for (const work of needed(partition, writes)) this.mustBeKept(work);
  }

  dueCommitted(shard: string, writes: readonly Write[], now: number): void {
    for (const work of this.due.committed(shard, writes, now)) this.mustBeKept(work);
  }

  /** Whatever is not done yet would be found by another instance if this one stopped now. */
  private mustBeKept(work: Work): void {
    const account = this.accounts.get(work.tenant);
    if (account === undefined || !isOpen(account, work) || this.due.has(work)) return;
    this.complain('work that is not done has a due row', `${work.tenant} ${work.name} ${work.subject}`);
  }
}

function isOpen({ money, alerts }: AccountModel, { name, subject }: Work): boolean {
  if (name === 'payment') return money.isOpen(subject);
  if (name === 'refund') return money.hasOpenRefund(subject);
  return name === 'alert' && alerts.isUnheard(subject);
}

function needed(tenant: string, writes: readonly Write[]): readonly Work[] {
  return writes.flatMap((write) => {
    if (write.kind === 'delete') return [];
    const { id, sequence } = write.values;
    if (write.key.startsWith('alert:')) return [{ name: 'alert', tenant, subject: String(sequence) }];
    if (!write.key.startsWith('payment:')) return [];
    const subject = String(id);
    return [
      { name: 'payment', tenant, subject },
      { name: 'refund', tenant, subject },
    ];
  });
}
