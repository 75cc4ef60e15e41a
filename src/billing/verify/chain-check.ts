import { hashEntry } from '../ledger/chain.js';
import { GENESIS, type Account, type Entry } from '../ledger/model.js';
import { same, type NotedHead, type Report } from './finding.js';

/** The chain of hashes, the running balance, and the heads that were noted outside. */
export class ChainCheck {
  private sequence = 0n;
  private hash = GENESIS;
  private balance = 0n;
  private readonly tenant: string;
  private readonly report: Report;
  private readonly noted: ReadonlyMap<bigint, readonly string[]>;

  constructor(tenant: string, heads: readonly NotedHead[], report: Report) {
    this.tenant = tenant;
    this.report = report;
    const own = heads.filter((head) => head.tenant === tenant);
    this.noted = new Map(own.map(({ sequence }) => [sequence, hashesAt(own, sequence)]));
  }

  take(entry: Entry): void {
    const subject = `entry ${entry.sequence}`;
    same(this.report, subject, ['its sequence', entry.sequence, this.sequence + 1n]);
    same(this.report, subject, ['the hash of the entry before', entry.previous, this.hash]);
    same(this.report, subject, ['its hash', entry.hash, hashEntry(this.tenant, entry)]);
    same(this.report, subject, ['the balance after it', entry.balanceAfter, this.balance + entry.amount]);
    for (const hash of this.noted.get(entry.sequence) ?? [])
      same(this.report, subject, ['its hash, noted outside,', entry.hash, hash]);
    this.sequence = entry.sequence;
    this.hash = entry.hash;
    this.balance = entry.balanceAfter;
  }

  end(account: Account): void {
    same(this.report, 'account', ['its last entry', account.nextSequence - 1n, this.sequence]);
    same(this.report, 'account', ['the head of the chain', account.head, this.hash]);
    same(this.report, 'account', ['the balance', account.balance, this.balance]);
    for (const sequence of this.noted.keys())
      if (sequence > this.sequence)
        this.report(`entry ${sequence}`, 'it was noted outside, and is not there');
  }
}

function hashesAt(heads: readonly NotedHead[], sequence: bigint): readonly string[] {
  return heads.filter((head) => head.sequence === sequence).map(({ hash }) => hash);
}
