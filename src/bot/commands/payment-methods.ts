/** `payment methods`: the stored cards, what each is used for, and what can be done about it. No number passes through here. */
import * as z from 'zod';
import { action, post, replace, type Action, type Command, type Reply } from '../command.js';
import { confirmBackup, moveBackup } from '../payment-methods/backup.js';
import { makeDefault, rechargeWith } from '../payment-methods/change.js';
import { doneReply, linkReply } from '../payment-methods/link.js';
import {
  elsewhereCard,
  goneCard,
  listCard,
  methodIn,
  oneCard,
  openPurse,
  type Purse,
} from '../payment-methods/purse.js';
import { askRemoval, remove } from '../payment-methods/removal.js';

const ID_CHARS_MAX = 200;
/** A hundred cards and their seal. */
const TOKEN_CHARS_MAX = 10_000;

const noData = z.looseObject({});
const ofMethod = z.looseObject({ method: z.string().min(1).max(ID_CHARS_MAX) });
const sealed = z.looseObject({ token: z.string().min(1).max(TOKEN_CHARS_MAX) });
const ofPage = z.looseObject({
  from: z
    .string()
    .regex(/^\d{1,4}$/u)
    .transform(Number),
});
const place = z.string().regex(/^\d$/u).transform(Number).or(z.literal('off'));
const ofPlace = ofMethod.extend({ to: place });

export const paymentMethodsCommand: Command = {
  role: 'admin',
  paidBy: ['sandbox', 'stripe'],
  readsAccount: true,
  run: async ({ intent }, turn, services) => {
    const purse = await openPurse(turn, services);
    if (purse === undefined) return post(elsewhereCard(turn));
    return intent === 'add' ? linkReply(purse) : post(listCard(purse));
  },
  actions: {
    show: withPurse(noData, async (purse) => post(listCard(purse))),
    list: withPurse(noData, async (purse) => replace(listCard(purse))),
    page: withPurse(ofPage, async (purse, { from }) => replace(listCard(purse, { from }))),
    manage: withPurse(ofMethod, async (purse, { method }) => replace(oneCard(purse, method))),
    add: withPurse(noData, (purse) => linkReply(purse)),
    replace: withPurse(ofMethod, replaceCard),
    done: withPurse(sealed, (purse, { token }) => doneReply(purse, token)),
    makeDefault: withPurse(ofMethod, (purse, { method }) => makeDefault(purse, method)),
    backup: withPurse(ofPlace, (purse, { method, to }) => moveBackup(purse, method, to)),
    confirmBackup: withPurse(sealed, (purse, { token }) => confirmBackup(purse, token)),
    recharge: withPurse(ofMethod, async (purse, { method }) => rechargeWith(purse, method)),
    askRemove: withPurse(ofMethod, (purse, { method }) => askRemoval(purse, method)),
    remove: withPurse(sealed, (purse, { token }) => remove(purse, token)),
  },
};

/** Every button asks for an admin, looks at the cards anew, and says so where they are not this program's affair. */
function withPurse<T>(schema: z.ZodType<T>, run: (purse: Purse, data: T) => Promise<Reply>): Action {
  const checked = action('admin', schema, async (data, turn, services) => {
    const purse = await openPurse(turn, services);
    return purse === undefined ? post(elsewhereCard(turn)) : run(purse, data);
  });
  return { ...checked, readsAccount: true };
}

async function replaceCard(purse: Purse, { method }: { readonly method: string }): Promise<Reply> {
  const old = methodIn(purse, method);
  return old === undefined ? replace(goneCard(purse)) : linkReply(purse, old);
}
