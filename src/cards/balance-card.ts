/** Where the account stands, at one glance: may people call, how long will it last, and what is done about it. */
import { dayOf } from '../billing/ledger/calendar.js';
import type { Account } from '../billing/ledger/model.js';
import type { RechargeState } from '../billing/ledger/recharge-state.js';
import { money } from '../billing/money.js';
import type { UsageFacts } from '../billing/usage/graph/usage-facts.js';
import { expiryDay, hiddenLots, lotLines, type LotsFacts } from './lots.js';
import { ledgerNote, statusOf, type Standing } from './balance-word.js';
import { rechargeWords } from './recharge-words.js';
import { renderCard, type Card } from './render.js';
import type { Speech, StringKey } from './speech.js';
import { unreportedText } from './usage-words.js';
import template from './templates/balance.json' with { type: 'json' };

export interface BalanceFacts extends Omit<LotsFacts, 'currency'> {
  readonly account: Account;
  readonly recharge: RechargeState;
  /** Of the last 7 and 30 days, today included. */
  readonly spend: { readonly week: bigint; readonly month: bigint };
  /** How far calls are known, and what probably has not come yet. */
  readonly usage: UsageFacts;
  /** Of payments that are still open. */
  readonly pending: bigint;
  readonly now: string;
  /** Whether the reader may change things. */
  readonly isAdmin: boolean;
}

/** Its times are in the speech's zone: hand over one in the account's, as its days are counted there. */
export function balanceCard(facts: BalanceFacts, speech: Speech): Card {
  const balance = amountIn(facts, speech)(facts.account.balance);
  const standing = standingOf(facts);
  const status = statusOf(standing, facts.account, speech);
  const data = {
    title: speech.say('balance.title'),
    style: STYLES[standing],
    balance,
    status,
    recharge: {
      label: speech.say('balance.recharge'),
      ...rechargeWords(facts, speech),
      buttons: rechargeButtons(facts, speech),
    },
    tiles: tiles(facts, speech),
    unreported: unreported(facts, speech),
    ...funds(facts, speech),
    notes: notes(facts, speech),
    asOf: speech.say('balance.asOf', { time: speech.dateTime(facts.now) }),
    ledger: ledgerNote(facts.account, speech),
    buttons: buttons(facts, speech),
    ...asOf(facts, speech),
  };
  return renderCard(template, data, speech.say('balance.summary', { balance, status }));
}

/** Colour follows the words of `balance.status.*`; it never says more. */
const STYLES = {
  new: 'emphasis',
  open: 'good',
  shaky: 'warning',
  usedUp: 'warning',
  blocked: 'attention',
} satisfies Record<Standing, string>;

const NO_HELP: readonly RechargeState['kind'][] = [
  'waiting',
  'paused',
  'capped',
  'held',
  'asksFirst',
  'tripped',
  'disputed',
  'notBought',
];

/** Zero is used up, below zero is blocked (DESIGN §1); above, a rule that should help and can't is worth a warning. */
function standingOf({ account, recharge }: BalanceFacts): Standing {
  if (account.balance < 0n) return 'blocked';
  if (account.balance === 0n) return account.nextSequence === 1n ? 'new' : 'usedUp';
  return NO_HELP.includes(recharge.kind) ? 'shaky' : 'open';
}

type Amount = (micros: bigint) => string;

function amountIn({ account }: BalanceFacts, speech: Speech): Amount {
  return (micros) => speech.money(money(micros, account.currency));
}

interface Tile {
  readonly label: string;
  readonly value: string;
}

/** Rows of two, so that they align on a phone too. */
function tiles(facts: BalanceFacts, speech: Speech): readonly { readonly columns: readonly Tile[] }[] {
  const { spend, lots, usage } = facts;
  const amount = amountIn(facts, speech);
  const { knownUntil } = usage;
  const [next] = lots;
  const expires =
    next === undefined
      ? speech.say('balance.expiry.none')
      : speech.say('balance.expiry.next', { amount: amount(next.amount), date: expiryDay(next.at, speech) });
  const known = knownUntil === undefined ? speech.say('balance.usage.none') : speech.dateTime(knownUntil);
  return [
    {
      columns: [
        { label: speech.say('balance.spend.week'), value: amount(spend.week) },
        { label: speech.say('balance.spend.month'), value: amount(spend.month) },
      ],
    },
    {
      columns: [
        { label: speech.say('balance.expiry'), value: expires },
        { label: speech.say('balance.usage'), value: known },
      ],
    },
  ];
}

