/** Auto-recharge: when it may charge, how often, and how much. */
import { dateIn } from './calendar.js';
import { clicked, clicks, rowsOf, type Complain, type Transaction, type Watcher } from './transaction.js';
import { paymentView, type AccountView, type EntryView, type PaymentView } from './views.js';

const OPEN = ['requested', 'begun', 'actionRequired', 'unknown'];
const COUNTED = [...OPEN, 'settled'];
/** Entries that may never start a charge. */
const INNOCENT = [
  ...['adjustment', 'snapshot', 'refund', 'refundReversed', 'expired'],
  ...['outsideRefund', 'outsideRefundFailed', 'disputed', 'disputeReinstated'],
];
/** What a person clicked that may end a wait or a pause. */
const FREEING = ['resume', 'rule', 'backups'] as const;
/** More than three in an hour make auto-recharge stop and ask a person. */
const IN_AN_HOUR_MAX = 3;
const HOUR_MS = 3_600_000;

interface Recharge extends PaymentView {
  readonly date: string;
}

interface Judged {
  readonly payment: PaymentView;
  readonly before: AccountView | undefined;
  readonly after: AccountView;
  readonly transaction: Transaction;
}

export class RechargeWatch implements Watcher {
  private readonly recharges = new Map<string, Recharge>();
  private open: readonly Recharge[] = [];
  /** An innocent entry was the last word: nothing may be charged before a call, or a person, comes. */
  private held = false;
  /** Since a person last said "recharge now". */
  private recent: readonly string[] = [];
  private readonly complain: Complain;

  constructor(complain: Complain) {
    this.complain = complain;
  }

  committed(transaction: Transaction): void {
    const { before, after } = transaction;
    if (after === undefined) return;
    this.note(transaction);
    for (const { values } of rowsOf(transaction, 'payment')) {
      const payment = paymentView(values);
      if (payment.reason !== 'autoRecharge') continue;
      const isNew = !this.recharges.has(payment.id);
      this.keep(payment, after.timeZone);
      if (isNew) this.judge({ payment, before, after, transaction });
    }
    this.onlyOne(after);
  }

  private keep(payment: PaymentView, timeZone: string): void {
    const date = dateIn(timeZone, payment.requestedAt);
    this.recharges.set(payment.id, { ...payment, date });
    const others = this.open.filter(({ id }) => id !== payment.id);
    this.open = OPEN.includes(payment.status) ? [...others, { ...payment, date }] : others;
  }

  /** What a person or a charged call did ends the hold that an innocent entry left behind. */
  private note(transaction: Transaction): void {
    for (const entry of transaction.entries) {
      if (fellBelow(entry, transaction.after)) this.held = true;
      if (entry.kind === 'usage' && entry.amount < 0n) this.held = false;
    }
    const resumed = clicked(transaction, 'resume');
    if (resumed) this.recent = [];
    if (resumed || clicked(transaction, 'rule')) this.held = false;
  }

  private judge(judged: Judged): void {
    this.asNeeded(judged);
    this.unhindered(judged);
    this.within(judged);
    if (this.held) this.complain('adjustments, refunds and expiries never start a charge', judged.payment.id);
  }

  /** Several commands may share a transaction: what must hold, must hold for some balance on the way. */
  private asNeeded({ payment, before, after, transaction }: Judged): void {
    const balances = [before?.balance ?? 0n, ...transaction.entries.map(({ balanceAfter }) => balanceAfter)];
    if (!balances.includes(payment.balanceBefore))
      this.complain('a recharge knows the balance that asked for it', `${payment.balanceBefore}`);
    // Of two rules that were saved in one transaction only the second one is seen.
    if (clicks(transaction, 'rule') > 1) return;
    const trigger = [before, after].reduce((most, account) => max(most, account?.rule?.trigger ?? 0n), 0n);
    if (payment.balanceBefore >= trigger)
      this.complain('auto-recharge charges below the trigger only', `${payment.balanceBefore} ≥ ${trigger}`);
    const pending = pendingOf(before, after);
    if (pending > 0n) this.complain('auto-recharge waits for a top-up that is on its way', `${pending}`);
  }

