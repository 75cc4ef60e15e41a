/** What came of an alert's delivery so far, and who is at it now. */
import { partitionOf } from '../../billing/lane/account-rows.js';
import type { TableStore } from '../../billing/storage/table.js';
import { readClaim, takeClaim, type ClaimParts } from './claim.js';
import { deliveryPrefix, readDelivery } from './delivery.js';
import { DeliveryRound } from './delivery-round.js';

/** More than there may be destinations: places come and go. */
const DELIVERIES_MAX = 2_000;

export interface DeliveryStoreDeps extends ClaimParts {
  readonly table: TableStore;
  /** Milliseconds that only grow. */
  readonly monotonic: () => number;
}

/** `busy`: another instance is at it; not before that time is it known to have stopped. */
export type Begun =
  | { readonly kind: 'begun'; readonly round: DeliveryRound }
  | { readonly kind: 'busy'; readonly until: string };

/** Deliveries share no ETag with the account. */
export class DeliveryStore {
  private readonly deps: DeliveryStoreDeps;

  constructor(deps: DeliveryStoreDeps) {
    this.deps = deps;
  }

  async begin(tenant: string, sequence: bigint): Promise<Begun> {
    const partition = partitionOf(tenant);
    const prefix = deliveryPrefix(sequence);
    const range = { from: prefix, to: `${prefix};`, limit: DELIVERIES_MAX + 1 };
    const rows = await this.deps.table.query(partition, range);
    const claim = await takeClaim(this.deps, partition, readClaim(prefix, rows[0]));
    if (claim.kind === 'busy') return claim;
    const deliveries = rows.filter(({ key }) => key !== prefix).map(readDelivery);
    const known = new Map(deliveries.map((delivery) => [delivery.conversationKey, delivery]));
    return { kind: 'begun', round: new DeliveryRound(this.deps, { partition, sequence, claim, known }) };
  }
}
