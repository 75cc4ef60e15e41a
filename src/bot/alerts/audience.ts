/** Who hears an alert. */
import type { Alert } from '../../billing/ledger/model.js';
import type { Delivery } from './delivery.js';
import { isUnopened, type Destination } from './destinations.js';
import type { IsAdmin } from './draw-alert.js';

export interface Listeners {
  readonly alert: Alert;
  /** Everybody and everywhere the bot knows of in the tenant. */
  readonly all: readonly Destination[];
  readonly deliveries: ReadonlyMap<string, Delivery>;
  /** It reached nobody until now: then it is news for everybody, as long as it goes on. */
  readonly isUnheard: boolean;
  readonly isAdmin: IsAdmin;
}

/** Who asked for alerts, where nobody did the admins in person, and wherever it stands already. */
export function audienceOf(listeners: Listeners): readonly Destination[] {
  const { all, deliveries } = listeners;
  const known = all.filter((place) => deliveries.get(place.conversation.key)?.state === 'sent');
  return [...new Set([...newlyTold(listeners), ...known])];
}

function newlyTold(listeners: Listeners): readonly Destination[] {
  const { alert, all } = listeners;
  if (alert.only !== undefined) return all.filter((place) => place.conversation.key === alert.only);
  return inTime(listeners, listening(listeners));
}

function listening(listeners: Listeners): readonly Destination[] {
  const asked = listeners.all.filter((place) => place.alerts === 'on');
  return asked.length > 0 ? asked : adminsOf(listeners, listeners.all);
}

/** Where a destination is lost, the admins whom the bot has met hear it in person; `told` have had their turn. */
export function standIns(listeners: Listeners, told: ReadonlySet<Destination>): readonly Destination[] {
  if (listeners.alert.only !== undefined) return [];
  const others = listeners.all.filter((place) => !told.has(place));
  return inTime(listeners, adminsOf(listeners, others));
}

/** A chat is opened with those only who have none: one that refuses is not got round by another. */
function adminsOf({ all, isAdmin }: Listeners, places: readonly Destination[]): readonly Destination[] {
  const opened = all.filter(({ conversation }) => !isUnopened(conversation));
  const haveChats = new Set(opened.map(({ person }) => person?.id));
  return places.filter(
    (place) =>
      place.person !== undefined &&
      place.alerts !== 'paused' &&
      isAdmin(place) &&
      !(isUnopened(place.conversation) && haveChats.has(place.person.id)),
  );
}

/**
 * Who came after the fact doesn't hear of it, unless nobody else has. What is over is no news any more: it goes to those
 * whom it was owed, and where it was heard they are the places that asked for it and those that wait for another try.
 */
function inTime(listeners: Listeners, places: readonly Destination[]): readonly Destination[] {
  const { alert, deliveries, isUnheard } = listeners;
  const isWaiting = ({ conversation }: Destination): boolean =>
    deliveries.get(conversation.key)?.state === 'waiting';
  const owed = places.filter(
    (place) => place.since === undefined || place.since <= alert.at || isWaiting(place),
  );
  const isHeard = wasHeard(deliveries);
  if (alert.healed !== undefined)
    return isHeard ? owed.filter((place) => place.alerts === 'on' || isWaiting(place)) : owed;
  return isUnheard || (owed.length === 0 && !isHeard) ? places : owed;
}

/** In whatever round, and also where the place is gone since. */
export function wasHeard(deliveries: Listeners['deliveries']): boolean {
  return [...deliveries.values()].some(({ state }) => state === 'sent');
}

/** It is over, and somebody is there for what comes next. */
export function isHistory(listeners: Listeners): boolean {
  return listeners.alert.healed !== undefined && listening(listeners).length > 0;
}
