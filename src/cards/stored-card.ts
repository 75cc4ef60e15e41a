/** What is said of one stored card: until when it is valid, what it does as a test card, and what it is used for. */
import type { Account, ChosenMethod } from '../billing/ledger/model.js';
import type { PaymentMethod } from '../billing/payments/processor.js';
import { expiryMonth, methodName } from './payment-method.js';
import { plain } from './render.js';
import type { Speech } from './speech.js';

/** The account as far as cards matter, and all that are stored, the default first. */
export interface WalletFacts {
  readonly account: Pick<Account, 'rule' | 'backups'>;
  readonly methods: readonly PaymentMethod[];
  readonly now: string;
}

const SOON_DAYS = 30;
const DAY_MS = 86_400_000;

/** In words, so that no colour has to say it. */
export function expirySentence(method: Pick<PaymentMethod, 'expires'>, now: string, speech: Speech): string {
  const month = expiryMonth(method, speech);
  const daysLeft = (endOfMonth(method.expires) - Date.parse(now)) / DAY_MS;
  if (daysLeft <= 0) return speech.say('wallet.expires.expired', { month });
  return speech.say(daysLeft <= SOON_DAYS ? 'wallet.expires.soon' : 'wallet.expires.valid', { month });
}

/** A card is valid to the end of its last month. */
function endOfMonth(expires: string): number {
  const [year = 0, month = 0] = expires.split('-').map(Number);
  return Date.UTC(year, month, 1);
}

/** Empty where it is only charged when somebody chooses it. */
export function usesOf({ id }: PaymentMethod, facts: WalletFacts, speech: Speech): readonly string[] {
  const { account, methods } = facts;
  const rank = backupRank(id, account);
  return [
    ...(methods[0]?.id === id ? [speech.say('wallet.use.default')] : []),
    ...(rechargesWith(id, account) ? [speech.say('wallet.use.recharge')] : []),
    ...(rank === 0 ? [] : [speech.say('wallet.use.backup', { rank })]),
  ];
}

export function rechargesWith(id: string, { rule }: Pick<Account, 'rule'>): boolean {
  return rule?.enabled === true && rule.method.id === id;
}

/** From 1; 0 where it is none. */
export function backupRank(id: string, { backups }: Pick<Account, 'backups'>): number {
  return backups.findIndex((backup) => backup.id === id) + 1;
}

/** A card's name on a TextBlock. */
export function spokenName(method: Pick<ChosenMethod, 'brand' | 'last4'>, speech: Speech): string {
  return plain(methodName(method, speech));
}

/** What auto-recharge depends on and is gone: somebody removed it at the processor. */
export function missingCards({ account, methods }: WalletFacts, speech: Speech): readonly string[] {
  const { rule, backups } = account;
  const isGone = ({ id }: ChosenMethod): boolean => methods.every((method) => method.id !== id);
  const own =
    rule?.enabled === true && isGone(rule.method)
      ? [speech.say('wallet.missing.recharge', { method: spokenName(rule.method, speech) })]
      : [];
  const others = backups.flatMap((backup, index) =>
    isGone(backup)
      ? [speech.say('wallet.missing.backup', { rank: index + 1, method: spokenName(backup, speech) })]
      : [],
  );
  return [...own, ...others];
}
