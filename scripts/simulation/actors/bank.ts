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

  /** Of a payment that the program knows to be settled; some are won. */
  dispute(): void {
    const payment = this.some(({ status }) => status === 'settled');
    if (payment === undefined) return;
    const gone = this.gone('dispute', payment);
    const isWon = this.world.chance.happens(0.5);
    this.tell(gone, isWon ? gone.amount : 0n, isWon ? ['withdrawn', 'reinstated'] : ['withdrawn']);
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
  private tell(gone: Gone, returned: bigint, states: readonly State[]): void {
    const { tenant, paymentId, kind, id, amount } = gone;
    this.world.model.of(tenant).reversals.happened(paymentId, { kind, id, amount, returned });
    const news = states.map((state) => this.errandOf(gone, state));
    for (const errand of this.world.chance.happens(0.2) ? news.reverse() : news) this.errands.send(errand);
  }

  private errandOf(gone: Gone, state: State): Errand {
    const { tenant, paymentId, amount, id } = gone;
    const errand: Errand = {
      name: `${state} ${tenant} ${paymentId} ${id} ${amount}`,
      run: async (instance) => {
        const taken = this.errands.done(await TELL[state](instance, gone));
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

type State = 'refunded' | 'failed' | 'withdrawn' | 'reinstated';
type Tell = (instance: Instance, gone: Gone) => Promise<Outcome<Payment>>;

const refund =
  (state: 'refunded' | 'failed'): Tell =>
  ({ reversals }, { tenant, paymentId, amount, id }) =>
    reversals.recordOutsideRefund(tenant, { paymentId, refundId: id, amount, state });
const dispute =
  (state: 'withdrawn' | 'reinstated'): Tell =>
  ({ reversals }, { tenant, paymentId, amount, id }) =>
    reversals.recordDispute(tenant, { paymentId, disputeId: id, amount, state });

const TELL: Readonly<Record<State, Tell>> = {
  refunded: refund('refunded'),
  failed: refund('failed'),
  withdrawn: dispute('withdrawn'),
  reinstated: dispute('reinstated'),
};
