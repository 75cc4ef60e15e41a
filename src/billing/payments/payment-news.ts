/** Who waits for a payment hears how it stands from whoever asks the processor, and needs not read it again. */
import type { Payment } from '../ledger/model.js';

export interface Listening {
  /** The last that was heard since the listening began. */
  last(): Payment | undefined;
  /** To be called when nobody waits any longer. */
  end(): void;
}

export class PaymentNews {
  private readonly listeners = new Map<string, Set<(payment: Payment) => void>>();

  /** @returns whether anybody heard it. */
  tell(tenant: string, payment: Payment): boolean {
    const listeners = this.listeners.get(nameOf(tenant, payment.id));
    listeners?.forEach((hear) => {
      hear(payment);
    });
    return listeners !== undefined;
  }

  listen(tenant: string, paymentId: string): Listening {
    const name = nameOf(tenant, paymentId);
    let last: Payment | undefined;
    const hear = (payment: Payment): void => {
      last = payment;
    };
    const all = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, all.add(hear));
    return {
      last: () => last,
      end: () => {
        if (all.delete(hear) && all.size === 0) this.listeners.delete(name);
      },
    };
  }
}

function nameOf(tenant: string, paymentId: string): string {
  return JSON.stringify([tenant, paymentId]);
}
