/** One stored card, with everything that can be done about it. */
import { BACKUPS_MAX } from '../billing/ledger/commands/set-backups.js';
import { isSameCard } from '../billing/ledger/cards.js';
import type { ChosenMethod } from '../billing/ledger/model.js';
import type { PaymentMethod } from '../billing/payments/processor.js';
import type { Banner } from './payment-methods-card.js';
import { methodName } from './payment-method.js';
import { clickButton, type ClickButton } from './payment-view.js';
import { renderCard, type Card } from './render.js';
import type { Speech, StringKey } from './speech.js';
import {
  backupRank,
  expirySentence,
  rechargesWith,
  spokenName,
  usesOf,
  type WalletFacts,
} from './stored-card.js';
import template from './templates/payment-method.json' with { type: 'json' };

export interface OneCardFacts extends WalletFacts {
  readonly method: PaymentMethod;
  readonly banner?: Banner;
  /** The card whose place this one took, where it is still stored. */
  readonly old?: PaymentMethod;
}

export function oneCardCard(facts: OneCardFacts, speech: Speech): Card {
  const { method, banner } = facts;
  const title = spokenName(method, speech);
  const data = {
    title,
    boxes: banner === undefined ? [] : [banner],
    facts: cardFacts(facts, speech),
    ...backupSection(facts, speech),
    buttons: cardButtons(facts, speech),
  };
  return renderCard(template, data, [methodName(method, speech), ...(banner?.lines ?? [])].join('. '));
}

function cardFacts(facts: OneCardFacts, speech: Speech): readonly object[] {
  const { method, now } = facts;
  const { scenario } = method;
  const uses = usesOf(method, facts, speech);
  return [
    { title: speech.say('wallet.fact.expires'), value: expirySentence(method, now, speech) },
    {
      title: speech.say('wallet.fact.uses'),
      value: uses.length === 0 ? speech.say('wallet.use.none') : uses.join(', '),
    },
    ...(scenario === undefined
      ? []
      : [{ title: speech.say('wallet.fact.test'), value: speech.say(`method.test.${scenario}`) }]),
  ];
}

/** Everything about the card but its place among the backups; six at most. */
function cardButtons(facts: OneCardFacts, speech: Speech): readonly ClickButton[] {
  const { method, account, methods } = facts;
  const { id } = method;
  const about = (key: StringKey, action: string, style?: ClickButton['style']): ClickButton =>
    clickButton(speech.say(key), { verb: `paymentMethods.${action}`, method: id }, style);
  return [
    ...(rechargesWith(id, account) ? [] : [about('wallet.button.recharge', 'recharge', 'positive')]),
    ...(methods[0]?.id === id ? [] : [about('wallet.button.default', 'makeDefault')]),
    about('wallet.button.replace', 'replace'),
    ...removeButtons(facts, speech),
    clickButton(speech.say('wallet.button.all'), { verb: 'paymentMethods.list' }),
  ];
}

/** The card whose place this one took goes first, unless it can't go yet. */
function removeButtons({ method, old, account }: OneCardFacts, speech: Speech): readonly ClickButton[] {
  const ask = (title: string, id: string, style: ClickButton['style']): ClickButton =>
    clickButton(title, { verb: 'paymentMethods.askRemove', method: id }, style);
  if (old === undefined) return [ask(speech.say('wallet.button.remove'), method.id, 'destructive')];
  if (rechargesWith(old.id, account)) return [];
  return [ask(speech.say('wallet.button.removeOld', { method: methodName(old, speech) }), old.id, 'default')];
}

/** Left out right after it took another card's place: then something else is to be decided first. */
function backupSection(facts: OneCardFacts, speech: Speech): object {
  if (facts.old !== undefined) return { backupsTitle: '', backupLines: [], backupButtons: [] };
  return {
    backupsTitle: speech.say('wallet.backups.title'),
    backupLines: backupLines(facts, speech),
    backupButtons: backupButtons(facts, speech),
  };
}

/** Why it can't be a backup, or what being one means. */
function backupLines(facts: OneCardFacts, speech: Speech): readonly string[] {
  const { account, method } = facts;
  const isOn = account.rule?.enabled === true;
  const meaning = speech.say(isOn ? 'wallet.backups.text' : 'wallet.backups.off');
  if (backupRank(method.id, account) > 0) return [meaning];
  if (account.rule !== undefined && isSameCard(account.rule.method, method))
    return [speech.say('wallet.backups.own')];
  if (account.backups.some((backup) => isSameCard(backup, method)))
    return [speech.say('wallet.backups.twin')];
  const count = storedBackups(facts).length;
  return count < BACKUPS_MAX ? [meaning] : [speech.say('wallet.backups.full', { count })];
}

/** One that is gone leaves its place to the next. */
export function storedBackups({
  account,
  methods,
}: Pick<WalletFacts, 'account' | 'methods'>): readonly ChosenMethod[] {
  return account.backups.filter(({ id }) => methods.some((method) => method.id === id));
}

/** A button says where the card goes, not how far it moves: pressed twice it stays there. */
function backupButtons(facts: OneCardFacts, speech: Speech): readonly ClickButton[] {
  const { account, method } = facts;
  const backups = storedBackups(facts);
  const at = backups.findIndex(({ id }) => id === method.id);
  const to = (title: string, place: number | 'off'): ClickButton =>
    clickButton(title, { verb: 'paymentMethods.backup', method: method.id, to: place.toString() });
  if (at < 0) {
    const taken = [...(account.rule === undefined ? [] : [account.rule.method]), ...backups];
    const free = backups.length < BACKUPS_MAX && taken.every((card) => !isSameCard(card, method));
    return free
      ? [to(speech.say('wallet.button.backup.add', { rank: backups.length + 1 }), backups.length)]
      : [];
  }
  return [
    ...(at > 1 ? [to(speech.say('wallet.button.backup.first'), 0)] : []),
    ...(at > 0 ? [to(speech.say('wallet.button.backup.up'), at - 1)] : []),
    ...(at < backups.length - 1 ? [to(speech.say('wallet.button.backup.down'), at + 1)] : []),
    to(speech.say('wallet.button.backup.off'), 'off'),
  ];
}
