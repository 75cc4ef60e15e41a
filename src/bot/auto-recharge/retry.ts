/** "Try again now": asked with the amount where it would charge, at once where it only ends a pause. */
import * as z from 'zod';
import { resumed } from '../../billing/ledger/recharge-health.js';
import { rechargeState, type RechargeState } from '../../billing/ledger/recharge-state.js';
import type { Account, AutoRechargeRule } from '../../billing/ledger/model.js';
import { autoRechargeState } from '../../cards/auto-recharge-card.js';
import { autoRechargeAskRetry } from '../../cards/auto-recharge-question.js';
import type { Card } from '../../cards/render.js';
import { post, replace, type Reply } from '../command.js';
import type { Click } from '../../billing/billing.js';
import { notices } from '../notices.js';
import type { Services } from '../services.js';
import type { Turn } from '../turn.js';
import { offCard } from './off.js';
import { seenSince } from './situation.js';

const PURPOSE = 'autoRecharge.retry';

export async function retry(turn: Turn, services: Services): Promise<Reply> {
  const account = await services.billing.reader.account(turn.tenant);
  return post(await answer(account, turn, services));
}

async function answer(account: Account, turn: Turn, services: Services): Promise<Card> {
  const { rule } = account;
  if (rule?.enabled !== true) return offCard(account, turn.speech);
  const due = dueAfter(account, rule, turn.now);
  return due === undefined
    ? resume({ turn, services, before: account })
    : askCard({ account, due }, turn, services);
}

type Due = Extract<RechargeState, { kind: 'due' }>;

/** The charge that trying again would start. */
function dueAfter(account: Account, rule: AutoRechargeRule, now: string): Due | undefined {
  const state = rechargeState(resumed(account, rule, now), now);
  return state.kind === 'due' ? state : undefined;
}

interface Asked {
  readonly account: Account;
  readonly due: Due;
  readonly changed?: boolean;
}

function askCard(
  { account, due: { rule, method }, changed = false }: Asked,
  turn: Turn,
  services: Services,
): Card {
  const token = services.tokens.seal({
    id: services.newId(),
    purpose: PURPOSE,
    tenant: turn.tenant,
    conversation: turn.conversation.key,
    mintedAt: turn.now,
    terms: { setAt: rule.setAt, card: method.id },
  });
  const { currency, balance } = account;
  return autoRechargeAskRetry({ rule, method, currency, balance, token, changed }, turn.speech);
}

const termsSchema = z.object({ setAt: z.string(), card: z.string().optional() });

function isSameQuestion(
  asked: z.output<typeof termsSchema>,
  rule: AutoRechargeRule,
  due: Due | undefined,
): boolean {
  return asked.setAt === rule.setAt && asked.card === due?.method.id;
}

/** The question was about one rule and one card: where another one was set, or would be charged now, it is asked anew. */
export async function retryNow(token: string, turn: Turn, services: Services): Promise<Reply> {
  const bound = { purpose: PURPOSE, tenant: turn.tenant, conversation: turn.conversation.key };
  const opened = services.tokens.open(token, bound, turn.now);
  if (opened.kind === 'forged') return post(notices.stale(turn.speech));
  const { id, mintedAt, terms } = opened.form;
  const account = await services.billing.reader.account(turn.tenant);
  const { rule } = account;
  if (rule?.enabled !== true) return replace(offCard(account, turn.speech));
  const due = dueAfter(account, rule, turn.now);
  const current = opened.kind === 'valid' && isSameQuestion(termsSchema.parse(terms), rule, due);
  if (!current && due !== undefined) return replace(askCard({ account, due, changed: true }, turn, services));
  return replace(await resume({ turn, services, before: account, click: { id, mintedAt } }));
}

interface Resumption {
  readonly turn: Turn;
  readonly services: Services;
  readonly before: Account;
  /** The confirmation, where one was asked for: its second delivery charges nothing. */
  readonly click?: Click;
}

async function resume({ turn, services, before, click }: Resumption): Promise<Card> {
  const { speech, tenant } = turn;
  const by = { id: turn.person.id, name: turn.person.name };
  const answered = await services.billing.resumeAutoRecharge(tenant, by, click);
  const { account, situation } = await seenSince(before, turn, services);
  const { rule, currency, balance } = account;
  if (answered.kind === 'refused' || rule?.enabled !== true) return offCard(account, speech);
  return autoRechargeState({ rule, currency, balance, situation, asked: 'retry' }, speech);
}
