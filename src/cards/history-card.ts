/** One page of the ledger: what came in, what went out, who and why, and the balance after it. */
import { SYSTEM, type Entry, type EntryKind } from '../billing/ledger/model.js';
import { readAttestedReason } from '../billing/ledger/commands/attest.js';
import { money, type Currency } from '../billing/money.js';
import { dayText } from './calendar-text.js';
import { methodName } from './payment-method.js';
import { plain, renderCard, type Card } from './render.js';
import type { Speech } from './speech.js';
import template from './templates/history.json' with { type: 'json' };

export const ENTRIES_PER_PAGE = 8;

export interface HistoryFacts {
  readonly currency: Currency;
  /** Of the account now, not of the page. */
  readonly balance: bigint;
  /** Entries in the whole ledger: their sequence numbers are 1 to this, without a gap. */
  readonly total: bigint;
  /** Newest first; at most a page. */
  readonly entries: readonly Entry[];
}

/** Its times are in the speech's zone: hand over one in the account's. */
export function historyCard(facts: HistoryFacts, speech: Speech): Card {
  const { entries, total, currency } = facts;
  const summary = speech.say('history.summary', {
    total: Number(total),
    balance: speech.money(money(facts.balance, currency)),
  });
  const data = {
    title: speech.say('history.title'),
    subtitle: subtitle(facts, speech),
    rows: entries.map((entry) => row(entry, facts, speech)),
    buttons: buttons(facts, speech),
  };
  return renderCard(template, data, summary);
}

function subtitle({ entries, total }: HistoryFacts, speech: Speech): string {
  const [newest, oldest] = [entries[0], entries.at(-1)];
  if (newest === undefined || oldest === undefined) return speech.say('history.empty');
  const place = (sequence: bigint): string => speech.number(Number(total - sequence) + 1);
  return speech.say('history.subtitle', {
    from: place(newest.sequence),
    to: place(oldest.sequence),
    total: speech.number(Number(total)),
  });
}

/** An entry of the first version names no card. */
function row(entry: Entry, { currency }: HistoryFacts, speech: Speech): object {
  const { method } = entry;
  return {
    kind: speech.say(`history.kind.${entry.kind}`),
    why: WHY[entry.kind](entry, speech),
    when: [speech.dateTime(entry.at), ...(method === undefined ? [] : [plain(methodName(method, speech))])],
    amount: speech.signedMoney(money(entry.amount, currency)),
    color: entry.amount > 0n ? 'good' : 'default',
    balance: speech.say('history.balance', { balance: speech.money(money(entry.balanceAfter, currency)) }),
  };
}

type WhyOf = (entry: Entry, speech: Speech) => string;

/** A charge of usage names a person only where one decided it: a call record that the rules had put aside. */
const usage: WhyOf = ({ kind, by, calls }, speech) => {
  const what = kind === 'correction' ? 'correction' : 'usage';
  const values = { name: plain(by.name), count: calls.length };
  return speech.say(by.id === SYSTEM.id ? `history.why.${what}` : `history.why.${what}.person`, values);
};

/** A new kind does not compile until it has words. */
const WHY: Readonly<Record<EntryKind, WhyOf>> = {
  topUp: ({ by }, speech) => speech.say('history.why.topUp', { name: plain(by.name) }),
  autoRecharge: (_entry, speech) => speech.say('history.why.autoRecharge'),
  usage,
  correction: usage,
  expired: (_entry, speech) => speech.say('history.why.expired'),
  refund: ({ by }, speech) => speech.say('history.why.refund', { name: plain(by.name) }),
  refundReversed: (_entry, speech) => speech.say('history.why.refundReversed'),
  outsideRefund: (_entry, speech) => speech.say('history.why.outsideRefund'),
  outsideRefundFailed: (_entry, speech) => speech.say('history.why.outsideRefundFailed'),
  disputed: (_entry, speech) => speech.say('history.why.disputed'),
  disputeReinstated: (_entry, speech) => speech.say('history.why.disputeReinstated'),
  attested: ({ by, reason = '' }, speech) => {
    const { date, invoice } = readAttestedReason(reason);
    const values = { name: plain(by.name), date: plain(dayText(date, speech)), invoice: plain(invoice) };
    return speech.say('history.why.attested', values);
  },
  snapshot: ({ by }, speech) => speech.say('history.why.snapshot', { name: plain(by.name) }),
  adjustment: ({ by, reason = '' }, speech) =>
    speech.say('history.why.adjustment', { name: plain(by.name), reason: plain(reason) }),
};

interface Button {
  readonly title: string;
  readonly data: { readonly verb: string; readonly before?: string };
}

/** Newer and older pages are asked for by the sequence number to go on before, so that new entries shift nothing. */
function buttons(facts: HistoryFacts, speech: Speech): readonly Button[] {
  const [newest, oldest] = [facts.entries[0], facts.entries.at(-1)];
  const page = (key: 'history.newer' | 'history.older', before: bigint): Button => ({
    title: speech.say(key),
    data: { verb: 'history.page', before: before.toString() },
  });
  return [
    ...(newest !== undefined && newest.sequence < facts.total
      ? [page('history.newer', newest.sequence + 1n + BigInt(ENTRIES_PER_PAGE))]
      : []),
    ...(oldest !== undefined && oldest.sequence > 1n ? [page('history.older', oldest.sequence)] : []),
    { title: speech.say('history.button.balance'), data: { verb: 'balance.show' } },
  ];
}
