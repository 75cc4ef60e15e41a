/** Payments that nobody ends in time: told, cancelled at the processor, and closed by its word alone. */
import type { PaymentProcessor } from '../../../src/billing/payments/processor.js';
import { after } from '../../../src/billing/ledger/calendar.js';
import { START, TENANT, usd } from '../../support/billing.js';
import { first, pass, silent, toppedUp, worker } from '../../support/crash-deeds.js';
import { crashTests, type Scene } from '../../support/crash-scene.js';
import { processorWith } from '../../support/crash.js';
import type { SharedParts } from '../../support/shared-billing.js';

const CANCELLED: Scene['ends'] = { entries: [], balance: 0n, payment: 'cancelled' };
const CHARGED: Scene['ends'] = { entries: ['topUp'], balance: usd(50), payment: 'settled' };

const unheard = (): Partial<PaymentProcessor> => ({ confirm: silent, find: silent });

/** Charged, and the program does not know. */
const unseen = ({ sandbox }: SharedParts): Partial<PaymentProcessor> => ({
  confirm: async (charge) => {
    await sandbox.confirm(charge);
    return silent();
  },
  find: silent,
});

/** No answer for so many hours after the beginning. */
function silentFor(hours: number): NonNullable<Scene['outside']> {
  return ({ sandbox, clock }) => {
    const answers = (): boolean => clock.now() >= after(START, { hours });
    return {
      processor: processorWith(sandbox, {
        find: async (charge) => (answers() ? sandbox.find(charge) : silent()),
        cancel: async (charge) => (answers() ? sandbox.cancel(charge) : silent()),
      }),
    };
  };
}

crashTests([
  {
    name: 'the hour of what waits for a person is over: it is cancelled, and never charged',
    points: 22,
    before: first(toppedUp('needsAction'), pass({ minutes: 61 })),
    deed: worker,
    ends: CANCELLED,
  },
  {
    name: 'the hour is over, and it was approved in time: it is charged and credited once',
    points: 16,
    before: first(
      toppedUp('needsAction'),
      ({ sandbox }) => sandbox.decide({ tenant: TENANT, paymentId: 'p1' }, 'approve'),
      pass({ minutes: 61 }),
    ),
    deed: worker,
    ends: CHARGED,
  },
  {
    name: 'the day of what is unknown is over: it is cancelled, and never charged',
    points: 22,
    before: first(toppedUp('succeeds', unheard), pass({ hours: 25 })),
    deed: worker,
    ends: CANCELLED,
  },
  {
    name: 'the day is over, and it was charged unseen: it is credited once',
    points: 18,
    before: first(toppedUp('succeeds', unseen), pass({ hours: 25 })),
    deed: worker,
    ends: CHARGED,
  },
  {
    name: 'the day is over, and the processor is silent: it is overdue, and stays open until there is an answer',
    points: 24,
    before: first(toppedUp('succeeds', unseen), pass({ hours: 25 })),
    outside: silentFor(28),
    deed: worker,
    ends: CHARGED,
  },
  {
    name: 'unknown for a quarter of an hour: it is told once, and credited once when it is known',
    points: 24,
    before: first(toppedUp('succeeds', unseen), pass({ minutes: 20 })),
    outside: silentFor(2),
    deed: worker,
    ends: { ...CHARGED, alerts: { paymentUnknown: 1 } },
  },
]);
