/** The link to the page where a card is entered, made at the click; and what came of it, once the person is back. */
import * as z from 'zod';
import type { PageLink } from '../../billing/payments/method-ports.js';
import type { PaymentMethod } from '../../billing/payments/processor.js';
import { cardLinkCard } from '../../cards/card-link-card.js';
import { noticeCard, type Button } from '../../cards/notice.js';
import type { Card } from '../../cards/render.js';
import { rawString, speechFor } from '../../cards/speech.js';
import { rechargesWith, spokenName } from '../../cards/stored-card.js';
import { post, replace, type Reply } from '../command.js';
import { notices } from '../notices.js';
import { listCard, methodIn, noteDone, oneCard, review, type Purse } from './purse.js';

const PURPOSE = 'paymentMethods.page';

/** `old` is the card whose place the new one takes. A conversation of several people gets no link: all could open it. */
export async function linkReply(purse: Purse, old?: PaymentMethod): Promise<Reply> {
  if (purse.turn.conversation.kind !== 'personal') return post(personalOnly(purse));
  const link = await linkFor(purse, old);
  if (link.kind === 'unknown') return post(linkUnknown(purse, old));
  await noteDone(purse, old === undefined ? 'add' : 'replace', old?.id);
  return post(linkCard(purse, link, old));
}

async function linkFor({ wallet, turn }: Purse, old: PaymentMethod | undefined): Promise<PageLink> {
  const { tenant, person } = turn;
  const by = { id: person.id, name: person.name };
  if (old === undefined) return wallet.pages.addLink(tenant, { by });
  const link = await wallet.pages.replaceLink(tenant, { by, methodId: old.id });
  return link.kind === 'noCustomer' ? wallet.pages.addLink(tenant, { by }) : link;
}

function linkCard(purse: Purse, link: Extract<PageLink, { kind: 'link' }>, old?: PaymentMethod): Card {
  const { turn, account } = purse;
  const speech = speechFor(turn.speech.locale, account.timeZone);
  const token = sealed(purse, old?.id);
  const { url, until } = link;
  const replaced = old === undefined ? {} : { old: { id: old.id, name: spokenName(old, speech) } };
  return cardLinkCard({ url, token, ...(until !== undefined && { until }), ...replaced }, speech);
}

/** Which cards were there before: whatever comes on top was entered on the page. */
function sealed({ turn, services, methods }: Purse, replaces: string | undefined): string {
  return services.tokens.seal({
    id: services.newId(),
    purpose: PURPOSE,
    tenant: turn.tenant,
    conversation: turn.conversation.key,
    mintedAt: turn.now,
    terms: { known: methods.map(({ id }) => id).join(' '), ...(replaces !== undefined && { replaces }) },
  });
}

function personalOnly({ turn: { speech } }: Purse): Card {
  const words = rawString(speech.language, 'command.paymentMethods.title');
  return noticeCard({
    tone: 'info',
    title: speech.say('wallet.link.personal.title'),
    text: speech.say('wallet.link.personal.text', { words }),
  });
}

function linkUnknown({ turn: { speech } }: Purse, old: PaymentMethod | undefined): Card {
  return noticeCard({
    tone: 'warning',
    title: speech.say('wallet.link.unknown.title'),
    text: speech.say('wallet.link.unknown.text'),
    buttons: [
      againButton(speech.say('wallet.link.again'), old?.id),
      allButton(speech.say('wallet.button.all')),
    ],
  });
}

const againButton = (title: string, old: string | undefined): Button =>
  old === undefined
    ? { title, data: { verb: 'paymentMethods.add' } }
    : { title, data: { verb: 'paymentMethods.replace', method: old } };

const allButton = (title: string): Button => ({ title, data: { verb: 'paymentMethods.list' } });

const termsSchema = z.object({ known: z.string(), replaces: z.string().optional() });

/** "Done": the card that came since the link was made, with what can be done with it. */
export async function doneReply(purse: Purse, token: string): Promise<Reply> {
  const { turn, services, methods } = purse;
  const bound = { purpose: PURPOSE, tenant: turn.tenant, conversation: turn.conversation.key };
  const opened = services.tokens.open(token, bound, turn.now);
  if (opened.kind === 'forged') return post(notices.stale(turn.speech));
  if (opened.kind === 'expired') return replace(listCard(purse));
  const { known, replaces } = termsSchema.parse(opened.form.terms);
  const before = known.split(' ');
  const added = methods.find(({ id }) => !before.includes(id));
  if (added === undefined) return post(waiting(purse, token, replaces));
  await review(purse);
  return replace(addedCard(purse, added, replaces));
}

function addedCard(purse: Purse, { id }: PaymentMethod, replaces: string | undefined): Card {
  const { speech } = purse.turn;
  const old = replaces === undefined ? undefined : methodIn(purse, replaces);
  if (old === undefined)
    return oneCard(purse, id, { banner: { style: 'good', lines: [speech.say('wallet.done.added')] } });
  const values = { old: spokenName(old, speech), button: speech.say('wallet.button.recharge') };
  const lines = [
    speech.say('wallet.done.replaced', values),
    ...(rechargesWith(old.id, purse.account) ? [speech.say('wallet.done.rechargeOld', values)] : []),
  ];
  return oneCard(purse, id, { old, banner: { style: 'good', lines } });
}

function waiting({ turn: { speech } }: Purse, token: string, replaces: string | undefined): Card {
  const done = speech.say('wallet.link.done');
  return noticeCard({
    tone: 'info',
    title: speech.say('wallet.waiting.title'),
    text: speech.say('wallet.waiting.text', { done }),
    buttons: [
      { title: done, data: { verb: 'paymentMethods.done', token } },
      againButton(speech.say('wallet.link.again'), replaces),
      allButton(speech.say('wallet.button.all')),
    ],
  });
}
