/** The confirmation: facts are read again, the rule is set, and the answer says what became of the charge it started. */
import type { AutoRechargeRule } from '../../billing/ledger/model.js';
import type { Refusal } from '../../billing/ledger/world.js';
import { money } from '../../billing/money.js';
import { autoRechargeState } from '../../cards/auto-recharge-card.js';
import { chosen, openTill, type Till } from '../add-funds/form.js';
import { post, replace, type Reply } from '../command.js';
import { notices } from '../notices.js';
import type { Services } from '../services.js';
import type { Turn } from '../turn.js';
import { checkValues, formCard, type RuleValues, type Terms } from './form.js';
import { offCard } from './off.js';
import { chargedCard, forecastOf, openPreview, previewCard, type OpenedPreview } from './preview.js';
import { ofState, seenSince } from './situation.js';

export async function confirm(token: string, turn: Turn, services: Services): Promise<Reply> {
  const preview = openPreview(turn, services, token);
  if (preview === undefined) return post(notices.stale(turn.speech));
  const till = await openTill(turn, services);
  if (wasSetSince(till, preview)) return replace(standing(till, preview));
  const values = valuesOf(till, preview.terms);
  const checked = checkValues(till, values);
  if (checked.kind === 'wrong') return replace(formCard(till, { values, problems: checked.problems }));
  if (preview.kind === 'expired') return replace(previewCard(till, checked.terms, 'expired'));
  const charged = chargedCard(forecastOf(till.account, checked.terms, turn.now));
  // A charge that the preview did not announce, or of another card, is never started by its button.
  if (charged !== undefined && charged !== preview.terms.charges)
    return replace(previewCard(till, checked.terms, 'changed'));
  return save(till, preview, checked.terms);
}

async function save(till: Till, preview: OpenedPreview, terms: Terms): Promise<Reply> {
  const { turn, services, account } = till;
  const { method, ...numbers } = terms;
  const by = { id: turn.person.id, name: turn.person.name };
  const { mintedAt } = preview;
  const set = await services.billing.setAutoRecharge(
    turn.tenant,
    { ...numbers, method: chosen(method), by, mintedAt },
    { id: preview.id, mintedAt },
  );
  if (set.kind === 'refused') return afterRefusal(till, preview, set.reason);
  const seen = await seenSince(account, turn, services);
  const rule = seen.account.rule ?? set.answer;
  const { currency, balance } = seen.account;
  const facts = { rule, currency, balance, situation: seen.situation, asked: 'set' as const };
  return replace(autoRechargeState(facts, turn.speech));
}

/** Somebody was first between the look and the write; anything else is wrong with the terms, and the form says it. */
async function afterRefusal(
  { turn, services }: Till,
  preview: OpenedPreview,
  reason: Refusal,
): Promise<Reply> {
  const till = await openTill(turn, services);
  if (reason === 'stale') return replace(standing(till, preview));
  const values = valuesOf(till, preview.terms);
  const checked = checkValues(till, values);
  return replace(formCard(till, { values, problems: checked.kind === 'wrong' ? checked.problems : {} }));
}

function wasSetSince({ account }: Till, { mintedAt }: OpenedPreview): boolean {
  return account.rule !== undefined && account.rule.setAt > mintedAt;
}

/** The rule as it stands. A second click on one's own confirmation reads like the first. */
function standing({ turn, account }: Till, { terms }: OpenedPreview) {
  const { rule, currency, balance } = account;
  if (rule?.enabled !== true) return offCard(account, turn.speech);
  const superseded = !isOwn(rule, terms, turn);
  const situation = ofState(account, turn.now);
  return autoRechargeState({ rule, currency, balance, situation, asked: 'set', superseded }, turn.speech);
}

function isOwn(rule: AutoRechargeRule, terms: OpenedPreview['terms'], turn: Turn): boolean {
  const sameNumbers =
    rule.trigger === terms.trigger && rule.amount === terms.amount && rule.monthCap === terms.monthCap;
  return (
    sameNumbers &&
    rule.dayCap === terms.dayCap &&
    rule.method.id === terms.method &&
    rule.setBy.id === turn.person.id
  );
}

/** As a person would have typed them, to be judged again by today's limits. */
function valuesOf({ turn, account }: Till, terms: OpenedPreview['terms']): RuleValues {
  const text = (micros: bigint): string => turn.speech.money(money(micros, account.currency));
  const { trigger, amount, monthCap, dayCap, method } = terms;
  const caps = { monthCap: text(monthCap), ...(dayCap !== undefined && { dayCap: text(dayCap) }) };
  return { trigger: text(trigger), amount: text(amount), ...caps, method };
}
