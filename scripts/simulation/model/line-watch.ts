/** The ledger's own arithmetic: entries, chain, credit line and lots. */
import { rowsOf, type Complain, type Transaction, type Watcher } from './transaction.js';
import { lotView, type AccountView, type EntryView, type LotView } from './views.js';

const GENESIS = '0'.repeat(64);
/** What may go from an account's partition, and be written again. */
/** Of events, those that were carried out: see reversal-watch. */
const MAY_GO = ['op', 'event', 'delivery', 'destination', 'audit'];

/** Entries that take a part of a lot: its end, as far as that is unspent. */
const WITHDRAW = ['outsideRefund', 'disputed'];

type Span = AccountView['holes'][number];

const NOTHING = { start: 0n, end: 0n };

export class LineWatch implements Watcher {
  sum = 0n;
  head = GENESIS;
  sequence = 0n;
  /** Lots that are not spent, oldest first. */
  private lots: readonly LotView[] = [];
  private holes: AccountView['holes'] = [];
  /** What went back without the program of a lot, as a hole or as a debit. */
  private readonly withdrawn = new Map<bigint, bigint>();
  private readonly complain: Complain;

  constructor(complain: Complain) {
    this.complain = complain;
  }

  committed(transaction: Transaction): void {
    this.onlyAppended(transaction);
    const openBefore = this.lots;
    for (const entry of transaction.entries) this.chained(entry);
    this.takeLots(transaction);
    const { before, after } = transaction;
    if (after === undefined) {
      if (transaction.entries.length > 0) this.complain('an entry comes with its account', '');
      return;
    }
    this.holes = after.holes;
    this.balanced(after);
    if (before !== undefined) this.forward(before, after);
    this.expiries(transaction, openBefore);
    if (after.balance > 0n) this.covered(after);
  }

  private onlyAppended({ deleted, ...transaction }: Transaction): void {
    const [oldest] = transaction.entries;
    if (oldest !== undefined && oldest.sequence <= this.sequence)
      this.complain('an entry is never written over', `${oldest.sequence} of ${this.sequence}`);
    for (const key of deleted) {
      if (!MAY_GO.includes(key.slice(0, key.indexOf(':')))) this.complain('nothing vanishes', key);
    }
  }

  private chained(entry: EntryView): void {
    const { sequence, previous, balanceAfter, amount } = entry;
    if (sequence !== this.sequence + 1n)
      this.complain('entries are numbered without a gap', `${sequence} after ${this.sequence}`);
    if (entry.lot !== undefined && WITHDRAW.includes(entry.kind))
      this.withdrawn.set(entry.lot, (this.withdrawn.get(entry.lot) ?? 0n) - amount);
    if (previous !== this.head) this.complain('the hash chain is whole', `entry ${sequence}`);
    this.sum += amount;
    if (balanceAfter !== this.sum)
      this.complain('an entry’s balance is the sum up to it', `${balanceAfter} ≠ ${this.sum}`);
    this.sequence = sequence;
    this.head = entry.hash;
  }

  private balanced({ balance, credited, pointer, holes, head, nextSequence }: AccountView): void {
    const ahead = holes.reduce((sum, hole) => sum + beyond(hole, pointer), 0n);
    const line = credited - pointer - ahead;
    if (balance !== this.sum || balance !== line) {
      this.complain(
        'balance = entries = credited − pointer − holes',
        `${balance}, ${this.sum}, ${credited} − ${pointer} − ${ahead}`,
      );
    }
    if (head !== this.head || nextSequence !== this.sequence + 1n)
      this.complain('the account holds the head of its chain', `${nextSequence} after ${this.sequence}`);
  }

  private forward(before: AccountView, after: AccountView): void {
    if (after.pointer < before.pointer)
      this.complain('the pointer never goes back', `${before.pointer} → ${after.pointer}`);
    if (after.credited < before.credited)
      this.complain('the line never gets shorter', `${before.credited} → ${after.credited}`);
    if (after.currency !== before.currency && this.sequence > 0n)
      this.complain('an account keeps its currency', `${before.currency} → ${after.currency}`);
  }

