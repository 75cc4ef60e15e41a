/** Adds funds by hand, clicks twice, changes their mind, opens the link of their bank, or cancels. */
import { ADMIN_CENTER_METHOD } from '../../../src/billing/payments/admin-center/admin-center-method.js';
import { MICROS_PER_UNIT, type Currency } from '../../../src/billing/money.js';
import { SANDBOX_CARDS, type SandboxCard } from '../../../src/billing/payments/sandbox/cards.js';
import { ACTION_DECISIONS } from '../../../src/billing/payments/sandbox/charge.js';
import type { Errand, Errands } from '../errands.js';
import type { World } from '../world.js';

export const SOMEBODY = { id: 'admin-1', name: 'Ada' };

interface Purchase {
  readonly tenant: string;
  readonly paymentId: string;
  readonly mintedAt: string;
  readonly units: number;
  readonly currency: Currency;
  readonly card: Card;
}

type Card = Pick<SandboxCard, 'id' | 'brand' | 'last4'> & { readonly scenario?: SandboxCard['scenario'] };

export function methodOf({ id, brand, last4 }: Card) {
  return { id, brand, last4 };
}

export class Buyer {
  private readonly world: World;
  private readonly errands: Errands;

  constructor(world: World, errands: Errands) {
    this.world = world;
    this.errands = errands;
  }

  /** One click, seldom with content that must be refused. */
  buy(): void {
    const purchase = this.purchase();
    this.errands.send(this.click(purchase));
    // The same preview with another amount, as a forged card would send it.
    if (this.world.chance.happens(0.05))
      this.errands.send(this.click({ ...purchase, units: purchase.units + 1 }));
  }

  private purchase(): Purchase {
    const { chance, character, time } = this.world;
    return {
      tenant: chance.pick(character.tenants),
      paymentId: this.world.newId('pay'),
      mintedAt: new Date(time.now + chance.pick([2_000, 2_000, 0, -600_000])).toISOString(),
      units: chance.happens(0.03) ? 1_000 : chance.pick([5, 10, 20, 40]),
      currency: chance.happens(0.03) ? 'EUR' : 'USD',
      card: chance.happens(0.1) ? ADMIN_CENTER_METHOD : this.card(),
    };
  }

  private card(): SandboxCard {
    const { chance } = this.world;
    return chance.happens(0.5)
      ? (SANDBOX_CARDS[0] ?? chance.pick(SANDBOX_CARDS))
      : chance.pick(SANDBOX_CARDS);
  }

  /** More open payments than one account may have: each waits for a person. */
  burst(): void {
    const { world } = this;
    const tenant = world.chance.pick(world.character.tenants);
    const card = SANDBOX_CARDS.find(({ scenario }) => scenario === 'needsAction');
    if (card === undefined) return;
    const clicks = Array.from({ length: 13 }, () => ({ ...this.purchase(), tenant, card, units: 5 }));
    this.errands.send({
      name: `burst ${tenant}`,
      run: async (instance) => {
        for (const click of clicks) {
          const mintedAt = new Date(world.time.now + 5_000).toISOString();
          await this.click({ ...click, mintedAt, currency: 'USD' }).run(instance);
        }
      },
    });
  }

  private click(purchase: Purchase): Errand {
    const { tenant, paymentId, mintedAt, units, currency, card } = purchase;
    const amount = { micros: BigInt(units) * MICROS_PER_UNIT, currency };
    const request = { paymentId, mintedAt, amount, method: methodOf(card), by: SOMEBODY };
    return {
      name: `buy ${tenant} ${paymentId} ${units} ${currency} ${card.scenario ?? card.id}`,
      run: async (instance) => {
        const payment = this.errands.done(await instance.billing.requestTopUp(tenant, request));
        if (payment === undefined) return;
        const there = this.world.model.of(tenant).money.payments.get(paymentId);
        if (there === undefined) this.world.complain('what was acknowledged is in the ledger', paymentId);
        const same = payment.amount === amount.micros && payment.method.id === card.id;
        if (!same) this.world.complain('a click is answered by its own payment', paymentId);
      },
    };
  }

  /** Any payment, most often an open one. */
  private somePayment(): { readonly tenant: string; readonly id: string } | undefined {
    const { chance, character, model } = this.world;
    const tenant = chance.pick(character.tenants);
    const { money } = model.of(tenant);
    const open = money.open();
    const all = open.length > 0 && chance.happens(0.8) ? open : [...money.payments.values()];
    const payment = all[chance.below(all.length)];
    return payment && { tenant, id: payment.id };
  }

  cancel(): void {
    const payment = this.somePayment();
    if (payment === undefined) return;
    const { tenant, id } = payment;
    this.errands.send({
      name: `cancel ${tenant} ${id}`,
      run: (instance) => instance.billing.cancelPayment(tenant, id, SOMEBODY),
    });
  }

  /** The page of the bank: said there, then looked at by whichever instance hears of it. */
  async decide(): Promise<void> {
    const payment = this.somePayment();
    if (payment === undefined) return;
    const { tenant, id } = payment;
    const decision = this.world.chance.pick(ACTION_DECISIONS);
    const chargeId = this.world.processor.chargeId({ tenant, paymentId: id });
    await this.world.sandbox.decide({ tenant, paymentId: chargeId }, decision);
    this.errands.send({
      name: `look ${tenant} ${id} after ${decision}`,
      run: (instance) => instance.billing.lookAtPayment(tenant, id),
    });
  }

  /** The processor tells of a payment by itself: any number of times, at any moment, to any instance. */
  tell(): void {
    const payment = this.somePayment();
    if (payment === undefined) return;
    const { tenant, id } = payment;
    const told = { id: this.world.newId('evt'), about: 'payment', objectId: id, paymentId: id } as const;
    const times = this.world.chance.pick([1, 1, 2]);
    for (let time = 0; time < times; time += 1)
      this.errands.send({
        name: `told ${told.id} ${tenant} ${id}`,
        run: (instance) => instance.events.receive(tenant, told),
      });
  }
}
