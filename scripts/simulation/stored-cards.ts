/** The cards that tenants have stored: the sandbox's own, which end, are renewed by their bank, vanish and come back. */
import type { PaymentMethod, PaymentMethods } from '../../src/billing/payments/processor.js';
import { SANDBOX_CARDS } from '../../src/billing/payments/sandbox/cards.js';

/** The processor did not say which cards there are. */
export class CardsUnknown extends Error {
  override readonly name = 'CardsUnknown';
}

export class StoredCards implements PaymentMethods {
  private readonly changed = new Map<string, PaymentMethod | undefined>();
  private readonly answers: () => boolean;

  /** @param answers whether the processor gives a clear answer this time */
  constructor(answers: () => boolean) {
    this.answers = answers;
  }

  async list(tenant: string): Promise<readonly PaymentMethod[]> {
    if (!this.answers()) throw new CardsUnknown();
    return SANDBOX_CARDS.flatMap((card) => {
      const key = keyOf(tenant, card);
      const now = this.changed.has(key) ? this.changed.get(key) : card;
      return now === undefined ? [] : [now];
    });
  }

  /** `expires` is `YYYY-MM`: with a later one than before its bank has renewed it. */
  end(tenant: string, card: PaymentMethod, expires: string): void {
    this.changed.set(keyOf(tenant, card), { ...card, expires });
  }

  vanish(tenant: string, card: PaymentMethod): void {
    this.changed.set(keyOf(tenant, card), undefined);
  }
}

function keyOf(tenant: string, { id }: PaymentMethod): string {
  return `${tenant} ${id}`;
}
