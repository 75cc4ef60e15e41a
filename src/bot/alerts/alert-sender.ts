/** Carries alerts from the outbox to people (DESIGN §5): at least once, and the card lives on as the facts change. */
import pLimit from 'p-limit';
import type { Billing } from '../../billing/billing.js';
import { DONE, type JobResult } from '../../billing/due/job-runner.js';
import type { Alert } from '../../billing/ledger/model.js';
import { rowKeys } from '../../billing/ledger/world.js';
import type { Delivery } from './delivery.js';
import type { DestinationStore } from './destination-store.js';
import type { Destination } from './destinations.js';
import { tellOne, type TellDeps, type TellLog, type Told } from './tell-one.js';

/** Sends at once; Teams allows 50 requests a second for an app and tenant. */
const PARALLEL_MAX = 8;
export interface SenderDeps extends TellDeps {
  readonly billing: Billing;
  readonly destinations: DestinationStore;
  /** Whether this person is an admin now. */
  readonly isAdmin: (tenant: string, destination: Destination) => Promise<boolean>;
  readonly log: SenderLog;
}

export interface SenderLog extends TellLog {
  /** Nobody could be reached: an operator must look. */
  undelivered(tenant: string, sequence: bigint): void;
}

export class AlertSender {
  private readonly deps: SenderDeps;

  constructor(deps: SenderDeps) {
    this.deps = deps;
  }

  /** One job: everybody who still has to hear this version of the alert. */
  async deliver(tenant: string, sequence: bigint): Promise<JobResult> {
    const alert = await this.deps.billing.reader.row(tenant, 'alert', rowKeys.alert(sequence));
    if (alert === undefined) return DONE;
    const [all, deliveries] = await Promise.all([
      this.deps.destinations.list(tenant),
      this.soFar(tenant, sequence),
    ]);
    const audience = await this.audience(tenant, alert, all);
    const known = all.filter((place) => deliveries.get(place.conversation.key)?.state === 'sent');
    const results = await this.tell(tenant, alert, {
      places: [...new Set([...audience, ...known])],
      deliveries,
    });
    const fallback = await this.fallBack(tenant, alert, { results, all, deliveries });
    return this.conclude(tenant, alert, [...results.values(), ...fallback.values()]);
  }

  /** What came of it until now. What reached nobody starts anew: who refused it then may take it today. */
  private async soFar(tenant: string, sequence: bigint): Promise<ReadonlyMap<string, Delivery>> {
    const [deliveries, { undelivered }] = await Promise.all([
      this.deps.deliveries.list(tenant, sequence),
      this.deps.billing.reader.account(tenant),
    ]);
    if (!undelivered.includes(sequence)) return deliveries;
    return new Map([...deliveries].filter(([, { state }]) => state !== 'failed'));
  }

  /** Who asked for alerts; where nobody did, the admins in person. */
  private async audience(
    tenant: string,
    alert: Alert,
    all: readonly Destination[],
  ): Promise<readonly Destination[]> {
    if (alert.only !== undefined) return all.filter((place) => place.conversation.key === alert.only);
    const asked = all.filter((place) => place.alerts === 'on');
    return asked.length > 0 ? asked : this.admins(tenant, all);
  }

  private async admins(tenant: string, all: readonly Destination[]): Promise<readonly Destination[]> {
    const personal = all.filter((place) => place.person !== undefined && place.alerts !== 'paused');
    const admins = await Promise.all(personal.map((place) => this.deps.isAdmin(tenant, place)));
    return personal.filter((_, index) => admins[index]);
  }

  /** Where a destination is lost, now or in an earlier try, the admins whom the bot has met hear it in person. */
  private async fallBack(
    tenant: string,
    alert: Alert,
    said: {
      results: ReadonlyMap<Destination, Told>;
      all: readonly Destination[];
      deliveries: ReadonlyMap<string, Delivery>;
    },
  ): Promise<ReadonlyMap<Destination, Told>> {
    const lost =
      [...said.results.values()].some((told) => told.kind === 'failed') ||
      [...said.deliveries.values()].some(({ state }) => state === 'failed');
    if (!lost || alert.only !== undefined) return new Map();
    const others = said.all.filter((place) => !said.results.has(place));
    return this.tell(tenant, alert, {
      places: await this.admins(tenant, others),
      deliveries: said.deliveries,
    });
  }

  private async tell(
    tenant: string,
    alert: Alert,
    to: { places: readonly Destination[]; deliveries: ReadonlyMap<string, Delivery> },
  ): Promise<ReadonlyMap<Destination, Told>> {
    const limit = pLimit(PARALLEL_MAX);
    const told = await Promise.all(
      to.places.map((destination) => {
        const delivery = to.deliveries.get(destination.conversation.key);
        const task = { tenant, alert, destination, delivery };
        return limit(async () => [destination, await tellOne(this.deps, task)] as const);
      }),
    );
    return new Map(told);
  }

  private async conclude(tenant: string, alert: Alert, told: readonly Told[]): Promise<JobResult> {
    const again = told.flatMap((one) => (one.kind === 'again' ? [one.at] : [])).sort();
    const reached = told.some((one) => one.kind === 'told');
    const undelivered = !reached && again.length === 0 && alert.only === undefined;
    if (undelivered) this.deps.log.undelivered(tenant, alert.sequence);
    if (undelivered || reached) {
      await this.deps.billing.noteUndelivered(tenant, { sequence: alert.sequence, undelivered });
    }
    return again[0] === undefined ? DONE : { kind: 'again', at: again[0] };
  }
}
