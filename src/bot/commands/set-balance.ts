/** `set balance 123.45`: a person says what Microsoft's admin center shows. Form → preview → confirmation; never a charge. */
import * as z from 'zod';
import { ADJUSTMENT_MAX } from '../../billing/ledger/commands/adjust.js';
import type { Account } from '../../billing/ledger/model.js';
import { pendingAmount } from '../../billing/ledger/recharge-state.js';
import { money } from '../../billing/money.js';
import { noticeCard } from '../../cards/notice.js';
import type { Card } from '../../cards/render.js';
import { setBalanceForm, setBalancePreview, setBalanceReceipt } from '../../cards/set-balance-card.js';
import type { Speech } from '../../cards/speech.js';
import { action, post, replace, type Command, type Reply } from '../command.js';
import { notices } from '../notices.js';
import { amountProblem, parseAmount } from '../parse-amount.js';
import { inPurchaseMode, speechHere } from '../purchase-mode.js';
import type { Services } from '../services.js';
import type { Turn } from '../turn.js';

const PURPOSE = 'setBalance';
/** Far more than a field needs; it says so where what was typed is too long. */
const FIELD_CHARS_MAX = 20_000;

const noData = z.looseObject({});
const fields = z.looseObject({ amount: z.string().max(FIELD_CHARS_MAX).default('') });
const sealed = z.looseObject({ token: z.string().min(1).max(4_000) });

export const setBalanceCommand: Command = {
  role: 'admin',
  paidBy: ['adminCenter'],
  run: inPurchaseMode(async ({ rest }, turn, services) => {
    const desk = await deskOf(turn, services);
    return post(rest === '' ? form(desk, '') : previewOrForm(desk, rest));
  }),
  actions: {
    form: action(
      'admin',
      noData,
      inPurchaseMode(async (_data, turn, services) => post(form(await deskOf(turn, services), ''))),
    ),
    preview: action(
      'admin',
      fields,
      inPurchaseMode(async ({ amount }, turn, services) =>
        replace(previewOrForm(await deskOf(turn, services), amount)),
      ),
    ),
    change: action(
      'admin',
      sealed,
      inPurchaseMode(async ({ token }, turn, services) => change(token, await deskOf(turn, services))),
    ),
    confirm: action(
      'admin',
      sealed,
      inPurchaseMode(async ({ token }, turn, services) => confirm(token, await deskOf(turn, services))),
    ),
    discard: action('admin', noData, async (_data, turn) => replace(discarded(turn.speech))),
  },
};

interface Desk {
  readonly turn: Turn;
  readonly services: Services;
  readonly account: Account;
  readonly speech: Speech;
}

async function deskOf(turn: Turn, services: Services): Promise<Desk> {
  const account = await services.billing.reader.account(turn.tenant);
  return { turn, services, account, speech: speechHere(turn, services, account.timeZone) };
}

function form({ account, speech }: Desk, amount: string, problems: readonly string[] = []): Card {
  return setBalanceForm({ balance: money(account.balance, account.currency), amount, problems }, speech);
}

function previewOrForm(desk: Desk, typed: string): Card {
  const read = readBalance(typed, desk);
  return typeof read === 'string' ? form(desk, typed, [read]) : preview(desk, read);
}

const MINUS = /^\s*[-−–]\s*/u;
const ZERO = /^\p{Sc}?\s*0+(?:[.,]0+)?\s*\p{Sc}?$/u;

/** What a portal shows may be zero, or below it. A sentence where it can't be read. */
function readBalance(typed: string, { account: { currency }, speech }: Desk): bigint | string {
  const size = typed.replace(MINUS, '').trim();
  if (ZERO.test(size)) return 0n;
  const parsed = parseAmount(size, { locale: speech.locale, currency });
  if (parsed.kind === 'problem') return amountProblem(parsed, speech);
  const { micros } = parsed.amount;
  const max = speech.money(money(ADJUSTMENT_MAX, currency));
  if (micros > ADJUSTMENT_MAX) return speech.say('setBalance.problem.range', { max });
  return MINUS.test(typed) ? -micros : micros;
}

function preview(desk: Desk, shown: bigint, isChanged = false): Card {
  const { turn, services, account, speech } = desk;
  const { balance, currency } = account;
  const token = services.tokens.seal({
    id: services.newId(),
    purpose: PURPOSE,
    tenant: turn.tenant,
    conversation: turn.conversation.key,
    mintedAt: turn.now,
    terms: { shown: shown.toString(), ledgerSaid: balance.toString(), currency },
  });
  return setBalancePreview({ shown, account, asked: pendingAmount(account), isChanged, token }, speech);
}

const micros = z
  .string()
  .regex(/^-?\d{1,18}$/u)
  .transform(BigInt);
const termsSchema = z.object({ shown: micros, ledgerSaid: micros, currency: z.string() });

/** Undefined where it was not sealed here, for this tenant and conversation, or in another currency. */
function open(token: string, { turn, services, account }: Desk) {
  const bound = { purpose: PURPOSE, tenant: turn.tenant, conversation: turn.conversation.key };
  const opened = services.tokens.open(token, bound, turn.now);
  if (opened.kind === 'forged') return undefined;
  const { id, mintedAt } = opened.form;
  const terms = termsSchema.parse(opened.form.terms);
  return terms.currency === account.currency ? { kind: opened.kind, id, mintedAt, ...terms } : undefined;
}

function change(token: string, desk: Desk): Reply {
  const opened = open(token, desk);
  if (opened === undefined) return post(notices.stale(desk.turn.speech));
  return replace(form(desk, desk.speech.money(money(opened.shown, desk.account.currency))));
}

async function confirm(token: string, desk: Desk): Promise<Reply> {
  const { turn, services, account, speech } = desk;
  const opened = open(token, desk);
  if (opened === undefined) return post(notices.stale(turn.speech));
  const { id, mintedAt, shown: balance, ledgerSaid } = opened;
  // What a portal showed a day ago says nothing about now.
  if (opened.kind === 'expired') return replace(form(desk, ''));
  const by = { id: turn.person.id, name: turn.person.name };
  const done = await services.billing.word.setBalance(
    turn.tenant,
    { balance, ledgerSaid, by },
    { id, mintedAt },
  );
  const outcome = done.kind === 'done' ? 'done' : 'refused';
  const noted = {
    tenant: turn.tenant,
    personId: by.id,
    did: 'setBalance.confirm',
    outcome,
    subject: id,
  } as const;
  await services.audit.note(noted);
  if (done.kind === 'refused') return replace(preview(await deskOf(turn, services), balance, true));
  return replace(setBalanceReceipt({ ...done.answer, currency: account.currency, by, at: turn.now }, speech));
}

function discarded(speech: Speech): Card {
  return noticeCard({
    tone: 'info',
    title: speech.say('adjust.discarded.title'),
    text: speech.say('adjust.discarded.text'),
    buttons: [
      { title: speech.say('setBalance.form.title'), data: { verb: 'setBalance.form' } },
      { title: speech.say('payment.button.balance'), data: { verb: 'balance.show' } },
    ],
  });
}
