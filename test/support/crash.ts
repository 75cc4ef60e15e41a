/** An instance that dies, or loses one answer, at a chosen point of its input and output. */
import type { Voice } from '../../src/compose-billing.js';
import type { EventSource } from '../../src/billing/payments/event-source.js';
import type { PaymentMethods, PaymentProcessor } from '../../src/billing/payments/processor.js';
import { StorageUnavailable, type PartitionScan, type TableStore } from '../../src/billing/storage/table.js';
import type { PstnCalls } from '../../src/billing/usage/graph/pstn-calls.js';

/** `dies`: nothing works from that point on. `fails`: that point alone, as with a time-out. */
export type CrashKind = 'dies' | 'fails';

export class CrashPoints {
  /** Points that were passed so far. */
  count = 0;
  private readonly kind: CrashKind;
  private readonly at: number;

  constructor(kind: CrashKind, at: number) {
    this.kind = kind;
    this.at = at;
  }

  private pass(): void {
    this.count += 1;
    if (this.kind === 'dies' && this.count >= this.at) throw new Error('this instance is dead');
    if (this.count === this.at) throw new StorageUnavailable('no answer');
  }

  /** One point before the call, one behind it. */
  async around<T>(call: () => Promise<T>): Promise<T> {
    this.pass();
    const answer = await call();
    this.pass();
    return answer;
  }

  table(table: TableStore): TableStore {
    return {
      ensure: () => table.ensure(),
      get: (partition, key) => this.around(() => table.get(partition, key)),
      getMany: (partition, keys) => this.around(() => table.getMany(partition, keys)),
      query: (partition, range) => this.around(() => table.query(partition, range)),
      commit: (partition, writes) => this.around(() => table.commit(partition, writes)),
    };
  }

  /** Each step to the next partition is a call of its own. */
  accounts(scan: PartitionScan): PartitionScan {
    return { partitionsWith: (key) => this.steps(scan.partitionsWith(key)) };
  }

  private async *steps<T>(found: AsyncIterable<T>): AsyncGenerator<T> {
    const iterator = found[Symbol.asyncIterator]();
    const next = (): Promise<IteratorResult<T, unknown>> => this.around(() => iterator.next());
    for (let step = await next(); step.done !== true; step = await next()) yield step.value;
  }

  methods(methods: PaymentMethods): PaymentMethods {
    return { list: (tenant) => this.around(() => methods.list(tenant)) };
  }

  events(source: EventSource): EventSource {
    return { read: (tenant, event) => this.around(() => source.read(tenant, event)) };
  }

  calls(calls: PstnCalls): PstnCalls {
    return { page: (tenant, asked) => this.around(() => calls.page(tenant, asked)) };
  }

  voice(voice: Voice): Voice {
    return {
      showPayment: (tenant, payment) => this.around(() => voice.showPayment(tenant, payment)),
      deliverAlert: (tenant, sequence) => this.around(() => voice.deliverAlert(tenant, sequence)),
    };
  }

  processor(processor: PaymentProcessor): PaymentProcessor {
    return {
      begin: (request) => this.around(() => processor.begin(request)),
      confirm: (charge) => this.around(() => processor.confirm(charge)),
      find: (charge) => this.around(() => processor.find(charge)),
      cancel: (charge) => this.around(() => processor.cancel(charge)),
      refund: (charge, amount, id) => this.around(() => processor.refund(charge, amount, id)),
    };
  }
}

/** The processor with some of its calls replaced. */
export function processorWith(
  processor: PaymentProcessor,
  changes: Partial<PaymentProcessor>,
): PaymentProcessor {
  return {
    begin: (request) => processor.begin(request),
    confirm: (charge) => processor.confirm(charge),
    find: (charge) => processor.find(charge),
    cancel: (charge) => processor.cancel(charge),
    refund: (charge, amount, id) => processor.refund(charge, amount, id),
    ...changes,
  };
}
