/** The processor as one instance reaches it: on any fault there is no clear answer. */
import type { ChargeRef, ChargeState, PaymentProcessor } from '../../src/billing/payments/processor.js';
import type { IoKind } from './io.js';
import type { Call, Caller, Pool } from './pool.js';

const UNKNOWN = { kind: 'unknown' } as const;

export function lossyProcessor(link: {
  readonly pool: Pool;
  readonly caller: Caller;
  readonly processor: PaymentProcessor;
  /** The processor told an instance that this was charged. */
  readonly said: (charge: ChargeRef, micros: bigint) => void;
}): PaymentProcessor {
  const { pool, caller, processor, said } = link;
  const ask = <T>(io: IoKind, about: string, call: Omit<Call<T>, 'io' | 'about' | 'failed'>) =>
    pool.call<T | typeof UNKNOWN>(caller, {
      ...(call as Call<T | typeof UNKNOWN>),
      io,
      about,
      failed: () => UNKNOWN,
    });
  const told = (charge: ChargeRef) => ({
    heard: (state: ChargeState | { kind: 'absent' }) => {
      if (state.kind === 'succeeded') said(charge, state.amount.micros);
    },
  });
  const falsified = wrongAmount;
  return {
    begin: (request) =>
      ask('processor.begin', request.paymentId, { perform: () => processor.begin(request) }),
    confirm: (charge) => {
      const perform = () => processor.confirm(charge);
      return ask('processor.confirm', charge.paymentId, { perform, falsified, ...told(charge) });
    },
    find: (charge) => {
      const perform = () => processor.find(charge);
      return ask('processor.find', charge.paymentId, { perform, falsified, ...told(charge) });
    },
    cancel: (charge) =>
      ask('processor.cancel', charge.paymentId, { perform: () => processor.cancel(charge), ...told(charge) }),
    refund: (charge, amount, refundId) =>
      ask('processor.refund', refundId, { perform: () => processor.refund(charge, amount, refundId) }),
  };
}

function wrongAmount<T extends ChargeState | { kind: 'absent' }>(state: T): T | undefined {
  if (state.kind !== 'succeeded') return undefined;
  return { ...state, amount: { ...state.amount, micros: state.amount.micros + 1_000_000n } };
}
