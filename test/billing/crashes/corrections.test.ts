/** Refunds, and funds that come to the end of their twelve months. */
import type { PaymentProcessor } from '../../../src/billing/payments/processor.js';
import { ADMIN, START, TENANT, usd } from '../../support/billing.js';
import { first, pass, toppedUp, worker } from '../../support/crash-deeds.js';
import { crashTests, type Scene } from '../../support/crash-scene.js';
import { processorWith } from '../../support/crash.js';
import type { SharedParts } from '../../support/shared-billing.js';

const GIVEN: Scene['ends'] = { entries: ['topUp', 'refund'], balance: 0n, refunds: [usd(50)] };

const refund: Omit<Scene, 'name' | 'points'> = {
  before: toppedUp(),
  deed: async ({ billing }) => {
    const click = { id: 'click-1', mintedAt: START };
    const outcome = await billing.requestRefund(TENANT, { paymentId: 'p1', by: ADMIN }, click);
    expect(outcome).toMatchObject({ kind: 'done', answer: { id: 'p1', refund: { status: 'requested' } } });
  },
  ends: GIVEN,
};

/** The first answer is lost, after the effect. */
function losingAnswers({ sandbox }: SharedParts): PaymentProcessor {
  let lost = false;
  return processorWith(sandbox, {
    refund: async (...args) => {
      const answer = await sandbox.refund(...args);
      if (lost) return answer;
      lost = true;
      return { kind: 'unknown' };
    },
  });
}

function refusing({ sandbox }: SharedParts): PaymentProcessor {
  return processorWith(sandbox, {
    refund: async () => ({ kind: 'refused', reason: 'processorRefused' }),
  });
}

crashTests([
  { ...refund, name: 'a refund: it is taken off once, and given back once', points: 26 },
  {
    ...refund,
    name: 'a refund whose answer is lost: the same',
    points: 20,
    outside: (parts) => ({ processor: losingAnswers(parts) }),
  },
  {
    ...refund,
    name: 'a refund that the processor refuses: it is taken off once, and comes back once',
    points: 32,
    outside: (parts) => ({ processor: refusing(parts) }),
    ends: { entries: ['topUp', 'refund', 'refundReversed'], balance: usd(50) },
  },
  {
    name: 'a notice of expiry: it is told once',
    points: 32,
    before: first(toppedUp(), pass({ days: 336 })),
    deed: worker,
    ends: { entries: ['topUp'], balance: usd(50), alerts: { expiring: 1 } },
  },
  {
    name: 'an expiry: what is left is forfeited once',
    points: 64,
    before: first(toppedUp(), pass({ days: 366 })),
    deed: worker,
    ends: { entries: ['topUp', 'expired'], balance: 0n },
  },
]);
