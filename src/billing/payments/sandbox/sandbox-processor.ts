/**
 * The processor of the embedded mode: it behaves as a real one does, time-outs and lost answers included, and moves no
 * money. Any number of instances may run on the same table.
 */
import type { Money } from '../../money.js';
import { StorageUnavailable, type TableStore } from '../../storage/table.js';
import type {
  BeginResult,
  ChargeRef,
  ChargeRequest,
  ChargeState,
  PaymentProcessor,
  RefundResult,
} from '../processor.js';
import { sandboxCard, type SandboxCard } from './cards.js';
import { ChargeTable, type ChargeId } from './charge-table.js';
import * as rules from './charge.js';
import type { ActionDecision, SandboxCharge } from './charge.js';

/** How long a time-out card keeps its caller waiting. */
export const TIMEOUT_MS_DEFAULT = 3000;

export interface SandboxOptions {
  /** A table of the sandbox's own, apart from the ledger's. */
  readonly table: TableStore;
  /** Where people reach the bot; the needs-action link starts with it. */
  readonly publicUrl: string;
  /** ISO, UTC. */
  readonly now: () => string;
  readonly sleep: (ms: number) => Promise<void>;
  readonly timeoutMs?: number;
  /** A tenant's stored card, looked for when a charge begins; the six test cards for everybody where it is missing. */
  readonly cardOf?: (tenant: string, methodId: string) => Promise<SandboxCard | undefined>;
  /** Every call takes this long, as with a slow processor. */
  readonly latencyMs?: number;
  /** While it answers false the processor is down: every call answers `unknown` and changes nothing. */
  readonly available?: () => boolean;
}

const UNKNOWN = { kind: 'unknown' } as const;
const ABSENT = { kind: 'absent' } as const;

export class SandboxProcessor implements PaymentProcessor {
  readonly #options: SandboxOptions;
  readonly #charges: ChargeTable;

  constructor(options: SandboxOptions) {
    this.#options = options;
    this.#charges = new ChargeTable(options.table);
  }

  /** @throws ProcessorMisuse where the payment id was used for another charge. */
  async begin(request: ChargeRequest): Promise<BeginResult> {
    return this.#answer(async () => {
      const card = await this.#cardOf(request);
      const stored =
        card === undefined
          ? await this.#charges.get(request)
          : await this.#charges.insert(rules.beginCharge(request, card.scenario, this.#options.now()));
      if (stored === undefined) return { kind: 'declined', reason: 'unusableCard' } as const;
      rules.assertSameContent(stored, request);
      return { kind: 'begun', processorId: stored.processorId } as const;
    });
  }

  /** @throws ProcessorMisuse where the payment was never begun. */
  async confirm(ref: ChargeRef & { readonly processorId: string }): Promise<ChargeState> {
    return this.#answer(async () => {
      const confirmed = await this.#change(ref, rules.confirmCharge);
      if (confirmed === undefined)
        throw new rules.ProcessorMisuse(`payment ${ref.paymentId} was never begun`);
      if (!confirmed.answerLost) return this.#state(confirmed.charge);
      await this.#options.sleep(this.#options.timeoutMs ?? TIMEOUT_MS_DEFAULT);
      return UNKNOWN;
    });
  }

  async find(ref: ChargeRef): Promise<ChargeState | typeof ABSENT> {
    return this.#answer(async () => {
      const charge = await this.#charges.get(ref);
      if (charge === undefined) return ABSENT;
      rules.assertSameCharge(charge, ref);
      return this.#state(charge);
    });
  }

  /** A payment that was never begun stays `absent`: as with a real processor, nothing keeps it from beginning later. */
  async cancel(ref: ChargeRef): Promise<ChargeState | typeof ABSENT> {
    return this.#answer(async () => {
      const cancelled = await this.#change(ref, (charge, now) => ({
        charge: rules.cancelCharge(charge, now),
      }));
      return cancelled === undefined ? ABSENT : this.#state(cancelled.charge);
    });
  }

  /** @throws ProcessorMisuse where the refund id was used with another amount, or the currency is another. */
  async refund(ref: ChargeRef, amount: Money, refundId: string): Promise<RefundResult> {
    return this.#answer(async () => {
      const refunded = await this.#change(ref, (charge, now) =>
        rules.refundCharge(charge, { refundId, amount, now }),
      );
      return refunded?.result ?? ({ kind: 'refused', reason: 'notCharged' } as const);
    });
  }

  /**
   * What the person said on the page of the needs-action link; the first decision counts.
   * @returns the charge as it is now, undefined where there is none.
   * @throws StorageUnavailable where nobody knows whether the decision was written.
   */
  async decide(id: ChargeId, decision: ActionDecision): Promise<SandboxCharge | undefined> {
    const decided = await this.#change(id, (charge, now) => ({
      charge: rules.decideAction(charge, decision, now),
    }));
    return decided?.charge;
  }

  /** @throws StorageUnavailable */
  async charge(id: ChargeId): Promise<SandboxCharge | undefined> {
    return this.#charges.get(id);
  }

  /**
   * Everything the sandbox knows of a tenant, for tests and `verify` to compare with the ledger.
   * @throws StorageUnavailable
   */
  async charges(tenant: string): Promise<readonly SandboxCharge[]> {
    return this.#charges.list(tenant);
  }

  async #cardOf({ tenant, methodId }: ChargeRequest): Promise<SandboxCard | undefined> {
    const { cardOf } = this.#options;
    return cardOf === undefined ? sandboxCard(methodId) : cardOf(tenant, methodId);
  }

  async #change<C extends { readonly charge: SandboxCharge }>(
    ref: ChargeRef,
    rule: (charge: SandboxCharge, now: string) => C,
  ): Promise<C | undefined> {
    return this.#charges.change(ref, (charge) => {
      rules.assertSameCharge(charge, ref);
      return rule(charge, this.#options.now());
    });
  }

  #state(charge: SandboxCharge): ChargeState {
    return rules.chargeState(
      charge,
      this.#options.publicUrl.replace(/\/$/u, '') + rules.actionPath(charge.tenant, charge.paymentId),
    );
  }

  /** A fault of the table is to the caller what a fault of the network is: no clear answer. */
  async #answer<T>(work: () => Promise<T>): Promise<T | typeof UNKNOWN> {
    const { latencyMs = 0, sleep, available } = this.#options;
    if (latencyMs > 0) await sleep(latencyMs);
    if (available?.() === false) return UNKNOWN;
    try {
      return await work();
    } catch (error) {
      if (error instanceof StorageUnavailable) return UNKNOWN;
      throw error;
    }
  }
}
