import { expiryOf } from '../ledger/calendar.js';
import type { Account, Entry, EntryKind, Lot, OpenLot } from '../ledger/model.js';
import { same, type Report } from './finding.js';
import { LineReplay, lineText } from './line-replay.js';

/** How an entry moves the credit line. */
const MOVES: Readonly<Record<EntryKind, 'opens' | 'takes' | 'withdraws' | 'changes'>> = {
  topUp: 'opens',
  autoRecharge: 'opens',
  refundReversed: 'opens',
  expired: 'takes',
  refund: 'takes',
  outsideRefund: 'withdraws',
  disputed: 'withdraws',
  outsideRefundFailed: 'changes',
  disputeReinstated: 'changes',
  usage: 'changes',
  correction: 'changes',
  adjustment: 'changes',
  attested: 'opens',
  snapshot: 'changes',
};

/** Replays the credit line from the entries, and holds the lot rows and the account's line against it. */
export class LineCheck {
  private readonly line = new LineReplay();
  private readonly lots: ReadonlyMap<bigint, Lot>;
  private readonly report: Report;
  /** Lots that an entry opened, and by which entry each was closed. */
  private readonly opened = new Map<bigint, bigint | undefined>();

  constructor(lots: ReadonlyMap<bigint, Lot>, report: Report) {
    this.lots = lots;
    this.report = report;
  }

  take(entry: Entry): void {
    const move = MOVES[entry.kind];
    if (move === 'opens') this.open(entry);
    else if (move === 'takes') this.takeOut(entry);
    else if (move === 'withdraws' && entry.lot !== undefined) this.withdraw(entry, entry.lot);
    else if (entry.amount < 0n) this.line.debit(-entry.amount);
    else this.line.credit(entry.amount);
    same(this.report, `entry ${entry.sequence}`, [
      'the balance after it',
      entry.balanceAfter,
      this.line.balance,
    ]);
  }

  private open(entry: Entry): void {
    const lot = this.lots.get(entry.sequence);
    const subject = `lot ${entry.sequence}`;
    this.opened.set(entry.sequence, undefined);
    const start = this.line.credited;
    this.line.credit(entry.amount);
    if (lot === undefined) {
      this.report(subject, `entry ${entry.sequence} opened it, and it has no row`);
      return;
    }
    same(this.report, subject, ['its start', lot.start, start]);
    same(this.report, subject, ['its end', lot.end, start + entry.amount]);
    same(this.report, subject, ['its payment', lot.paymentId, entry.reference]);
    if (entry.kind !== 'refundReversed')
      same(this.report, subject, ['the time of its purchase', lot.purchasedAt, purchaseOf(entry)]);
    same(this.report, subject, ['its expiry', lot.expiresAt, expiryOf(lot.purchasedAt)]);
  }

  private takeOut(entry: Entry): void {
    const subject = `entry ${entry.sequence}`;
    const lot = this.lots.get(entry.lot ?? 0n);
    if (lot === undefined || !this.opened.has(lot.sequence)) {
      this.report(subject, `it takes from lot ${entry.lot ?? 'none'}, which is not there`);
      this.line.debit(-entry.amount);
      return;
    }
    same(this.report, subject, ['what it takes', -entry.amount, this.line.takeOut(lot)]);
    this.close(lot, entry);
  }

  /** One that names no lot is a debit: the line had no room for another hole. */
  private withdraw({ sequence, amount, reference }: Entry, from: bigint): void {
    const lot = this.lots.get(from);
    if (lot === undefined || !this.opened.has(from)) {
      this.report(`entry ${sequence}`, `it takes from lot ${from}, which is not there`);
      this.line.debit(-amount);
      return;
    }
    same(this.report, `entry ${sequence}`, [
      'the payment of the lot it takes from',
      lot.paymentId,
      reference,
    ]);
    this.line.withdraw(lot, -amount);
  }

  private close(lot: Lot, { kind, sequence, at }: Entry): void {
    const subject = `lot ${lot.sequence}`;
    if (this.opened.get(lot.sequence) !== undefined)
      this.report(subject, `entry ${sequence} closed it once more`);
    this.opened.set(lot.sequence, sequence);
    const how = kind === 'expired' ? 'expired' : 'refunded';
    same(this.report, subject, ['how it was closed', lot.closed?.how, how]);
    if (how === 'expired' && at <= lot.expiresAt)
      this.report(subject, `entry ${sequence} of ${at} expired it, and it was good until ${lot.expiresAt}`);
  }

  end(account: Account): void {
    same(this.report, 'account', ['its credit line', lineText(account), lineText(this.line)]);
    for (const lot of this.lots.values()) {
      const subject = `lot ${lot.sequence}`;
      if (!this.opened.has(lot.sequence)) this.report(subject, 'no entry opened it');
      same(this.report, subject, [
        'the entry that closed it',
        lot.closed?.entry,
        this.opened.get(lot.sequence),
      ]);
    }
    this.checkList(account);
  }

  /** The lots on the account are for showing only, but people read them. */
  private checkList({ lots, moreLots }: Account): void {
    for (const listed of lots)
      if (!isAlike(listed, this.lots.get(listed.sequence)))
        this.report('account', `it lists lot ${listed.sequence} otherwise than the lot's row`);
    if (moreLots) return;
    const known = new Set(lots.map(({ sequence }) => sequence));
    const missing = [...this.lots.values()].filter(({ sequence }) => !known.has(sequence));
    for (const lot of missing.filter((one) => this.line.remainderOf(one) > 0n))
      this.report('account', `it does not list lot ${lot.sequence}, of which something is left`);
  }
}

/** What people attested is dated by them, and the day is sealed in the entry. */
function purchaseOf({ kind, at, reason = '' }: Entry): string {
  return kind === 'attested' ? `${reason.slice(0, 10)}T00:00:00.000Z` : at;
}

function isAlike(listed: OpenLot, lot: Lot | undefined): boolean {
  return lot?.start === listed.start && lot.end === listed.end && lot.expiresAt === listed.expiresAt;
}
