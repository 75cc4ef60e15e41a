/** The confirmation: the facts are read again, the payment is committed under the preview's id, and shown as it stands. */
import type { CardOrigin } from '../../billing/ledger/model.js';
import type { Refusal } from '../../billing/ledger/world.js';
import { noticeCard } from '../../cards/notice.js';
import type { Card } from '../../cards/render.js';
import { lookedAgain } from '../account-of.js';
import { post, replace, type Reply } from '../command.js';
import { EMULATOR_CHANNEL } from '../messenger.js';
import { notices } from '../notices.js';
import { speechHere } from '../purchase-mode.js';
import type { Services } from '../services.js';
import type { Turn } from '../turn.js';
import { checkAmount, chosen, formCard, openTill, type Till } from './form.js';
import { outcomeCard } from './outcome.js';
import { openPreview, previewCard, type OpenedPreview, type Promised } from './preview.js';

export async function confirm(token: string, turn: Turn, services: Services): Promise<Reply> {
  const preview = openPreview(turn, services, token);
  if (preview === undefined) return post(notices.stale(turn.speech));
  const till = await openTill(turn, services);
  const checked = check(till, preview);
  if (checked.kind === 'fine') return charge(till, preview, checked.promised);
  // A second click meets the payment of the first one, however old the preview or gone the card is by now.
  const known = await services.billing.reader.payment(turn.tenant, preview.paymentId);
  return replace(known === undefined ? await checked.card() : await outcomeCard(known, turn, services));
}

type Checked =
  | { readonly kind: 'fine'; readonly promised: Promised }
  | { readonly kind: 'again'; readonly card: () => Card | Promise<Card> };

/** What the preview promised, against the facts of this moment. */
function check(till: Till, { kind, terms }: OpenedPreview): Checked {
  const { speech } = till.turn;
  const values = { amount: speech.money(terms.amount), methodId: terms.methodId };
  const again = (problem: object): Checked => ({
    kind: 'again',
    card: () => formCard(till, { ...values, ...problem }),
  });
  const { currency } = till.account;
  if (terms.amount.currency !== currency)
    return again({ amountProblem: speech.say('addFunds.otherCurrency', { currency }) });
  const amount = checkAmount(till, terms.amount);
  if (amount.kind === 'wrong') return again({ amountProblem: amount.problem });
  const method = till.methods.find(({ id }) => id === terms.methodId);
  if (method === undefined) return again({ methodProblem: speech.say('addFunds.methodGone') });
  const promised = { amount: terms.amount, method };
  return kind === 'expired'
    ? { kind: 'again', card: () => previewCard(till, { ...promised, reason: 'expired' }) }
    : { kind: 'fine', promised };
}

async function charge(till: Till, preview: OpenedPreview, { amount, method }: Promised): Promise<Reply> {
  const { turn, services } = till;
  const requested = await services.billing.requestTopUp(turn.tenant, {
    paymentId: preview.paymentId,
    mintedAt: preview.mintedAt,
    amount,
    method: chosen(method),
    by: { id: turn.person.id, name: turn.person.name },
    ...originOf(turn),
  });
  return requested.kind === 'done'
    ? replace(await outcomeCard(requested.answer, turn, services))
    : replace(await refusalCard(requested.reason, till, { amount, method }));
}

/**
 * Known only where the client tells which message was clicked, and shows updates: that one is brought up to date later.
 * In the Emulator an update is one more message, and a receipt that comes twice looks like two charges.
 */
function originOf(turn: Turn): { readonly origin?: CardOrigin } {
  const { cardActivityId, conversation } = turn;
  if (cardActivityId === undefined || conversation.channelId === EMULATOR_CHANNEL) return {};
  return { origin: { conversationKey: conversation.key, activityId: cardActivityId } };
}

type RefusalCard = (till: Till, promised: Promised) => Card | Promise<Card>;

const stale: RefusalCard = ({ turn }) => notices.stale(turn.speech);

const formAgain: RefusalCard = (till, { amount, method }) => {
  const { speech } = till.turn;
  const checked = checkAmount(till, amount);
  const { currency } = till.account;
  const amountProblem =
    checked.kind === 'wrong' ? checked.problem : speech.say('addFunds.otherCurrency', { currency });
  return formCard(till, { amount: speech.money(amount), methodId: method.id, amountProblem });
};

const REFUSALS: Readonly<Record<Refusal, RefusalCard>> = {
  anotherTopUp: (till, promised) => previewCard(till, { ...promised, reason: 'another' }),
  tooManyOpenPayments: ({ turn, services }) => {
    const speech = speechHere(turn, services);
    return noticeCard({
      tone: 'warning',
      title: speech.say('addFunds.tooMany.title'),
      text: speech.say('addFunds.tooMany.text'),
      buttons: [{ title: speech.say('payment.button.payments'), data: { verb: 'payments.show' } }],
    });
  },
  currencyMismatch: formAgain,
  amountOutOfRange: formAgain,
  otherContent: stale,
  stale,
  notFound: stale,
  notOpen: stale,
  lastAdmin: stale,
  noRule: stale,
  capBelowAmount: stale,
  partlySpent: stale,
  alreadyRefunded: stale,
  limitReached: stale,
  sameCard: stale,
  reversedOutside: stale,
  alreadyRecorded: stale,
};

/** Read once more: what led to the refusal came after the first look. */
async function refusalCard(reason: Refusal, { turn, services }: Till, promised: Promised): Promise<Card> {
  return REFUSALS[reason](await openTill(lookedAgain(turn), services), promised);
}
