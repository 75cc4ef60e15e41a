/** One running copy of the program, built as the program builds itself, over ports that the scheduler holds. */
import {
  composeBilling,
  type BillingParts,
  type BillingSettings,
  type ComposedBilling,
} from '../../src/compose-billing.js';
import type { ChargeRef, PaymentMethods, PaymentProcessor } from '../../src/billing/payments/processor.js';
import type { MemoryTableStore } from '../../src/billing/storage/memory-table.js';
import type { Chance } from './chance.js';
import type { Complain } from './model/transaction.js';
import { lossyVoice, type Heard } from './chat.js';
import { lossyProcessor } from './lossy-processor.js';
import { lossyTable } from './lossy-table.js';
import type { Caller, Pool } from './pool.js';
import { besideAdminCenter } from './purchases.js';
import type { VirtualTime } from './virtual-time.js';

/** Virtual time between two looks at the due table. */
const ROUND_MS = 15_000;
/** Wall clocks of instances differ by up to twice as much: far less than the two minutes that a due row waits. */
const SKEW_MS_MAX = 20_000;

export interface Surroundings {
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly pool: Pool;
  readonly ledger: MemoryTableStore;
  readonly due: MemoryTableStore;
  readonly processor: PaymentProcessor;
  readonly cards: PaymentMethods;
  readonly heard: Heard;
  readonly said: (charge: ChargeRef, micros: bigint) => void;
  readonly settings: BillingSettings;
  readonly newId: () => string;
  /** A job failed, or a round did. */
  readonly failed: (error: unknown) => void;
  readonly complain: Complain;
}

export interface Instance extends Caller, ComposedBilling {
  alive: boolean;
}

export function startInstance(name: string, around: Surroundings): Instance {
  const { time, chance, pool } = around;
  const caller = { name, alive: true };
  const clock = time.clockOf(caller, chance.between(-SKEW_MS_MAX, SKEW_MS_MAX));
  const table = lossyTable({ pool, caller, name: 'ledger', table: around.ledger });
  const composed = composeBilling({
    table,
    accounts: table,
    dueTable: lossyTable({ pool, caller, name: 'due', table: around.due }),
    processor: lossyProcessor({
      ...{ pool, caller, said: around.said },
      processor: besideAdminCenter(around.processor),
    }),
    methods: around.cards,
    events: { read: async (_tenant, { paymentId = '' }) => ({ kind: 'payment', paymentId }) },
    log: logOf(around),
    clock,
    random: () => chance.fraction(),
    newId: around.newId,
    settings: around.settings,
  });
  const { billing } = composed;
  const later = (): string => new Date(time.now + 5_000).toISOString();
  composed.connect(lossyVoice({ pool, caller, table, heard: around.heard, billing, later }));
  composed.runner.startRounds(ROUND_MS);
  return Object.assign(caller, composed);
}

function logOf({ failed, complain }: Surroundings): BillingParts['log'] {
  const nothing = (): void => undefined;
  return {
    jobFailed: (_work, error) => {
      failed(error);
    },
    jobOverran: nothing,
    foreignJob: (name) => {
      complain('every job is known', name);
    },
    roundFailed: failed,
    chainHead: nothing,
    usageTrouble: nothing,
    // It may look at an account after it looked at the due table: the model itself judges whether there is a hole.
    holeFound: nothing,
    secondSource: nothing,
    scanFailed: (_tenant, _part, error) => {
      failed(error);
    },
  };
}
