/** How far the balance can be trusted: by this ledger alone, or by the word of a person who saw Microsoft's own figure. */
import type { Account } from '../billing/ledger/model.js';
import { money } from '../billing/money.js';
import { plain } from './render.js';
import type { Speech } from './speech.js';

export type Standing = 'new' | 'open' | 'shaky' | 'usedUp' | 'blocked';

/** Calls are blocked "by this ledger", unless a person has attested what the admin center shows, and nothing came since. */
export function statusOf(standing: Standing, { attested, balance }: Account, speech: Speech): string {
  const stands = attested?.balance === balance;
  if (attested === undefined || !stands || standing === 'new' || standing === 'shaky')
    return speech.say(`balance.status.${standing}`);
  return speech.say(`balance.status.attested.${standing}`, { name: plain(attested.by.name) });
}

export function ledgerNote({ attested, currency }: Account, speech: Speech): string {
  const note = speech.say('balance.ledger');
  if (attested === undefined) return note;
  const values = {
    name: plain(attested.by.name),
    balance: speech.money(money(attested.balance, currency)),
    time: speech.dateTime(attested.at),
  };
  return `${note} ${speech.say('balance.attested', values)}`;
}
