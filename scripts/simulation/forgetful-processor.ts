/**
 * The sandbox processor behind the manners of real ones: it forgets an idempotency key after a while, and begins another
 * charge for the same payment then. What is charged under which of them is up to its caller.
 */
import type {
  BeginResult,
  ChargeRef,
  ChargeRequest,
  ChargeState,
  PaymentProcessor,
  RefundResult,
} from '../../src/billing/payments/processor.js';
import type { SandboxProcessor } from '../../src/billing/payments/sandbox/sandbox-processor.js';
import type { Money } from '../../src/billing/money.js';

/** Between a payment's id and the number of the charge that was begun for it; no payment id has it. */
const MARK = '~';
/** Every so manieth refund is refused. */
const REFUSED_OF_REFUNDS = 3;

export function paymentIdOf(chargeId: string): string {
  return chargeId.split(MARK)[0] ?? chargeId;
}

interface Begun {
  readonly chargeId: string;
  readonly at: number;
}

export class ForgetfulProcessor implements PaymentProcessor {
  private readonly begun = new Map<string, Begun[]>();
  private readonly refunds = new Map<string, boolean>();
  private readonly sandbox: SandboxProcessor;
  private readonly memory: { readonly now: () => number; readonly keyLivesMs: number };

  constructor(
    sandbox: SandboxProcessor,
    memory: { readonly now: () => number; readonly keyLivesMs: number },
  ) {
    this.sandbox = sandbox;
    this.memory = memory;
  }

  async begin(request: ChargeRequest): Promise<BeginResult> {
    const { now, keyLivesMs } = this.memory;
    const known = this.begun.get(request.paymentId) ?? [];
    const last = known.at(-1);
    const remembered = last !== undefined && now() - last.at < keyLivesMs;
    const chargeId = remembered ? last.chargeId : `${request.paymentId}${MARK}${known.length}`;
    if (!remembered) this.begun.set(request.paymentId, [...known, { chargeId, at: now() }]);
    return this.sandbox.begin({ ...request, paymentId: chargeId });
  }

  confirm(charge: ChargeRef & { readonly processorId: string }): Promise<ChargeState> {
    return this.sandbox.confirm({ ...charge, paymentId: this.chargeId(charge) });
  }

  find(charge: ChargeRef): Promise<ChargeState | { readonly kind: 'absent' }> {
    return this.sandbox.find({ ...charge, paymentId: this.chargeId(charge) });
  }

  cancel(charge: ChargeRef): Promise<ChargeState | { readonly kind: 'absent' }> {
    return this.sandbox.cancel({ ...charge, paymentId: this.chargeId(charge) });
  }

  async refund(charge: ChargeRef, amount: Money, refundId: string): Promise<RefundResult> {
    if (this.willRefuse(refundId)) return { kind: 'refused', reason: 'processorRefused' };
    return this.sandbox.refund({ ...charge, paymentId: this.chargeId(charge) }, amount, refundId);
  }

  /** Some refunds are refused for good, such as those of a card that is closed by now. */
  private willRefuse(refundId: string): boolean {
    const known = this.refunds.get(refundId);
    if (known !== undefined) return known;
    const refused = this.refunds.size % REFUSED_OF_REFUNDS === REFUSED_OF_REFUNDS - 1;
    this.refunds.set(refundId, refused);
    return refused;
  }

  /** By the processor's own id where it is told, else what was begun for this payment last. */
  chargeId({ paymentId, processorId }: ChargeRef): string {
    if (processorId !== undefined) return processorId.replace(/^sandbox-/u, '');
    return this.begun.get(paymentId)?.at(-1)?.chargeId ?? paymentId;
  }
}
