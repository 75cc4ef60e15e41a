/** The preview: what will be set, what it can cost, and what happens the moment it is confirmed. */
import * as z from 'zod';
import type { Account, AutoRechargeRule } from '../../billing/ledger/model.js';
import { RECHARGES_PER_HOUR_MAX, rechargesOfLastHour } from '../../billing/ledger/breaker.js';
import { healthAfterSaving } from '../../billing/ledger/recharge-health.js';
import {
  countersAt,
  pendingAmount,
  rechargeState,
  type RechargeState,
} from '../../billing/ledger/recharge-state.js';
import {
  autoRechargePreview,
  type DueForecast,
  type Forecast,
  type PreviewFacts,
} from '../../cards/auto-recharge-preview.js';
import type { Card } from '../../cards/render.js';
import { chosen, type Till } from '../add-funds/form.js';
import type { OpenedForm } from '../form-token.js';
import type { Services } from '../services.js';
import type { Turn } from '../turn.js';
import type { Terms } from './form.js';

const PURPOSE = 'autoRecharge';

export function previewCard(till: Till, terms: Terms, reason?: PreviewFacts['reason']): Card {
  const { turn, services, account } = till;
  const forecast = forecastOf(account, terms, turn.now);
  const charged = chargedCard(forecast);
  const used = countersAt(account, turn.now);
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
      ...(terms.dayCap !== undefined && { dayCap: terms.dayCap.toString() }),
      method: terms.method.id,
      ...(charged !== undefined && { charges: charged }),
    },
  });
  return autoRechargePreview(
    {
      rule: terms,
      currency: account.currency,
      balance: account.balance,
      forecast,
      usedThisMonth: used.monthTotal,
      usedToday: used.dayTotal,
      ...(reason !== undefined && { reason }),
      token,
      now: turn.now,
    },
    turn.speech,
  );
}

/** The ledger's own judgement of the account as it would be with this rule. */
export function forecastOf(account: Account, terms: Terms, now: string): Forecast {
  const rule = ruleFor(terms, now);
  const saved = { ...account, rule, health: healthAfterSaving(account, rule.method) };
  const state = rechargeState(saved, now);
  if (state.kind === 'due') return dueOf(saved, state, now);
  if (state.kind === 'inProgress') return { kind: 'inProgress', pending: pendingAmount(account) };
  if (state.kind === 'capped' || state.kind === 'waiting') return heldUntil(state.kind, state, now);
  return { kind: isStopped(state.kind) ? state.kind : 'notNeeded' };
}

export function chargedCard(forecast: Forecast): string | undefined {
  return forecast.kind === 'due' ? forecast.method.id : undefined;
}

function isStopped(kind: RechargeState['kind']): kind is 'paused' | 'tripped' | 'disputed' {
  return kind === 'paused' || kind === 'tripped' || kind === 'disputed';
}

function heldUntil(
  kind: 'capped' | 'waiting',
  { until, cap }: { readonly until?: string; readonly cap?: 'day' | 'month' },
  now: string,
): Forecast {
  const at = until ?? now;
  return kind === 'waiting' ? { kind, until: at } : { kind, until: at, cap: cap ?? 'month' };
}

type Due = Pick<Extract<RechargeState, { kind: 'due' }>, 'rule' | 'method'>;

/** One recharge follows another until the trigger is reached, a cap is, or the breaker asks a person. */
export function dueOf(account: Account, { rule, method }: Due, now: string): DueForecast {
  const { trigger, amount, monthCap, dayCap = monthCap } = rule;
  const missing = trigger - account.balance - pendingAmount(account);
  const { monthTotal, dayTotal } = countersAt(account, now);
  const [inMonth, inDay] = [(monthCap - monthTotal) / amount, (dayCap - dayTotal) / amount];
  return {
    kind: 'due',
    method,
    recharges: (missing + amount - 1n) / amount,
    room: inMonth < inDay ? inMonth : inDay,
    inAnHour: BigInt(RECHARGES_PER_HOUR_MAX - rechargesOfLastHour(account, now).length),
  };
}

function ruleFor({ method, ...terms }: Terms, now: string): AutoRechargeRule {
  return { enabled: true, ...terms, method: chosen(method), setBy: { id: '', name: '' }, setAt: now };
}

const micros = z
  .string()
  .regex(/^\d{1,18}$/u)
  .transform(BigInt);
const termsSchema = z.object({
  trigger: micros,
  amount: micros,
  monthCap: micros,
  dayCap: micros.optional(),
  method: z.string(),
  /** The card that it announced to charge at once, by its id; absent where it announced no charge. */
  charges: z.string().optional(),
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
