/** Everything that one run is made of: the tables, the processor, the people's ears, and the instances that run on them. */
import { MICROS_PER_UNIT } from '../../src/billing/money.js';
import { SandboxProcessor } from '../../src/billing/payments/sandbox/sandbox-processor.js';
import { MemoryTableStore } from '../../src/billing/storage/memory-table.js';
import type { BillingSettings } from '../../src/compose-billing.js';
import { chanceOf, type Chance } from './chance.js';
import { Coverage } from './coverage.js';
import { ForgetfulProcessor } from './forgetful-processor.js';
import { startInstance, type Instance, type Surroundings } from './instance.js';
import { Model } from './model/model.js';
import { Pool } from './pool.js';
import { StoredCards } from './stored-cards.js';
import { Trace } from './trace.js';
import { VirtualTime } from './virtual-time.js';

export const ADMINS = ['admin-1', 'admin-2'];
const START = '2027-01-05T09:00:00.000Z';
const TIME_ZONES = ['UTC', 'America/New_York', 'Europe/Rome', 'Asia/Kolkata'];
const HOUR_MS = 3_600_000;
/** What a lost answer, a busy account or a wrong amount do to a request or a job is expected; anything else is a bug. */
const EXPECTED_ERRORS = ['StorageUnavailable', 'LedgerBusy', 'AmountDiffers', 'SendFailed', 'CardsUnknown'];

/** How a seed's world is: drawn once. */
export interface Character {
  readonly tenants: readonly string[];
  readonly instances: number;
  readonly faultRate: number;
  readonly crashRate: number;
  /** Months pass within the run, so that funds expire. */
  readonly longLived: boolean;
  /** The processor forgets idempotency keys after that time. */
  readonly keyLivesMs: number;
  readonly timeZone: string;
  /** Charges are multiples of this many micros: with coarse ones balances meet the trigger exactly. */
  readonly grain: number;
  /** People choose from when on calls are charged, and change their minds. */
  readonly metered: boolean;
  /** Call records come as the admin center's export too. */
  readonly exports: boolean;
}

export interface Violation {
  readonly invariant: string;
  readonly numbers: string;
  readonly step: number;
}

export class World {
  readonly chance: Chance;
  readonly character: Character;
  readonly time = new VirtualTime(START);
  readonly pool = new Pool();
  readonly coverage = new Coverage();
  readonly trace: Trace;
  readonly model: Model;
  readonly ledger: MemoryTableStore;
  readonly due: MemoryTableStore;
  readonly sandbox: SandboxProcessor;
  readonly processor: ForgetfulProcessor;
  readonly cards: StoredCards;
  readonly instances: Instance[] = [];
  readonly violations: Violation[] = [];
  steps = 0;
  faults = 0;
  crashes = 0;
  private started = 0;
  private ids = 0;

  constructor(seed: string, listener?: (event: string) => void) {
    this.chance = chanceOf(seed);
    this.character = characterOf(this.chance);
    this.trace = new Trace(listener);
    const { complain, coverage } = this;
    this.model = new Model(this.character.tenants, { complain, coverage, admins: ADMINS });
    this.ledger = new MemoryTableStore({
      committed: (partition, writes) => {
        this.model.ledgerCommitted(partition, writes);
      },
    });
    this.due = new MemoryTableStore({
      committed: (shard, writes) => {
        for (const { kind, key } of writes) if (kind === 'delete') this.step(`JOB ${key}`);
        this.model.dueCommitted(shard, writes, this.time.now);
      },
    });
    this.sandbox = this.sandboxOf();
    const { keyLivesMs } = this.character;
    this.processor = new ForgetfulProcessor(this.sandbox, { now: () => this.time.now, keyLivesMs });
    this.cards = new StoredCards(() => !this.chance.happens(this.character.faultRate));
    for (let count = 0; count < this.character.instances; count += 1) this.start();
  }

  private sandboxOf(): SandboxProcessor {
    const committed = (tenant: string, writes: Parameters<Model['ledgerCommitted']>[1]): void => {
      for (const write of writes)
        if (write.kind !== 'delete') this.model.of(tenant).money.charged(write.values);
    };
    return new SandboxProcessor({
      table: new MemoryTableStore({ committed }),
      publicUrl: 'http://127.0.0.1:3978',
      now: () => this.time.iso,
      sleep: async () => undefined,
    });
  }

  /** Says that something must never happen, and happened. */
  readonly complain = (invariant: string, numbers: string): void => {
    this.trace.add(`VIOLATION ${invariant}: ${numbers}`);
    this.violations.push({ invariant, numbers, step: this.steps });
  };

  /** Something happened, whether or not it counts as a step. */
  note(event: string): void {
    this.trace.add(`${this.steps} ${this.time.iso} ${event}`);
  }

  step(event: string): void {
    this.steps += 1;
    this.note(event);
  }

  newId(kind: string): string {
    this.ids += 1;
    return `${kind}-${this.ids}`;
  }

  get alive(): readonly Instance[] {
    return this.instances.filter((instance) => instance.alive);
  }

  start(): void {
    this.started += 1;
    this.instances.push(startInstance(`i${this.started}`, this.surroundings()));
  }

  stop(instance: Instance): void {
    instance.alive = false;
    this.instances.splice(this.instances.indexOf(instance), 1);
    this.crashes += 1;
    this.step(`STOP ${instance.name}`);
  }

  readonly unexpected = (error: unknown): void => {
    const name = error instanceof Error ? error.name : String(error);
    if (EXPECTED_ERRORS.includes(name)) return;
    this.complain(
      'nothing fails in a way that nobody expects',
      error instanceof Error ? (error.stack ?? name) : name,
    );
  };

  private surroundings(): Surroundings {
    const { time, chance, pool, ledger, due, processor, cards, model } = this;
    return {
      ...{ time, chance, pool, ledger, due, processor, cards },
      heard: {
        alert: (tenant, sequence, version) => {
          this.step(`HEARD ${tenant} ${sequence} v${version}`);
          model.of(tenant).alerts.heard(sequence, version);
        },
        payment: (tenant, id) => {
          this.step(`SHOWN ${tenant} ${id}`);
        },
      },
      said: ({ tenant, paymentId }, micros) => {
        model.of(tenant).money.said(paymentId, micros);
      },
      settings: this.settings(),
      newId: () => this.newId('op'),
      failed: this.unexpected,
      complain: this.complain,
    };
  }

  private settings(): BillingSettings {
    return {
      defaults: { currency: 'USD', timeZone: this.character.timeZone },
      limits: { minimum: MICROS_PER_UNIT, maximum: 100n * MICROS_PER_UNIT },
      lowBalance: 5n * MICROS_PER_UNIT,
      configuredAdmins: ADMINS,
      addConnectionCharge: false,
      callDetailDays: 400,
    };
  }
}

function characterOf(chance: Chance): Character {
  return {
    tenants: ['tenant-a', 'tenant-b', 'tenant-c'].slice(0, chance.between(2, 3)),
    instances: chance.between(1, 3),
    faultRate: chance.pick([0.02, 0.05, 0.1, 0.2]),
    crashRate: chance.pick([0, 0.005, 0.02]),
    longLived: chance.happens(0.5),
    keyLivesMs: chance.pick([0, 24 * HOUR_MS]),
    timeZone: chance.pick(TIME_ZONES),
    grain: chance.pick([1, 500_000]),
    metered: chance.happens(0.4),
    exports: chance.happens(0.4),
  };
}
