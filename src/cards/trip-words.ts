/** Why the breaker paused auto-recharge, in words: the numbers that it saw, and where the money went. */
import type { Trip } from '../billing/ledger/model.js';
import { money, type Currency } from '../billing/money.js';
import { destinationName } from './call-words.js';
import { plain } from './render.js';
import type { Speech } from './speech.js';

const DESTINATIONS_SHOWN_MAX = 3;

export function tripSentence(trip: Trip, currency: Currency, speech: Speech): string {
  const values = { count: trip.recharges, ...amounts(trip, currency, speech) };
  return speech.say(`trip.${trip.reason}`, values);
}

export function amounts(trip: Trip, currency: Currency, speech: Speech) {
  return {
    spend: speech.money(money(trip.spend, currency)),
    usual: speech.money(money(trip.usual, currency)),
  };
}

/** Nothing where no call was charged that day. Names come with the call records, from outside. */
export function tripDestinations(trip: Trip, currency: Currency, speech: Speech): readonly string[] {
  const reader = { seesPeople: false, speech };
  const named = trip.destinations.slice(0, DESTINATIONS_SHOWN_MAX).map(({ name, spend }) =>
    speech.say('trip.destination', {
      name: plain(destinationName(name, reader)),
      spend: speech.money(money(spend, currency)),
    }),
  );
  if (named.length === 0) return [];
  const destinations = new Intl.ListFormat(speech.locale, { type: 'conjunction' }).format(named);
  return [speech.say('trip.destinations', { destinations })];
}
