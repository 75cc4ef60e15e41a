/** The preview: what will be set, what it can cost, and what happens the moment it is confirmed. */
import { z } from 'zod';
import type { Account, AutoRechargeRule } from '../../billing/ledger/model.js';
import { countersAt, pendingAmount, rechargeState } from '../../billing/ledger/recharge-state.js';
import { autoRechargePreview, type Forecast, type PreviewFacts } from '../../cards/auto-recharge-preview.js';
import type { Card } from '../../cards/render.js';
import type { Till } from '../add-funds/form.js';
import type { OpenedForm } from '../form-token.js';
import type { Services } from '../services.js';
import type { Turn } from '../turn.js';
import type { Terms } from './form.js';

const PURPOSE = 'autoRecharge';

export function previewCard(till: Till, terms: Terms, reason?: PreviewFacts['reason']): Card {
  const { turn, services, account } = till;
  const forecast = forecastOf(account, terms, turn.now);
  const token = services.tokens.seal({
    id: services.newId(),
    purpose: PURPOSE,
    tenant: turn.tenant,
    conversation: turn.conversation.key,
    mintedAt: turn.now,
    terms: {
      trigger: terms.trigger.toString(),
      amount: terms.amount.toString(),
      monthCap: terms.monthCap.toString(),
      method: terms.method.id,
      charges: forecast.kind === 'due' ? 'now' : 'no',
    },
  });
  return autoRechargePreview(
    {
      rule: terms,
      currency: account.currency,
      balance: account.balance,
      forecast,
      usedThisMonth: countersAt(account, turn.now).monthTotal,
      ...(reason !== undefined && { reason }),
      token,
      now: turn.now,
    },
    turn.speech,
  );
}

/** The ledger's own judgement of the account as it would be with this rule. */
export function forecastOf(account: Account, terms: Terms, now: string): Forecast {
  const { trigger, amount, monthCap } = terms;
  const state = rechargeState(
    { ...account, rule: ruleFor(terms, now), health: { failures: 0, held: false } },
    now,
  );
  if (state.kind === 'due') {
    const missing = trigger - account.balance - pendingAmount(account);
    const room = (monthCap - countersAt(account, now).monthTotal) / amount;
    return { kind: 'due', recharges: (missing + amount - 1n) / amount, room };
  }
  if (state.kind === 'inProgress') return { kind: 'inProgress', pending: pendingAmount(account) };
  if (state.kind === 'capped') return { kind: 'capped', until: state.until ?? now };
  return { kind: 'notNeeded' };
}

function ruleFor({ trigger, amount, monthCap, method }: Terms, now: string): AutoRechargeRule {
  return { enabled: true, trigger, amount, monthCap, method, setBy: { id: '', name: '' }, setAt: now };
}

const micros = z
  .string()
  .regex(/^\d{1,18}$/u)
  .transform(BigInt);
const termsSchema = z.object({
  trigger: micros,
  amount: micros,
  monthCap: micros,
  method: z.string(),
  charges: z.enum(['now', 'no']),
});
export type SealedTerms = z.output<typeof termsSchema>;

export interface OpenedPreview {
  readonly kind: Exclude<OpenedForm['kind'], 'forged'>;
  readonly id: string;
  readonly mintedAt: string;
  readonly terms: SealedTerms;
}

/** Undefined where it was not sealed here, for this tenant and conversation. */
export function openPreview(turn: Turn, services: Services, token: string): OpenedPreview | undefined {
  const bound = { purpose: PURPOSE, tenant: turn.tenant, conversation: turn.conversation.key };
  const opened = services.tokens.open(token, bound, turn.now);
  if (opened.kind === 'forged') return undefined;
  const { id, mintedAt, terms } = opened.form;
  return { kind: opened.kind, id, mintedAt, terms: termsSchema.parse(terms) };
}