  private takeLots(transaction: Transaction): void {
    const written = rowsOf(transaction, 'lot').map(({ values }) => lotView(values));
    if (written.length > 0) {
      const lots = new Map(this.lots.map((lot) => [lot.sequence, lot]));
      for (const lot of written) lots.set(lot.sequence, lot);
      this.lots = [...lots.values()].sort((a, b) => (a.start < b.start ? -1 : 1));
    }
    const { after } = transaction;
    if (after === undefined || (this.lots[0]?.end ?? 0n) > after.pointer) return;
    this.lots = this.lots.filter(({ end }) => end > after.pointer);
  }

  /**
   * A closed lot is no funds any more: what the pointer has not passed of it must be a hole, and of open ones no more than
   * what was withdrawn.
   */
  private covered({ balance, credited, pointer, holes }: AccountView): void {
    let open = 0n;
    let uncovered = credited - pointer;
    let outside = holes.reduce((sum, hole) => sum + beyond(hole, pointer), 0n);
    for (const lot of this.lots) {
      const left = beyond(lot, pointer);
      const taken = takenOf(lot, holes, pointer);
      uncovered -= left;
      outside -= taken;
      open += left - taken;
      this.taken(lot, taken, left);
    }
    if (open + uncovered - outside !== balance) {
      this.complain(
        'unspent lots + uncovered spans = balance',
        `${open} + ${uncovered - outside} ≠ ${balance}`,
      );
    }
    if (uncovered < outside) this.complain('lots lie on the line and apart from each other', `${uncovered}`);
  }

  private taken({ sequence, closed }: LotView, taken: bigint, left: bigint): void {
    const most = closed === undefined ? (this.withdrawn.get(sequence) ?? 0n) : left;
    if (taken > most || (closed !== undefined && taken !== left))
      this.complain(
        'what is gone of a lot is a hole, and nothing else',
        `lot ${sequence}: ${taken} of ${left}`,
      );
  }

  private expiries({ before, entries }: Transaction, lots: readonly LotView[]): void {
    for (const entry of entries.filter(({ kind }) => kind === 'expired')) {
      if (entry.balanceAfter < 0n)
        this.complain('no expiry makes the balance negative', `${entry.balanceAfter}`);
      const lot = lots.find(({ sequence }) => sequence === entry.lot);
      this.inTime(entry, lot);
      // With others in the same transaction, what was left before it is not what was left at its turn.
      if (entries.length === 1 && before !== undefined) this.whole(entry, leftOf(lot ?? NOTHING, before));
    }
  }

  private inTime({ at }: EntryView, lot: LotView | undefined): void {
    if (lot === undefined || at < lot.expiresAt)
      this.complain('no lot expires before its time', `${at} < ${lot?.expiresAt ?? ''}`);
  }

  private whole({ amount }: EntryView, left: bigint): void {
    if (-amount !== left) this.complain('an expiry takes what is left of its lot', `${-amount} of ${left}`);
  }

  /** Open lots that should have expired by then. */
  unexpired(now: string): readonly LotView[] {
    return this.lots.filter((lot) => {
      const left = beyond(lot, 0n) - takenOf(lot, this.holes, 0n);
      return lot.closed === undefined && lot.expiresAt < now && left > 0n;
    });
  }
}

function beyond({ start, end }: { readonly start: bigint; readonly end: bigint }, pointer: bigint): bigint {
  const from = pointer > start ? pointer : start;
  return end > from ? end - from : 0n;
}

function leftOf(span: Span, { pointer, holes }: Pick<AccountView, 'pointer' | 'holes'>): bigint {
  return beyond(span, pointer) - takenOf(span, holes, pointer);
}

/** How much of a span that the pointer has not passed was taken out. */
function takenOf(span: Span, holes: readonly Span[], pointer: bigint): bigint {
  return holes.reduce((sum, hole) => sum + beyond(overlap(span, hole), pointer), 0n);
}

function overlap(a: { start: bigint; end: bigint }, b: { start: bigint; end: bigint }) {
  return { start: a.start > b.start ? a.start : b.start, end: a.end < b.end ? a.end : b.end };
}
