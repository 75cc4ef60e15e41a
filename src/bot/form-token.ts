/**
 * What the confirm button of a preview carries: the payment id minted when the preview was shown, bound to tenant,
 * conversation, amount and method (DESIGN §4), and sealed so that no other value can be put in.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import type { TableStore } from '../billing/storage/table.js';

export const FORM_TOKEN_HOURS_MAX = 24;

const formSchema = z.strictObject({
  /** Payment id, or operation id. */
  id: z.string(),
  purpose: z.string(),
  tenant: z.string(),
  conversation: z.string(),
  mintedAt: z.iso.datetime(),
  /** What the preview promised, as texts; the command that minted it reads them back. */
  terms: z.record(z.string(), z.string()),
});
export type Form = z.infer<typeof formSchema>;

export type OpenedForm =
  | { readonly kind: 'valid'; readonly form: Form }
  /** Genuine, but older than a day: show a new preview with the same terms. */
  | { readonly kind: 'expired'; readonly form: Form }
  | { readonly kind: 'forged' };

export interface FormTokens {
  seal(form: Form): string;
  /** `forged` also for a genuine one of another tenant, conversation or purpose. */
  open(token: string, expected: Pick<Form, 'purpose' | 'tenant' | 'conversation'>, now: string): OpenedForm;
}

export function formTokens(key: Buffer): FormTokens {
  return {
    seal: (form) => {
      const body = Buffer.from(JSON.stringify(form)).toString('base64url');
      return `${body}.${sign(key, body)}`;
    },
    open: (token, expected, now) => {
      const form = verified(key, token);
      if (form === undefined) return { kind: 'forged' };
      const { purpose, tenant, conversation } = expected;
      const own = form.purpose === purpose && form.tenant === tenant && form.conversation === conversation;
      if (!own) return { kind: 'forged' };
      const ageHours = (Date.parse(now) - Date.parse(form.mintedAt)) / 3_600_000;
      return { kind: ageHours <= FORM_TOKEN_HOURS_MAX ? 'valid' : 'expired', form };
    },
  };
}

function sign(key: Buffer, body: string): string {
  return createHmac('sha256', key).update(body).digest('base64url');
}

function verified(key: Buffer, token: string): Form | undefined {
  const [body = '', seal = '', ...more] = token.split('.');
  const expected = Buffer.from(sign(key, body));
  const given = Buffer.from(seal);
  if (more.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected))
    return undefined;
  try {
    return formSchema.parse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')));
  } catch {
    return undefined;
  }
}

const PARTITION = 'system';
const KEY = 'form-key';
const KEY_BYTES = 32;

/** One key for all instances, made by whoever starts first and kept in the table: nothing to configure or to leak. */
export async function loadFormKey(table: TableStore): Promise<Buffer> {
  const known = await table.get(PARTITION, KEY);
  if (typeof known?.values['key'] === 'string') return Buffer.from(known.values['key'], 'base64');
  const key = randomBytes(KEY_BYTES);
  const values = { key: key.toString('base64') };
  const made = await table.commit(PARTITION, [{ kind: 'insert', key: KEY, values }]);
  return made.kind === 'committed' ? key : loadFormKey(table);
}
