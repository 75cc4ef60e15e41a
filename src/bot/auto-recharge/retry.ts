/** "Try again now": asked with the amount where it would charge, at once where it only ends a pause. */
import * as z from 'zod';
import { resumed } from '../../billing/ledger/recharge-health.js';
import { rechargeState } from '../../billing/ledger/recharge-state.js';
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
  return wouldCharge(account, turn.now)
    ? askCard({ account, rule }, turn, services)
    : resume({ turn, services, before: account });
}

function wouldCharge(account: Account, now: string): boolean {
  const { rule } = account;
  return rule !== undefined && rechargeState(resumed(account, rule, now), now).kind === 'due';
}

interface Asked {
  readonly account: Account;
  readonly rule: AutoRechargeRule;
  readonly changed?: boolean;
}

function askCard({ account, rule, changed = false }: Asked, turn: Turn, services: Services): Card {
  const token = services.tokens.seal({
    id: services.newId(),
    purpose: PURPOSE,
    tenant: turn.tenant,
    conversation: turn.conversation.key,
    mintedAt: turn.now,
    terms: { setAt: rule.setAt },
  });
  const { currency, balance } = account;
  return autoRechargeAskRetry({ rule, currency, balance, token, changed }, turn.speech);
}

const termsSchema = z.object({ setAt: z.string() });

/** The question was about one rule: where another one was set since, it is asked anew. */
export async function retryNow(token: string, turn: Turn, services: Services): Promise<Reply> {
  const bound = { purpose: PURPOSE, tenant: turn.tenant, conversation: turn.conversation.key };
  const opened = services.tokens.open(token, bound, turn.now);
  if (opened.kind === 'forged') return post(notices.stale(turn.speech));
  const { id, mintedAt, terms } = opened.form;
  const account = await services.billing.reader.account(turn.tenant);
  const { rule } = account;
  if (rule?.enabled !== true) return replace(offCard(account, turn.speech));
  const current = opened.kind === 'valid' && rule.setAt === termsSchema.parse(terms).setAt;
  if (!current && wouldCharge(account, turn.now))
    return replace(askCard({ account, rule, changed: true }, turn, services));
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
