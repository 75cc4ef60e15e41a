/** Turning auto-recharge off: asked once, then done. What is already being charged is named, since it is not stopped. */
import type { Account } from '../../billing/ledger/model.js';
import { autoRechargeAskOff, autoRechargeOff } from '../../cards/auto-recharge-question.js';
import type { Card } from '../../cards/render.js';
import type { Speech } from '../../cards/speech.js';
import { post, replace, type Reply } from '../command.js';
import type { Services } from '../services.js';
import type { Turn } from '../turn.js';

export async function askOff(turn: Turn, services: Services): Promise<Reply> {
  return post(askOffCard(await services.billing.reader.account(turn.tenant), turn.speech));
}

/** `setAt` names the rule that the question was about: another one is asked about anew. */
export async function turnOff(setAt: string, turn: Turn, services: Services): Promise<Reply> {
  const account = await services.billing.reader.account(turn.tenant);
  const { rule } = account;
  if (rule?.enabled !== true) return replace(offCard(account, turn.speech));
  if (rule.setAt !== setAt) return replace(askOffCard(account, turn.speech));
  await services.billing.turnOffAutoRecharge(turn.tenant, { id: turn.person.id, name: turn.person.name });
  return replace(offCard(await services.billing.reader.account(turn.tenant), turn.speech));
}

function askOffCard(account: Account, speech: Speech): Card {
  const { rule, currency } = account;
  if (rule?.enabled !== true) return offCard(account, speech);
  return autoRechargeAskOff({ rule, currency, open: openAmount(account) }, speech);
}

/** As it stands, whether it was turned off just now, earlier, or never on. */
export function offCard(account: Account, speech: Speech): Card {
  const { rule, currency } = account;
  return autoRechargeOff(
    { currency, open: openAmount(account), ...(rule?.enabled === false && { rule }) },
    speech,
  );
}

function openAmount({ openPayments }: Account): bigint {
  return openPayments
    .filter(({ reason }) => reason === 'autoRecharge')
    .reduce((sum, payment) => sum + payment.amount, 0n);
}