/** The balance is never as new as it looks: calls come a day or two late. */
function unreported({ usage, account }: BalanceFacts, speech: Speech): string {
  const range = usage.unreported && unreportedText(usage.unreported, account.currency, speech);
  return range ?? '';
}

function funds(facts: BalanceFacts, speech: Speech) {
  const lots = { ...facts, currency: facts.account.currency };
  return {
    lotsLabel: speech.say('balance.lots'),
    lots: lotLines(lots, speech),
    moreLots: hiddenLots(lots, speech),
  };
}

/** The way by clicking to the balance of another day. */
function asOf({ account, now }: BalanceFacts, speech: Speech) {
  return {
    today: dayOf(now, account.timeZone),
    onDay: speech.say('balance.button.asOf'),
    dayLabel: speech.say('balanceAt.label'),
    showDay: speech.say('balanceAt.show'),
  };
}

interface Note {
  readonly style: 'accent' | 'warning';
  readonly text: string;
  readonly buttons: readonly Button[];
}

interface Button {
  readonly title: string;
  readonly style: 'default' | 'positive';
  readonly data: { readonly verb: string };
}

function notes(facts: BalanceFacts, speech: Speech): readonly Note[] {
  const { account, pending, isAdmin } = facts;
  const inProgress: Note = {
    style: 'accent',
    text: speech.say('balance.pending', { amount: amountIn(facts, speech)(pending) }),
    buttons: [toButton('balance.button.payments', 'payments.show', speech)],
  };
  return [
    ...(pending > 0n ? [inProgress] : []),
    ...(isAdmin && account.undelivered.length > 0 ? [undelivered(account, speech)] : []),
    ...(facts.usage.trouble !== undefined ? [trouble(speech)] : []),
    ...(isAdmin && account.usage.openIssues > 0 ? [openIssues(account, speech)] : []),
  ];
}

function undelivered(account: Account, speech: Speech): Note {
  return {
    style: 'warning',
    text: speech.say('balance.undelivered', { count: account.undelivered.length }),
    buttons: [toButton('balance.button.alerts', 'alerts.show', speech)],
  };
}

function trouble(speech: Speech): Note {
  return {
    style: 'warning',
    text: speech.say('balance.usage.trouble'),
    buttons: [toButton('balance.button.usage', 'usage.show', speech)],
  };
}

function openIssues(account: Account, speech: Speech): Note {
  return {
    style: 'warning',
    text: speech.say('balance.issues', { count: account.usage.openIssues }),
    buttons: [toButton('balance.button.issues', 'usageIssues.show', speech)],
  };
}

const STOPPED: readonly RechargeState['kind'][] = ['tripped', 'disputed'];
const CAN_RETRY: readonly RechargeState['kind'][] = ['waiting', 'paused', 'held', 'asksFirst', 'notBought'];

/** Everybody may ask why; what changes something is for admins. */
function rechargeButtons({ recharge, isAdmin, account }: BalanceFacts, speech: Speech): readonly Button[] {
  const { kind } = recharge;
  const rule = kind === 'off' ? 'balance.button.setUp' : 'balance.button.change';
  const retry = [
    ...(CAN_RETRY.includes(kind) ? [toButton('balance.button.retry', 'autoRecharge.retry', speech)] : []),
    ...(STOPPED.includes(kind) ? [toButton('balance.button.resume', 'autoRecharge.retry', speech)] : []),
  ];
  const asked = account.rule !== undefined || account.whyCount > 0n || account.alertCount > 0n;
  return [
    ...(isAdmin ? [...retry, toButton(rule, 'autoRecharge.form', speech)] : []),
    ...(asked ? [toButton('balance.button.why', 'why.show', speech)] : []),
  ];
}

/** As few as fit into one row of a phone; auto-recharge has its own beside its state. */
function buttons({ isAdmin }: BalanceFacts, speech: Speech): readonly Button[] {
  const addFunds: Button = {
    ...toButton('balance.button.addFunds', 'addFunds.form', speech),
    style: 'positive',
  };
  return [
    ...(isAdmin ? [addFunds] : []),
    toButton('balance.button.history', 'history.show', speech),
    toButton('balance.button.spend', 'spend.show', speech),
    toButton('balance.button.refresh', 'balance.refresh', speech),
  ];
}

function toButton(title: StringKey, verb: string, speech: Speech): Button {
  return { title: speech.say(title), style: 'default', data: { verb } };
}
