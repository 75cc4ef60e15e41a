/** `adjust`: the balance is corrected by hand, with a reason. Form → preview → confirmation → receipt; never a charge. */
import * as z from 'zod';
import { ADJUSTMENT_REASON_CHARS_MAX } from '../../billing/ledger/commands/adjust.js';
import type { Account } from '../../billing/ledger/model.js';
import { money } from '../../billing/money.js';
import { adjustForm, adjustPreview, adjustReceipt, type AdjustFormFacts } from '../../cards/adjust-card.js';
import { noticeCard } from '../../cards/notice.js';
import type { Card } from '../../cards/render.js';
import { speechFor } from '../../cards/speech.js';
import { checkTerms, typedAdjustment, type Terms, type Typed } from '../adjust/terms.js';
import { action, post, replace, type Command, type Reply } from '../command.js';
import type { OpenedForm } from '../form-token.js';
import { notices } from '../notices.js';
import type { Services } from '../services.js';
import type { Turn } from '../turn.js';

const PURPOSE = 'adjust';
/** Far more than a field needs; it says so where what was typed is too long. */
const FIELD_CHARS_MAX = 20_000;

const noData = z.looseObject({});
const fields = z.looseObject({
  direction: z.enum(['add', 'take']).optional().catch(undefined),
  amount: z.string().max(FIELD_CHARS_MAX).default(''),
  reason: z.string().max(FIELD_CHARS_MAX).default(''),
});
const sealed = z.looseObject({ token: z.string().min(1).max(4_000) });

export const adjustCommand: Command = {
  role: 'admin',
  run: async ({ rest }, turn, services) => {
    const account = await services.billing.reader.account(turn.tenant);
    if (rest === '') return post(form(account, { typed: EMPTY }, turn));
    return post(previewOrForm(account, typedAdjustment(rest, account, turn.speech), { turn, services }));
  },
  actions: {
    form: action('admin', noData, async (_data, turn, { billing }) =>
      post(form(await billing.reader.account(turn.tenant), { typed: EMPTY }, turn)),
    ),
    preview: action('admin', fields, async ({ direction, amount, reason }, turn, services) => {
      const account = await services.billing.reader.account(turn.tenant);
      const typed = { amount, reason, ...(direction !== undefined && { direction }) };
      return replace(previewOrForm(account, typed, { turn, services }));
    }),
    change: action('admin', sealed, ({ token }, turn, services) => change(token, turn, services)),
    confirm: action('admin', sealed, ({ token }, turn, services) => confirm(token, turn, services)),
    discard: action('admin', noData, async (_data, turn) => replace(discarded(turn))),
  },
};

const EMPTY: Typed = { amount: '', reason: '' };

interface Desk {
  readonly turn: Turn;
  readonly services: Services;
}

interface Filled {
  readonly typed: Typed;
  readonly problems?: AdjustFormFacts['problems'];
}

function form({ balance, currency }: Account, { typed, problems = {} }: Filled, { speech }: Turn): Card {
  const facts = { ...typed, balance: money(balance, currency), problems };
  return adjustForm({ ...facts, reasonCharsMax: ADJUSTMENT_REASON_CHARS_MAX }, speech);
}

function previewOrForm(account: Account, typed: Typed, desk: Desk): Card {
  const checked = checkTerms(typed, account, desk.turn.speech);
  return checked.kind === 'terms'
    ? preview(account, { ...checked.terms, isExpired: false }, desk)
    : form(account, { typed, problems: checked.problems }, desk.turn);
}

interface Promised extends Terms {
  readonly isExpired: boolean;
}

function preview(account: Account, promised: Promised, { turn, services }: Desk): Card {
  const { currency } = account;
  const token = services.tokens.seal({
    id: services.newId(),
    purpose: PURPOSE,
    tenant: turn.tenant,
    conversation: turn.conversation.key,
    mintedAt: turn.now,
    terms: { micros: promised.amount.toString(), currency, reason: promised.reason },
  });
  return adjustPreview({ ...promised, account, token }, turn.speech);
}

const termsSchema = z.object({
  micros: z
    .string()
    .regex(/^-?\d{1,18}$/u)
    .transform(BigInt),
  currency: z.string(),
  reason: z.string(),
});

interface Opened extends Terms {
  readonly kind: Exclude<OpenedForm['kind'], 'forged'>;
  readonly id: string;
  readonly mintedAt: string;
  readonly currency: string;
}

/** Undefined where it was not sealed here, for this tenant and conversation. */
function open(token: string, { turn, services }: Desk): Opened | undefined {
  const bound = { purpose: PURPOSE, tenant: turn.tenant, conversation: turn.conversation.key };
  const opened = services.tokens.open(token, bound, turn.now);
  if (opened.kind === 'forged') return undefined;
  const { id, mintedAt, terms } = opened.form;
  const { micros: amount, ...more } = termsSchema.parse(terms);
  return { kind: opened.kind, id, mintedAt, amount, ...more };
}

async function change(token: string, turn: Turn, services: Services): Promise<Reply> {
  const opened = open(token, { turn, services });
  if (opened === undefined) return post(notices.stale(turn.speech));
  const account = await services.billing.reader.account(turn.tenant);
  const { amount, reason } = opened;
  const size = turn.speech.money(money(amount < 0n ? -amount : amount, account.currency));
  const typed: Typed = { direction: amount < 0n ? 'take' : 'add', amount: size, reason };
  return replace(form(account, { typed }, turn));
}

async function confirm(token: string, turn: Turn, services: Services): Promise<Reply> {
  const desk = { turn, services };
  const opened = open(token, desk);
  if (opened === undefined) return post(notices.stale(turn.speech));
  const account = await services.billing.reader.account(turn.tenant);
  if (opened.currency !== account.currency) return post(notices.stale(turn.speech));
  const { id, mintedAt, amount, reason } = opened;
  if (opened.kind === 'expired') return replace(preview(account, { amount, reason, isExpired: true }, desk));
  const { tenant, person } = turn;
  const by = { id: person.id, name: person.name };
  const done = await services.billing.adjust(tenant, { amount, reason, by }, { id, mintedAt });
  const outcome = done.kind === 'done' ? 'done' : 'refused';
  await services.audit.note({ tenant, personId: by.id, did: 'adjust.confirm', outcome, subject: id });
  if (done.kind === 'refused') return post(notices.stale(turn.speech));
  const { balanceBefore, balanceAfter } = done.answer;
  const facts = { amount, reason, currency: account.currency, balanceBefore, balanceAfter, by, at: turn.now };
  return replace(adjustReceipt(facts, speechFor(turn.speech.locale, account.timeZone)));
}

function discarded({ speech }: Turn): Card {
  return noticeCard({
    tone: 'info',
    title: speech.say('adjust.discarded.title'),
    text: speech.say('adjust.discarded.text'),
    buttons: [
      { title: speech.say('adjust.button.again'), data: { verb: 'adjust.form' } },
      { title: speech.say('payment.button.balance'), data: { verb: 'balance.show' } },
    ],
  });
}
