/** Carries alerts from the outbox to people (DESIGN §5): at least once, and the card lives on as the facts change. */
import type { Billing } from '../../billing/billing.js';
import { DONE, type JobResult } from '../../billing/due/job-runner.js';
import { after } from '../../billing/ledger/calendar.js';
import type { Alert } from '../../billing/ledger/model.js';
import { rowKeys } from '../../billing/ledger/world.js';
import { audienceOf, isHistory, standIns, wasHeard, type Listeners } from './audience.js';
import type { DeliveryRound } from './delivery-round.js';
import type { DeliveryStore } from './delivery-store.js';
import type { DestinationStore } from './destination-store.js';
import type { Destination } from './destinations.js';
import type { DrawAlert, Drawing, IsAdmin } from './draw-alert.js';
import { fanOut } from './fan-out.js';
import { tellOne, type TellDeps, type TellLog, type Told } from './tell-one.js';

/** How soon the work is looked at again that another instance took over. */
const TAKEN_OVER_SECONDS = 60;

export interface SenderDeps extends TellDeps {
  readonly billing: Pick<Billing, 'reader' | 'noteUndelivered'>;
  readonly destinations: Pick<DestinationStore, 'list' | 'gone' | 'pause' | 'opened'>;
  readonly deliveries: DeliveryStore;
  /** Who the admins of the tenant are now, read once for everybody. */
  readonly admins: (tenant: string) => Promise<IsAdmin>;
  readonly draw: DrawAlert;
  readonly log: SenderLog;
}

export interface SenderLog extends TellLog {
  /** Nobody could be reached: an operator must look. */
  undelivered(tenant: string, sequence: bigint): void;
  /** What one round came to. */
  round(tenant: string, sequence: bigint, counts: RoundCounts): void;
}

export interface RoundCounts {
  /** Destinations. */
  readonly told: number;
  readonly again: number;
  readonly failed: number;
  /** Posts whose answer was lost: at most so many stand somewhere a second time. */
  readonly doubtful: number;
}

/** One alert and whom it concerns. */
interface Errand extends Listeners {
  readonly tenant: string;
  /** The account says that it reached nobody; it may have since, or a place that is gone may have heard it. */
  readonly isListed: boolean;
  readonly round: DeliveryRound;
  readonly card: Drawing;
}

type Results = ReadonlyMap<Destination, Told>;

export class AlertSender {
  private readonly deps: SenderDeps;

  constructor(deps: SenderDeps) {
    this.deps = deps;
  }

  /** One job: everybody who still has to hear this version of the alert. */
  async deliver(tenant: string, sequence: bigint): Promise<JobResult> {
    const alert = await this.deps.billing.reader.row(tenant, 'alert', rowKeys.alert(sequence));
    if (alert === undefined) return DONE;
    const begun = await this.deps.deliveries.begin(tenant, sequence);
    if (begun.kind === 'busy') return { kind: 'again', at: begun.until };
    const { round } = begun;
    try {
      const result = await this.work(await this.errand(tenant, alert, round));
      await round.close();
      return result;
    } catch (error) {
      // What was told until then should not be told again; where that can't be stored either, the first error counts.
      await round.close().catch(() => undefined);
      throw error;
    }
  }

  private async errand(tenant: string, alert: Alert, round: DeliveryRound): Promise<Errand> {
    const [all, isAdmin, { undelivered }] = await Promise.all([
      this.deps.destinations.list(tenant),
      this.deps.admins(tenant),
      this.deps.billing.reader.account(tenant),
    ]);
    const isListed = undelivered.includes(alert.sequence);
    const isUnheard = isListed && !wasHeard(round.known);
    const card = this.deps.draw(alert, isAdmin);
    // What reached nobody starts anew: who refused it then may take it today.
    const deliveries = isUnheard
      ? new Map([...round.known].filter(([, { state }]) => state !== 'failed'))
      : round.known;
    return { tenant, alert, round, all, isAdmin, isListed, isUnheard, card, deliveries };
  }

  private async work(errand: Errand): Promise<JobResult> {
    const asked = await this.tell(errand, audienceOf(errand));
    const others = isAnyLost(errand, asked) ? standIns(errand, new Set(asked.keys())) : [];
    const stoodIn = await this.tell(errand, others);
    await errand.round.flush();
    return this.conclude(errand, [...asked.values(), ...stoodIn.values()]);
  }

  private tell(errand: Errand, places: readonly Destination[]): Promise<Results> {
    const { round, card, deliveries } = errand;
    return fanOut(places, async (destination): Promise<Told> => {
      if (!round.isOurs) return this.takenOver();
      const delivery = deliveries.get(destination.conversation.key);
      return tellOne(this.deps, { ...errand, destination, delivery, card: card(destination) });
    });
  }

  private takenOver(): Told {
    return { kind: 'again', at: after(this.deps.now(), { seconds: TAKEN_OVER_SECONDS }), doubtful: 0 };
  }

  private async conclude(errand: Errand, told: readonly Told[]): Promise<JobResult> {
    const again = told.flatMap((one) => (one.kind === 'again' ? [one.at] : [])).sort();
    const count = (kind: Told['kind']): number => told.filter((one) => one.kind === kind).length;
    const doubtful = told.reduce((sum, one) => sum + one.doubtful, 0);
    const counts = { told: count('told'), again: again.length, failed: count('failed'), doubtful };
    this.deps.log.round(errand.tenant, errand.alert.sequence, counts);
    await this.noteReach(errand, counts);
    return again[0] === undefined ? DONE : { kind: 'again', at: again[0] };
  }

  /** Lists on the account what reached nobody, and takes off what did after all, or need not any more. */
  private async noteReach(errand: Errand, counts: RoundCounts): Promise<void> {
    const { tenant, alert, isListed } = errand;
    const { sequence } = alert;
    const reach = reachOf(errand, counts);
    const undelivered = reach === 'nobody';
    if (undelivered) this.deps.log.undelivered(tenant, sequence);
    // What is past may, after a crash, still be counted although it is listed no more.
    if (undelivered ? !isListed : reach === 'past' || (reach === 'heard' && isListed))
      await this.deps.billing.noteUndelivered(tenant, { sequence, undelivered });
  }
}

/** `past`: nobody heard it, and nobody has to any more. A test that fails is nobody's business but its own. */
type Reach = 'heard' | 'awaited' | 'past' | 'nobody' | 'test';

function reachOf(errand: Errand, { told, again, failed }: RoundCounts): Reach {
  if (told > 0 || wasHeard(errand.round.known)) return 'heard';
  if (errand.alert.only !== undefined) return 'test';
  if (again > 0) return 'awaited';
  return failed === 0 && isHistory(errand) ? 'past' : 'nobody';
}

/** Now or in an earlier round. */
function isAnyLost({ deliveries }: Errand, results: Results): boolean {
  return (
    [...results.values()].some((told) => told.kind === 'failed') ||
    [...deliveries.values()].some(({ state }) => state === 'failed')
  );
}
