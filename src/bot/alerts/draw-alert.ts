import type { Alert } from '../../billing/ledger/model.js';
import { alertCard } from '../../cards/alert-card.js';
import type { Card } from '../../cards/render.js';
import { speechFor } from '../../cards/speech.js';
import type { Destination } from './destinations.js';

export interface DrawParts {
  /** Of the accounts: alerts speak of the account's days, wherever its readers are. */
  readonly timeZone: string;
  /** Whether this person is an admin now. */
  readonly isAdmin: (tenant: string, destination: Destination) => Promise<boolean>;
}

export type DrawAlert = (tenant: string, alert: Alert, destination: Destination) => Promise<Card>;

/** An alert in the language of the place that hears it, with the buttons that its readers may press. */
export function alertDrawer({ timeZone, isAdmin }: DrawParts): DrawAlert {
  return async (tenant, alert, destination) => {
    const { conversation, alerts, locale } = destination;
    // Many people read a group's card: the click itself is checked.
    const canAct = conversation.kind !== 'personal' || (await isAdmin(tenant, destination));
    const because = alerts === 'on' ? 'asked' : 'admin';
    return alertCard(alert, { place: conversation.kind, canAct, because }, speechFor(locale, timeZone));
  };
}
