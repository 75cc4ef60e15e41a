import type { Alert } from '../../billing/ledger/model.js';
import { alertCard } from '../../cards/alert-card.js';
import type { Card } from '../../cards/render.js';
import { speechFor } from '../../cards/speech.js';
import type { Destination } from './destinations.js';

/** Whether the person of a personal chat is an admin now; false of any other place. */
export type IsAdmin = (destination: Destination) => boolean;

/** The card of one alert for each place. */
export type Drawing = (destination: Destination) => Card;

export type DrawAlert = (alert: Alert, isAdmin: IsAdmin) => Drawing;

/**
 * An alert in the language of the place that hears it, with the buttons that its readers may press. Places that read
 * the same share one card. `timeZone` is the accounts': alerts speak of their days, wherever the readers are.
 */
export function alertDrawer(timeZone: string): DrawAlert {
  return (alert, isAdmin) => {
    const drawn = new Map<string, Card>();
    return (destination) => {
      const { conversation, alerts, locale } = destination;
      const place = conversation.kind;
      // Many people read a group's card: the click itself is checked.
      const canAct = place !== 'personal' || isAdmin(destination);
      const because = alerts === 'on' ? ('asked' as const) : ('admin' as const);
      const name = [place, canAct, because, locale].join('|');
      const card =
        drawn.get(name) ?? alertCard(alert, { place, canAct, because }, speechFor(locale, timeZone));
      drawn.set(name, card);
      return card;
    };
  };
}
