/**
 * The words where people buy and the bot can't pay: a string whose key goes on with `.bought` takes the place of the one
 * before it, so that no card says "charged" of what was only asked for.
 */
import { isBoughtByPerson, type PaymentMethod } from '../billing/payments/processor.js';
import { hasString, type Speech, type StringKey } from './speech.js';

export function askingToBuy(speech: Speech): Speech {
  return { ...speech, say: (key, values) => speech.say(boughtKey(key), values) };
}

/** The same speech for a card; asking to buy where a person buys. */
export function speechAbout(method: Pick<PaymentMethod, 'last4'> | undefined, speech: Speech): Speech {
  return method !== undefined && isBoughtByPerson(method) ? askingToBuy(speech) : speech;
}

function boughtKey(key: StringKey): StringKey {
  const bought = `${key}.bought`;
  return hasString(bought) ? bought : key;
}
