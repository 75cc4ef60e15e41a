/** Seals the links to the page where a test card is entered, with the key that seals previews. */
import type { TableStore } from '../billing/storage/table.js';
import { after } from '../billing/ledger/calendar.js';
import { PAGE_HOURS_MAX, type SetupLinks } from '../billing/payments/sandbox/setup-page.js';
import { formTokens, loadFormKey, type FormTokens } from '../bot/form-token.js';

const PURPOSE = 'sandboxCard';
/** The page is opened in a browser: it belongs to no conversation. */
const CONVERSATION = '';

/** `table` keeps the key; it is read when the first link is made. */
export function setupLinks(table: TableStore): SetupLinks {
  const tokens = onceRead(async () => formTokens(await loadFormKey(table)));
  return {
    seal: async ({ id, tenant, by, mintedAt, replaces }) => {
      const terms = { by: by.id, name: by.name, ...(replaces !== undefined && { replaces }) };
      const form = { id, purpose: PURPOSE, tenant, conversation: CONVERSATION, mintedAt, terms };
      return (await tokens()).seal(form);
    },
    open: async (token, tenant, now) => {
      const bound = { purpose: PURPOSE, tenant, conversation: CONVERSATION };
      const opened = (await tokens()).open(token, bound, now);
      if (opened.kind === 'forged') return opened;
      const { id, mintedAt, terms } = opened.form;
      const { by = '', name = '', replaces } = terms;
      const page = {
        id,
        tenant,
        mintedAt,
        by: { id: by, name },
        ...(replaces !== undefined && { replaces }),
      };
      return { kind: after(mintedAt, { hours: PAGE_HOURS_MAX }) >= now ? 'valid' : 'expired', page };
    },
  };
}

/** A reading that failed is not kept. */
function onceRead(read: () => Promise<FormTokens>): () => Promise<FormTokens> {
  let reading: Promise<FormTokens> | undefined;
  return () => {
    reading ??= read().catch((error: unknown) => {
      reading = undefined;
      throw error;
    });
    return reading;
  };
}
