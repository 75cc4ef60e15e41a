/** Says what was bought and what the admin center shows: rightly, twice, too late, and for requests that are closed. */
import { MICROS_PER_UNIT } from '../../../src/billing/money.js';
import type { PaymentView } from '../model/views.js';
import type { Errands } from '../errands.js';
import type { World } from '../world.js';
import { SOMEBODY } from './buyer.js';

const DAY_MS = 24 * 3_600_000;

export class Attester {
  private readonly world: World;
  private readonly errands: Errands;
  private invoices = 0;

  constructor(world: World, errands: Errands) {
    this.world = world;
    this.errands = errands;
  }

  /** Of an open request most often; seldom with an invoice that was recorded before, or with a wrong day. */
  attest(): void {
    const { chance, time } = this.world;
    const tenant = chance.pick(this.world.character.tenants);
    const payment = this.somePayment(tenant);
    const request = {
      ...this.terms(payment),
      ...(payment !== undefined && { paymentId: payment.id }),
      by: SOMEBODY,
      mintedAt: new Date(time.now + chance.pick([5_000, 5_000, -600_000])).toISOString(),
    };
    const click = { id: this.world.newId('attest'), mintedAt: new Date(time.now).toISOString() };
    this.errands.send({
      name: `attest ${tenant} ${request.invoice} ${request.amount} ${payment?.id ?? 'alone'}`,
      isOperation: true,
      run: async (instance) => this.errands.done(await instance.billing.word.attest(tenant, request, click)),
    });
  }

  private terms(payment: PaymentView | undefined) {
    const { chance, time } = this.world;
    const units = chance.happens(0.05) ? 0 : chance.pick([5, 10, 20]);
    const ago = chance.happens(0.03) ? 400 : chance.below(300);
    const asked = chance.happens(0.7) ? payment?.amount : undefined;
    return {
      amount: asked ?? BigInt(units) * MICROS_PER_UNIT,
      date: new Date(time.now - ago * DAY_MS).toISOString().slice(0, 10),
      invoice: chance.happens(0.03) ? ' ' : this.invoice(),
    };
  }

  private invoice(): string {
    const { chance } = this.world;
    if (this.invoices > 0 && chance.happens(0.2)) return `inv ${chance.below(this.invoices) + 1}`;
    this.invoices += 1;
    return `INV-${this.invoices}`;
  }

  private somePayment(tenant: string): PaymentView | undefined {
    const { chance, model } = this.world;
    if (chance.happens(0.3)) return undefined;
    const { money } = model.of(tenant);
    const open = money.open();
    const all = open.length > 0 && chance.happens(0.9) ? open : [...money.payments.values()];
    return all[chance.below(all.length)];
  }

  /** What the admin center shows: near what the ledger says, and now and then exactly that. */
  setBalance(): void {
    const { chance, model, time } = this.world;
    const tenant = chance.pick(this.world.character.tenants);
    const ledgerSaid = model.of(tenant).account?.balance ?? 0n;
    const balance = ledgerSaid + BigInt(chance.pick([-20, -5, 0, 0, 5])) * MICROS_PER_UNIT;
    const snapshot = { balance, ledgerSaid, by: SOMEBODY };
    const click = { id: this.world.newId('snapshot'), mintedAt: new Date(time.now).toISOString() };
    this.errands.send({
      name: `set balance ${tenant} ${balance}`,
      isOperation: true,
      run: async (instance) =>
        this.errands.done(await instance.billing.word.setBalance(tenant, snapshot, click)),
    });
  }
}
