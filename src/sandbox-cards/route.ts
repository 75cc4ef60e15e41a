/** The route of the page where a test card is entered, without HTTP: what was asked in, status and page out. */
import type { SandboxWallet } from '../billing/payments/sandbox/sandbox-wallet.js';
import { setupPath, type SetupLinks, type SetupPage } from '../billing/payments/sandbox/setup-page.js';
import { StorageUnavailable } from '../billing/storage/table.js';
import { preferredLocale } from '../page-shell.js';
import { checkCard, type CheckedCard, type TypedCard } from './form.js';
import { cardEndPage, cardFormPage, type CardEnd } from './page.js';

export interface CardPageDeps {
  readonly wallet: Pick<SandboxWallet, 'add' | 'usedFor'>;
  readonly links: Pick<SetupLinks, 'open'>;
  /** ISO, UTC. */
  readonly now: () => string;
}

export interface CardPageRequest {
  readonly tenant: string;
  /** The sealed link. */
  readonly token: string;
  /** What was typed, where the form was sent. */
  readonly typed?: TypedCard;
  readonly acceptLanguage?: string | undefined;
}

export interface CardPageAnswer {
  readonly status: number;
  readonly html: string;
  /** The tenant has a card that it did not have: whoever charges cards should look again. */
  readonly added?: true;
}

/** GET shows the form, POST takes it. */
export async function handleCardPage(request: CardPageRequest, deps: CardPageDeps): Promise<CardPageAnswer> {
  const locale = preferredLocale(request.acceptLanguage);
  try {
    return await answer(request, { ...deps, locale });
  } catch (error) {
    if (error instanceof StorageUnavailable) return ended(503, { end: 'unavailable', locale });
    throw error;
  }
}

type Serving = CardPageDeps & { readonly locale: string };

async function answer({ tenant, token, typed }: CardPageRequest, serving: Serving): Promise<CardPageAnswer> {
  const { wallet, links, now, locale } = serving;
  const opened = await links.open(token, tenant, now());
  if (opened.kind === 'forged') return ended(404, { end: 'notFound', locale });
  const { page } = opened;
  const before = await wallet.usedFor(page);
  if (before !== undefined) return ended(200, { end: 'before', card: before, locale });
  if (opened.kind === 'expired') return ended(410, { end: 'expired', locale });
  if (typed === undefined) return { status: 200, html: formOf(page, token, { locale }) };
  const checked = checkCard(typed, now());
  if (checked.kind === 'wrong') return { status: 422, html: formOf(page, token, { locale, wrong: checked }) };
  return save(page, checked, serving);
}

function formOf(
  { tenant, replaces }: SetupPage,
  token: string,
  shown: { readonly locale: string; readonly wrong?: Extract<CheckedCard, { kind: 'wrong' }> },
): string {
  const purpose = replaces === undefined ? 'add' : 'replace';
  return cardFormPage({ purpose, postUrl: setupPath(tenant), token, ...shown });
}

async function save(
  page: SetupPage,
  { card }: Extract<CheckedCard, { kind: 'right' }>,
  { wallet, locale }: Serving,
): Promise<CardPageAnswer> {
  const kept = await wallet.add(page, card);
  if (kept === 'full') return ended(409, { end: 'full', locale });
  if (kept === 'added') {
    const end = page.replaces === undefined ? 'added' : 'replaced';
    return { ...ended(200, { end, card, locale }), added: true };
  }
  // Somebody else's click on the same page was first, perhaps with another card.
  const first = await wallet.usedFor(page);
  return ended(200, { end: 'before', locale, ...(first !== undefined && { card: first }) });
}

function ended(status: number, end: CardEnd): CardPageAnswer {
  return { status, html: cardEndPage(end) };
}
