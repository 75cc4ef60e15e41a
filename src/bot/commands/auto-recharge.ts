/** `set auto-recharge`, with the numbers or without, and `turn off auto-recharge`: form, preview, confirmation. */
import * as z from 'zod';
import { fromDecimal, money } from '../../billing/money.js';
import { RULE_FIELDS, type RuleField } from '../../cards/auto-recharge-form.js';
import { autoRechargeUnchanged } from '../../cards/auto-recharge-question.js';
import { openTill, type Till } from '../add-funds/form.js';
import {
  checkValues,
  formCard,
  prefilled,
  type RuleProblems,
  type RuleValues,
} from '../auto-recharge/form.js';
import { askOff, turnOff } from '../auto-recharge/off.js';
import { previewCard } from '../auto-recharge/preview.js';
import { retry, retryNow } from '../auto-recharge/retry.js';
import { confirm } from '../auto-recharge/save.js';
import { meansOff, typedRule } from '../auto-recharge/words.js';
import { action, post, replace, type Command, type Reply } from '../command.js';
import type { Services } from '../services.js';
import type { Turn } from '../turn.js';

/** Far more than an amount needs; the field says so where it is too long. */
const FIELD_CHARS_MAX = 20_000;
const TOKEN_CHARS_MAX = 2_000;

const typed = z.string().max(FIELD_CHARS_MAX).optional();
const fields = z.object({ trigger: typed, amount: typed, monthCap: typed, dayCap: typed, method: typed });
const sealed = z.object({ token: z.string().min(1).max(TOKEN_CHARS_MAX) });
const ruleSetAt = z.object({ setAt: z.string().max(40) });

export const autoRechargeCommand: Command = {
  role: 'admin',
  run: async ({ intent, rest }, turn, services) => {
    if (intent === 'off' || meansOff(rest)) return askOff(turn, services);
    return fromWords(rest, await openTill(turn, services));
  },
  actions: {
    form: action('admin', z.object({}), async (_data, turn, services) => {
      const till = await openTill(turn, services);
      return post(formCard(till, { values: prefilled(till) }));
    }),
    preview: action('admin', fields, preview),
    change: action('admin', fields, change),
    confirm: action('admin', sealed, ({ token }, turn, services) => confirm(token, turn, services)),
    discard: action('admin', z.object({}), async (_data, turn, services) => {
      const { rule } = await services.billing.reader.account(turn.tenant);
      return replace(autoRechargeUnchanged(rule?.enabled === true, turn.speech));
    }),
    askOff: action('admin', z.object({}), (_data, turn, services) => askOff(turn, services)),
    turnOff: action('admin', ruleSetAt, ({ setAt }, turn, services) => turnOff(setAt, turn, services)),
    retry: action('admin', z.object({}), (_data, turn, services) => retry(turn, services)),
    retryNow: action('admin', sealed, ({ token }, turn, services) => retryNow(token, turn, services)),
  },
};

/** Trigger and amount lead to the preview; anything less to the form, with what was understood filled in. */
function fromWords(rest: string, till: Till): Reply {
  const said = typedRule(rest);
  const before = prefilled(till);
  const values: RuleValues = { ...before, ...said, ...freshCaps(said.amount, before) };
  if (said.trigger === undefined || said.amount === undefined)
    return post(formCard(till, { values: { ...values, ...said }, problems: saidProblems(till, said) }));
  const asked = { ...values, ...said };
  const checked = checkValues(till, asked);
  return post(
    checked.kind === 'terms'
      ? previewCard(till, checked.terms)
      : formCard(till, { values: asked, problems: checked.problems }),
  );
}

/** With another amount the old limits may be too low, or meaningless: they become the default again. */
function freshCaps(amount: string | undefined, before: RuleValues): RuleValues {
  return amount === undefined || before.monthCap === undefined ? {} : { monthCap: '', dayCap: '' };
}

/** Only what was typed is judged: a field that nobody touched is not wrong yet. */
function saidProblems(till: Till, said: RuleValues): RuleProblems {
  const checked = checkValues(till, said);
  if (checked.kind === 'terms') return {};
  const wrong = Object.entries(checked.problems).filter(([field]) => Object.hasOwn(said, field));
  return Object.fromEntries(wrong);
}

async function preview(data: z.output<typeof fields>, turn: Turn, services: Services): Promise<Reply> {
  const till = await openTill(turn, services);
  const values = present(data);
  const checked = checkValues(till, values);
  return replace(
    checked.kind === 'terms'
      ? previewCard(till, checked.terms)
      : formCard(till, { values, problems: checked.problems }),
  );
}

/** Back from the preview; its numbers come as plain decimals, since another reader may press the button. */
async function change(data: z.output<typeof fields>, turn: Turn, services: Services): Promise<Reply> {
  const till = await openTill(turn, services);
  const { method } = data;
  const texts = RULE_FIELDS.flatMap((field) => decimalField(field, data[field], till));
  const values: RuleValues = { ...Object.fromEntries(texts), ...(method !== undefined && { method }) };
  return replace(formCard(till, { values }));
}

function decimalField(
  field: RuleField,
  text: string | undefined,
  till: Till,
): readonly [RuleField, string][] {
  const micros = fromDecimal(text ?? '');
  return micros === undefined ? [] : [[field, till.turn.speech.money(money(micros, till.account.currency))]];
}

function present(data: z.output<typeof fields>): RuleValues {
  return Object.fromEntries(
    Object.entries(data).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
