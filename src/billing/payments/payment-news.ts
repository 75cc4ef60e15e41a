/** Who waits for a payment hears how it stands from whoever asks the processor, and needs not read it again. */
import type { Payment } from '../ledger/model.js';

export interface Listening {
  /** The last that was heard since the listening began. */
  last(): Payment | undefined;
  /** To be called when nobody waits any longer. */
  end(): void;
}

export class PaymentNews {
  private readonly listeners = new Map<string, Set<(payment: Payment) => boolean>>();

  /** @returns whether somebody heard it whose answer replaces the payment's own card. */
  tell(tenant: string, payment: Payment): boolean {
    const listeners = [...(this.listeners.get(nameOf(tenant, payment.id)) ?? [])];
    return listeners.map((hear) => hear(payment)).includes(true);
  }

  /** `card`: the activity that the listener's answer replaces. */
  listen(tenant: string, paymentId: string, card?: string): Listening {
    const name = nameOf(tenant, paymentId);
    let last: Payment | undefined;
    const hear = (payment: Payment): boolean => {
      last = payment;
      return card !== undefined && payment.origin?.activityId === card;
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
