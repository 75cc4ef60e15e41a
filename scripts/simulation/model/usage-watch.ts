/**
 * Call records: each charged once, in the account whose key sent it, from the start of metering on and from one source a
 * day; the others kept apart from that; and the days add up.
 */
import { SYSTEM } from '../../../src/billing/ledger/model.js';
import { withFacts } from '../../../src/billing/rows/call-columns.js';
import type { Values } from '../../../src/billing/storage/table.js';
import { dateIn } from './calendar.js';
import { rowsOf, type Complain, type Transaction, type Watcher } from './transaction.js';
import { jsonOf, type AccountView, type EntryView } from './views.js';

const OF_CALLS = ['usage', 'correction'];
/** Its charges are rounded, so it shares a day with no other source. */
const ROUNDED = 'csv';
const NOTHING = { spend: 0n, calls: 0 };

interface CallView {
  readonly id: string;
  readonly charge: bigint;
  readonly start: string;
  readonly source: string;
  readonly kept: boolean;
  readonly entry: bigint | undefined;
}

export class UsageWatch implements Watcher {
  private readonly calls = new Map<string, CallView>();
  private readonly days = new Map<string, { readonly spend: bigint; readonly kept: bigint }>();
  private readonly sources = new Map<string, Set<string>>();
  private charged = 0n;
  private kept = 0n;
  private spentByDay = 0n;
  private keptByDay = 0n;
  private entered = 0n;
  private readonly complain: Complain;

  constructor(complain: Complain) {
    this.complain = complain;
  }

  committed(transaction: Transaction): void {
    for (const { amount, kind } of transaction.entries) if (OF_CALLS.includes(kind)) this.entered -= amount;
    for (const { values } of rowsOf(transaction, 'call')) this.take(callView(values), transaction);
    for (const { key, values } of rowsOf(transaction, 'day')) this.takeDay(key, values);
    this.addUp(transaction.after);
  }

  private addUp(account: AccountView | undefined): void {
    if (this.charged !== this.entered)
      this.complain('each call record is charged once', `records ${this.charged}, entries ${this.entered}`);
    if (this.spentByDay !== this.entered)
      this.complain('the days add up to the usage', `days ${this.spentByDay}, entries ${this.entered}`);
    const kept = account?.kept ?? 0n;
    if (this.keptByDay !== this.kept || kept !== this.kept)
      this.complain(
        'what was kept without being charged adds up',
        `records ${this.kept}, days ${this.keptByDay}, account ${kept}`,
      );
  }

  private take(call: CallView, transaction: Transaction): void {
    const known = this.calls.get(call.id);
    this.calls.set(call.id, call);
    const [chargedBefore, keptBefore] = shares(known);
    const [charged, kept] = shares(call);
    this.charged += charged - chargedBefore;
    this.kept += kept - keptBefore;
    // Whatever changes with a call changes the account with it; details that are removed do not.
    if (transaction.after === undefined || isSame(call, known)) return;
    if (call.kept) this.mayBeKept(call, known, transaction.after);
    else if (known?.kept !== false) this.mayBeCharged(call, transaction.after, transaction.entries);
  }

  private mayBeKept(call: CallView, known: CallView | undefined, { meteredFrom }: AccountView): void {
    if (known?.kept === false) this.complain('a call that was charged stays charged', call.id);
    if (call.start >= meteredFrom)
      this.complain('only calls from before the start of metering are kept', `${call.id} ${call.start}`);
  }

  private mayBeCharged(call: CallView, account: AccountView, entries: readonly EntryView[]): void {
    const entry = entries.find(({ sequence }) => sequence === call.entry);
    // What an admin decides to charge is charged, whenever it was.
    const byRule = entry?.by.id === SYSTEM.id;
    if (byRule && call.start < account.meteredFrom)
      this.complain('no call from before the start of metering is charged', `${call.id} ${call.start}`);
    const date = dateIn(account.timeZone, call.start);
    const sources = (this.sources.get(date) ?? new Set()).add(call.source);
    this.sources.set(date, sources);
    if (sources.has(ROUNDED) && sources.size > 1)
      this.complain('an export shares its days with nobody', `${date}: ${[...sources].join(', ')}`);
  }

  private takeDay(key: string, values: Values): void {
    const known = this.days.get(key) ?? { spend: 0n, kept: 0n };
    const unmetered = (jsonOf(values, 'unmetered') ?? NOTHING) as typeof NOTHING;
    const day = { spend: values['spend'] as bigint, kept: unmetered.spend };
    this.spentByDay += day.spend - known.spend;
    this.keptByDay += day.kept - known.kept;
    this.days.set(key, day);
  }

  /** Whether or not it was charged. */
  isKnown(id: string): boolean {
    return this.calls.has(id);
  }

  /** Undefined for one that is kept without being charged. */
  chargeOf(id: string): bigint | undefined {
    const call = this.calls.get(id);
    return call?.kept === false ? call.charge : undefined;
  }

  ids(): Iterable<string> {
    return this.calls.keys();
  }
}

function callView(values: Values): CallView {
  return {
    entry: undefined,
    ...(withFacts(values) as Values),
    kept: values['unmetered'] === true,
  } as unknown as CallView;
}

/** What is charged of it, and what is only kept. */
function shares(call: CallView | undefined): readonly [bigint, bigint] {
  if (call === undefined) return [0n, 0n];
  return call.kept ? [0n, call.charge] : [call.charge, 0n];
}

function isSame(call: CallView, known: CallView | undefined): boolean {
  return known?.charge === call.charge && known.start === call.start && known.kept === call.kept;
}
