/** One page of the ledger: what came in, what went out, who and why, and the balance after it. */
import { SYSTEM, type Entry, type Payment } from '../billing/ledger/model.js';
import { money, type Currency } from '../billing/money.js';
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
  /** Those that the entries refer to, by id. */
  readonly payments: ReadonlyMap<string, Payment>;
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

function row(entry: Entry, { currency, payments }: HistoryFacts, speech: Speech): object {
  const payment = payments.get(entry.reference);
  return {
    kind: speech.say(`history.kind.${entry.kind}`),
    why: why(entry, speech),
    when: [
      speech.dateTime(entry.at),
      ...(payment === undefined ? [] : [plain(methodName(payment.method, speech))]),
    ],
    amount: speech.signedMoney(money(entry.amount, currency)),
    color: entry.amount > 0n ? 'good' : 'default',
    balance: speech.say('history.balance', { balance: speech.money(money(entry.balanceAfter, currency)) }),
  };
}

/** A charge of usage names a person only where one decided it: a call record that the rules had put aside. */
function why({ kind, by, calls }: Entry, speech: Speech): string {
  const values = { name: plain(by.name), count: calls.length };
  if (kind === 'topUp' || kind === 'autoRecharge') return speech.say(`history.why.${kind}`, values);
  return speech.say(by.id === SYSTEM.id ? `history.why.${kind}` : `history.why.${kind}.person`, values);
}

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