  /** A person's click in the same transaction may have lifted what stood before it, or brought what stands behind it. */
  private unhindered({ payment, before, after, transaction }: Judged): void {
    if (FREEING.some((kind) => clicked(transaction, kind))) return;
    const reasons = [before ?? after, after].map((account) => hindrance(account, payment.requestedAt));
    if (reasons.every((reason) => reason !== undefined))
      this.complain('nothing is charged while auto-recharge is held back', reasons.join(', '));
  }

  private within({ payment, before, after }: Judged): void {
    const { date } = this.recharges.get(payment.id) ?? { date: '' };
    const month = date.slice(0, 7);
    const [day, whole] = [this.totalOf(date), this.totalOf(month)];
    const rules = [before?.rule, after.rule].filter((rule) => rule !== undefined);
    const monthCap = rules.reduce((most, rule) => max(most, rule.monthCap), 0n);
    const dayCap = rules.reduce((most, rule) => max(most, rule.dayCap ?? rule.monthCap), 0n);
    if (whole > monthCap) this.complain('the month’s cap holds', `${month}: ${whole} > ${monthCap}`);
    if (day > dayCap) this.complain('the day’s cap holds', `${date}: ${day} > ${dayCap}`);
    this.notTooOften(payment);
  }

  /** What counts against a cap, of the recharges whose date begins so. */
  private totalOf(period: string): bigint {
    const counted = [...this.recharges.values()].filter(
      ({ status, date }) => COUNTED.includes(status) && date.startsWith(period),
    );
    return counted.reduce((sum, { amount }) => sum + amount, 0n);
  }

  /** Declined and cancelled ones moved no money: they are no sign of a line that is abused. */
  private notTooOften({ id, requestedAt }: PaymentView): void {
    this.recent = [...this.recent, id];
    const from = Date.parse(requestedAt) - HOUR_MS;
    const within = this.recent.filter((one) => {
      const recharge = this.recharges.get(one);
      return (
        recharge !== undefined && COUNTED.includes(recharge.status) && Date.parse(recharge.requestedAt) > from
      );
    });
    this.recent = within;
    if (within.length > IN_AN_HOUR_MAX)
      this.complain('auto-recharge stops after a few in an hour', within.join(', '));
  }

  private onlyOne({ openPayments }: AccountView): void {
    const overdue = new Set(openPayments.filter((payment) => payment.overdue).map(({ id }) => id));
    const live = this.open.filter(({ id }) => !overdue.has(id));
    if (live.length > 1) this.complain('never two open auto-recharges', live.map(({ id }) => id).join(', '));
  }
}

function hindrance({ rule, health }: AccountView, at: string): string | undefined {
  if (rule?.enabled !== true) return 'off';
  const { notBefore } = health;
  const waits = notBefore !== undefined && notBefore > at;
  const stops = {
    paused: health.pausedBy !== undefined,
    tripped: health.tripped !== undefined,
    disputed: health.disputed !== undefined,
    held: health.held || health.asksFirst === true,
    notBought: health.notBought !== undefined,
    waiting: waits,
  };
  return Object.entries(stops).find(([, stopped]) => stopped)?.[0];
}

/** What was on its way before the transaction and still is behind it. */
function pendingOf(before: AccountView | undefined, after: AccountView): bigint {
  const known = new Set(before?.openPayments.filter(({ overdue }) => !overdue).map(({ id }) => id));
  return after.openPayments.reduce(
    (sum, { id, amount, overdue }) => (known.has(id) && !overdue ? sum + amount : sum),
    0n,
  );
}

/** Whether an entry that may never start a charge took the balance below the trigger. */
function fellBelow({ kind, amount, balanceAfter }: EntryView, account: AccountView | undefined): boolean {
  if (!INNOCENT.includes(kind) || account?.rule?.enabled !== true) return false;
  const { trigger } = account.rule;
  return balanceAfter < trigger && balanceAfter - amount >= trigger;
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
