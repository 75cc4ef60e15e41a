import { detailsDigestOf, detailsDigestOfCall, digestOf, type ChargedCall } from '../ledger/chain.js';
import { CALL_VERSIONS_MAX } from '../ledger/commands/charge-usage.js';
import type { CallVersion, Entry, StoredCall } from '../ledger/model.js';
import { same, type Report } from './finding.js';

/** What is kept of a call record while the entries go by: its digest in place of its details. */
interface KnownCall {
  readonly call: ChargedCall;
  /** As entries charged it, oldest first; the last one is the present charge. */
  readonly versions: readonly CallVersion[];
  listed: number;
}

/** A version that an entry charged, and the charge that it replaced; `unknown` where that was not kept. */
interface Charged {
  readonly call: ChargedCall;
  readonly before: bigint | 'unknown';
}

/**
 * Call rows and entries, both ways: the digest and the amount of every entry from the charges of its calls, and every
 * charge of a call in exactly one entry.
 */
export class CallCheck {
  /** Entries whose calls can't be recomputed any more. */
  notKept = 0;
  private spent = 0n;
  private unmetered = 0;
  private readonly calls = new Map<string, KnownCall>();
  private readonly holders: ReadonlyMap<string, bigint>;
  private readonly report: Report;

  /** `holders`: the newest entry that lists a call, among those written before call rows noted their entry. */
  constructor(holders: ReadonlyMap<string, bigint>, report: Report) {
    this.holders = holders;
    this.report = report;
  }

  get count(): number {
    return this.calls.size + this.unmetered;
  }

  know(call: StoredCall): void {
    if (call.unmetered === true) this.knowKept(call);
    else this.knowCharged(call);
  }

  /** No entry may list it: whoever looks for it there finds no call that knows it. */
  private knowKept({ id, entry, earlier }: StoredCall): void {
    this.unmetered += 1;
    if (entry !== undefined || earlier !== undefined)
      this.report(`call ${id}`, 'it was kept without being charged, and names an entry');
  }

  private knowCharged(call: StoredCall): void {
    const { id, charge, start, source, detailsDigest } = call;
    const digest = detailsDigestOfCall(call);
    const kept = Object.keys(call.details).length > 0;
    if (kept && detailsDigest !== undefined && detailsDigestOf(call.details) !== detailsDigest)
      this.report(`call ${id}`, 'its details are not those of its digest');
    const present = { entry: call.entry ?? 0n, charge, start, detailsDigest: digest };
    const versions = [...(call.earlier ?? []), present].map((version) =>
      version.entry === 0n ? { ...version, entry: this.holders.get(id) ?? 0n } : version,
    );
    this.calls.set(id, {
      call: { id, charge, start, source, details: {}, detailsDigest: digest },
      versions,
      listed: 0,
    });
  }

  take(entry: Entry): void {
    if (entry.kind !== 'usage' && entry.kind !== 'correction') return;
    this.spent -= entry.amount;
    const subject = `entry ${entry.sequence}`;
    if (entry.calls.length === 0) this.report(subject, 'it charges calls, and lists none');
    const charged = entry.calls.map((id) => this.chargedBy(entry, id));
    const all = charged.filter((one) => one !== undefined);
    if (all.length < charged.length) {
      this.notKept += 1;
      return;
    }
    const digest = digestOf(
      all.map(({ call }) => call),
      entry.format,
    );
    same(this.report, subject, ['the digest of its calls', entry.digest, digest]);
    const amount = amountOf(all);
    if (amount !== undefined) same(this.report, subject, ['its amount', entry.amount, amount]);
  }

  private chargedBy(entry: Entry, id: string): Charged | undefined {
    const known = this.calls.get(id);
    const versions = known?.versions ?? [];
    const index = versions.findIndex((version) => version.entry === entry.sequence);
    const version = versions[index];
    if (known === undefined || version === undefined) {
      const gone = this.mayBeGone(entry, id);
      if (!gone) this.report(`entry ${entry.sequence}`, `it lists call ${id}, which does not know it`);
      return undefined;
    }
    known.listed += 1;
    const { charge, start, detailsDigest } = version;
    return {
      call: { ...known.call, charge, start, detailsDigest },
      before: chargeBefore(entry, versions[index - 1]),
    };
  }

  /** Earlier charges were not kept at first, and are not kept without end. */
  private mayBeGone(entry: Entry, id: string): boolean {
    const versions = this.calls.get(id)?.versions;
    if (versions === undefined) return false;
    const holder = this.holders.get(id);
    if (entry.format === 'entry-v1') return holder !== undefined && entry.sequence < holder;
    return versions.length > CALL_VERSIONS_MAX && entry.sequence < (versions[0]?.entry ?? 0n);
  }

  end(): void {
    let charged = 0n;
    for (const [id, { call, versions, listed }] of this.calls) {
      charged += call.charge;
      if (listed !== versions.length)
        this.report(
          `call ${id}`,
          `it was charged ${versions.length} times, and entries list ${listed} of them`,
        );
    }
    same(this.report, 'account', ['what all entries charged for calls', this.spent, charged]);
  }
}

/** A usage entry charges what was not charged before. */
function chargeBefore({ kind }: Entry, before: CallVersion | undefined): Charged['before'] {
  return before?.charge ?? (kind === 'usage' ? 0n : 'unknown');
}

function amountOf(calls: readonly Charged[]): bigint | undefined {
  let amount = 0n;
  for (const { call, before } of calls) {
    if (before === 'unknown') return undefined;
    amount -= call.charge - before;
  }
  return amount;
}

/** Where call rows do not note their entry: the newest entry that lists each. */
export async function holdersAmong(entries: AsyncIterable<Entry>): Promise<ReadonlyMap<string, bigint>> {
  const holders = new Map<string, bigint>();
  for await (const { format, sequence, calls } of entries) {
    if (format !== 'entry-v1') break;
    for (const id of calls) holders.set(id, sequence);
  }
  return holders;
}
