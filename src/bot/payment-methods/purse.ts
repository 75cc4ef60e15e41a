/** One turn's look at the stored cards and at what may be done with them, and the cards that show it. */
import { CardsUnknown } from '../../billing/payments/method-ports.js';
import type { PaymentMethod } from '../../billing/payments/processor.js';
import { LedgerBusy } from '../../billing/lane/command.js';
import { StorageUnavailable } from '../../billing/storage/table.js';
import { noticeCard } from '../../cards/notice.js';
import { oneCardCard, type OneCardFacts } from '../../cards/one-card-card.js';
import { paymentMethodsCard, type Banner, type CardListFacts } from '../../cards/payment-methods-card.js';
import type { Card } from '../../cards/render.js';
import { lookedAgain } from '../account-of.js';
import { openTill, type Till } from '../add-funds/form.js';
import type { Services } from '../services.js';
import type { Turn } from '../turn.js';

export interface Purse extends Till {
  readonly wallet: NonNullable<Services['wallet']>;
}

/** Undefined where cards are not this program's affair. */
export async function openPurse(turn: Turn, services: Services): Promise<Purse | undefined> {
  const { wallet } = services;
  return wallet === undefined ? undefined : { ...(await openTill(turn, services)), wallet };
}

/** As it stands after a change. */
export async function lookAgain(purse: Purse): Promise<Purse> {
  return { ...purse, ...(await openTill(lookedAgain(purse.turn), purse.services)) };
}

export function methodIn({ methods }: Till, id: string): PaymentMethod | undefined {
  return methods.find((method) => method.id === id);
}

export function listCard(till: Till, shown: Partial<Pick<CardListFacts, 'from' | 'banner'>> = {}): Card {
  const { account, methods, turn } = till;
  return paymentMethodsCard({ account, methods, now: turn.now, from: 0, ...shown }, turn.speech);
}

export const good = (...lines: readonly string[]): { readonly banner: Banner } => ({
  banner: { style: 'good', lines },
});
export const warning = (...lines: readonly string[]): { readonly banner: Banner } => ({
  banner: { style: 'warning', lines },
});

/** A card that is gone leaves the list, which says so. */
export function oneCard(
  till: Till,
  id: string,
  shown: Partial<Pick<OneCardFacts, 'banner' | 'old'>> = {},
): Card {
  const { account, methods, turn } = till;
  const method = methodIn(till, id);
  return method === undefined
    ? goneCard(till)
    : oneCardCard({ method, account, methods, now: turn.now, ...shown }, turn.speech);
}

export function goneCard(till: Till): Card {
  return listCard(till, { banner: { style: 'warning', lines: [till.turn.speech.say('wallet.gone')] } });
}

export function elsewhereCard({ speech }: Turn): Card {
  return noticeCard({
    tone: 'info',
    title: speech.say('wallet.elsewhere.title'),
    text: speech.say('wallet.elsewhere.text'),
    buttons: [{ title: speech.say('payment.button.balance'), data: { verb: 'balance.show' } }],
  });
}

/** The cards are changed whatever comes of this: where it can't be done now, the daily look does it. */
export async function review({ turn, services }: Till): Promise<void> {
  try {
    await services.billing.reviewCards(turn.tenant);
  } catch (error) {
    const later =
      error instanceof CardsUnknown || error instanceof StorageUnavailable || error instanceof LedgerBusy;
    if (!later) throw error;
  }
}

export async function noteDone({ turn, services }: Till, did: string, subject?: string): Promise<void> {
  const { tenant, person } = turn;
  const note = { tenant, personId: person.id, did: `paymentMethods.${did}`, outcome: 'done' as const };
  await services.audit.note({ ...note, ...(subject !== undefined && { subject }) });
}
