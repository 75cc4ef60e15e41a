/** Money that goes back without the program: refunds at the processor, disputes, and the news of them in any order. */
import { MICROS_PER_UNIT, money } from '../../../src/billing/money.js';
import type { Payment, Reversal } from '../../../src/billing/ledger/model.js';
import type { Outcome } from '../../../src/billing/lane/command.js';
import type { Errand, Errands } from '../errands.js';
import type { Instance } from '../instance.js';
import { OUTSIDE } from '../model/reversal-watch.js';
import type { PaymentView } from '../model/views.js';
import type { World } from '../world.js';

interface Gone {
  readonly tenant: string;
  readonly paymentId: string;
  readonly kind: Reversal['kind'];
  readonly id: string;
  readonly amount: bigint;
}

export class Bank {
  /** News that the program has not taken yet: told again until it has. */
  private readonly owed = new Set<Errand>();
  private readonly world: World;
  private readonly errands: Errands;

  constructor(world: World, errands: Errands) {
    this.world = world;
    this.errands = errands;
  }

  /** From the processor's dashboard: a part or all of any payment, told or not told by now; some come back. */
  async refund(): Promise<void> {
    const payment = this.some(() => true);
    if (payment === undefined) return;
    const gone = this.gone('refund', payment);
    const { tenant, paymentId, amount, id } = gone;
    const { processor, sandbox, chance } = this.world;
    const { processorId } = payment.view;
    const charge = { tenant, paymentId, ...(processorId !== undefined && { processorId }) };
    const chargeId = processor.chargeId(charge);
    const given = await sandbox.refund({ tenant, paymentId: chargeId }, money(amount, 'USD'), id);
    if (given.kind !== 'refunded') return;
    const fails = chance.happens(0.3);
    this.tell(gone, fails ? amount : 0n, fails ? ['refunded', 'failed'] : ['refunded']);
  }

  /** Of a payment that the program knows to be settled; some are won, some in part, and some are withdrawn once more. */
  dispute(): void {
    const payment = this.some(({ status }) => status === 'settled');
    if (payment === undefined) return;
    const gone = this.gone('dispute', payment);
    const { amount } = gone;
    const { chance } = this.world;
    const totals: Totals[] = [{ withdrawn: amount, returned: 0n }];
    if (chance.happens(0.5))
      totals.push({ withdrawn: amount, returned: chance.happens(0.3) ? amount / 2n : amount });
    if (totals.at(-1)?.returned === amount && chance.happens(0.3))
      totals.push({ withdrawn: 2n * amount, returned: amount });
    const { withdrawn, returned } = totals.at(-1) ?? { withdrawn: 0n, returned: 0n };
    this.tell(gone, amount - (withdrawn - returned), totals);
  }

  private some(
    wanted: (view: PaymentView) => boolean,
  ): { readonly tenant: string; readonly view: PaymentView } | undefined {
    const { chance, character, model } = this.world;
    const tenant = chance.pick(character.tenants);
    const all = [...model.of(tenant).money.payments.values()].filter(wanted);
    const view = chance.happens(0.6) ? all.at(-1) : all[chance.below(all.length)];
    return view && { tenant, view };
  }

  private gone(
    kind: Reversal['kind'],
    { tenant, view }: { readonly tenant: string; readonly view: PaymentView },
  ): Gone {
    const { chance } = this.world;
    const units = BigInt(chance.between(1, 20)) * MICROS_PER_UNIT;
    const amount = chance.happens(0.5) || units > view.amount ? view.amount : units;
    return { tenant, paymentId: view.id, kind, id: this.world.newId(`${OUTSIDE}${kind}`), amount };
  }

  /** It is true before anybody hears of it; what comes later may be heard first. */
  private tell(gone: Gone, returned: bigint, said: readonly Said[]): void {
    const { tenant, paymentId, kind, id, amount } = gone;
    this.world.model.of(tenant).reversals.happened(paymentId, { kind, id, amount, returned });
    const news = said.map((one) => this.errandOf(gone, one));
    for (const errand of this.world.chance.happens(0.2) ? news.reverse() : news) this.errands.send(errand);
  }

  private errandOf(gone: Gone, said: Said): Errand {
    const { tenant, paymentId, amount, id } = gone;
    const errand: Errand = {
      name: `${nameOf(said)} ${tenant} ${paymentId} ${id} ${amount}`,
      run: async (instance) => {
        const taken = this.errands.done(await hear(instance, gone, said));
        if (taken !== undefined) this.owed.delete(errand);
      },
    };
    this.owed.add(errand);
    return errand;
  }

  /** What was not taken is told again. @returns whether there was any. */
  tellAgain(): boolean {
    for (const errand of this.owed) this.errands.send(errand);
    return this.owed.size > 0;
  }
}

/** What a bank did of a dispute in all until then. */
interface Totals {
  readonly withdrawn: bigint;
  readonly returned: bigint;
}

/** Of a refund how it ended, of a dispute what moved. */
type Said = 'refunded' | 'failed' | Totals;

function nameOf(said: Said): string {
  return typeof said === 'string' ? said : `withdrawn ${said.withdrawn}, returned ${said.returned}`;
}

function hear(
  { reversals }: Instance,
  { tenant, paymentId, amount, id }: Gone,
  said: Said,
): Promise<Outcome<Payment>> {
  return typeof said === 'string'
    ? reversals.recordOutsideRefund(tenant, { paymentId, refundId: id, amount, state: said })
    : reversals.recordDispute(tenant, { paymentId, disputeId: id, amount, ...said });
}
