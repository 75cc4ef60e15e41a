/** Who hears an alert. */
import type { Alert } from '../../billing/ledger/model.js';
import type { Delivery } from './delivery.js';
import type { Destination } from './destinations.js';
import type { IsAdmin } from './draw-alert.js';

export interface Listeners {
  readonly alert: Alert;
  /** Everybody and everywhere the bot knows of in the tenant. */
  readonly all: readonly Destination[];
  readonly deliveries: ReadonlyMap<string, Delivery>;
  /** It reached nobody until now: then it is news for everybody. */
  readonly isUnheard: boolean;
  readonly isAdmin: IsAdmin;
}

/** Who asked for alerts, where nobody did the admins in person, and wherever it stands already. */
export function audienceOf(listeners: Listeners): readonly Destination[] {
  const { alert, all, deliveries } = listeners;
  const known = all.filter((place) => deliveries.get(place.conversation.key)?.state === 'sent');
  return [...new Set([...newlyTold(alert, listeners), ...known])];
}

function newlyTold(alert: Alert, listeners: Listeners): readonly Destination[] {
  const { all } = listeners;
  if (alert.only !== undefined) return all.filter((place) => place.conversation.key === alert.only);
  const asked = all.filter((place) => place.alerts === 'on');
  return inTime(listeners, asked.length > 0 ? asked : adminsOf(listeners, all));
}

/** Where a destination is lost, the admins whom the bot has met hear it in person; `told` have had their turn. */
export function standIns(listeners: Listeners, told: ReadonlySet<Destination>): readonly Destination[] {
  if (listeners.alert.only !== undefined) return [];
  const others = listeners.all.filter((place) => !told.has(place));
  return inTime(listeners, adminsOf(listeners, others));
}

function adminsOf({ isAdmin }: Listeners, places: readonly Destination[]): readonly Destination[] {
  return places.filter((place) => place.person !== undefined && place.alerts !== 'paused' && isAdmin(place));
}

/** Who came after the fact doesn't hear of it, least of all that it is over; unless nobody else has. */
function inTime(listeners: Listeners, places: readonly Destination[]): readonly Destination[] {
  const { alert, deliveries, isUnheard } = listeners;
  const there = places.filter(({ since }) => since === undefined || since <= alert.at);
  const isHeard = there.length > 0 || [...deliveries.values()].some(({ state }) => state === 'sent');
  return isHeard && !isUnheard ? there : places;
}
