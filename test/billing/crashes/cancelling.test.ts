/** A person cancels: the wish is kept, and the processor's word alone says whether it came in time. */
import type { PaymentProcessor } from '../../../src/billing/payments/processor.js';
import { after } from '../../../src/billing/ledger/calendar.js';
import { ADMIN, START, TENANT, usd } from '../../support/billing.js';
import { first, silent, toppedUp } from '../../support/crash-deeds.js';
import { crashTests, type Scene } from '../../support/crash-scene.js';
import { processorWith } from '../../support/crash.js';
import { instanceOf, type SharedParts } from '../../support/shared-billing.js';

const CANCELLED: Scene['ends'] = { entries: [], balance: 0n, payment: 'cancelled' };
const CHARGED: Scene['ends'] = { entries: ['topUp'], balance: usd(50), payment: 'settled' };

/** Where the wish is kept the person does not come back: the program must remember it. */
const cancel: Scene['deed'] = async ({ billing }, parts) => {
  try {
    await billing.cancelPayment(TENANT, 'p1', ADMIN);
  } catch (error) {
    const payment = await instanceOf(parts).billing.reader.payment(TENANT, 'p1');
    if (payment?.cancelWishedBy === undefined) throw error;
  }
};

/** Charged, and the program does not know. */
const chargedUnseen = ({ sandbox }: SharedParts): Partial<PaymentProcessor> => ({
  confirm: async (charge) => {
    await sandbox.confirm(charge);
    return silent();
  },
  find: silent,
});

const approved = ({ sandbox }: SharedParts): Promise<unknown> =>
  sandbox.decide({ tenant: TENANT, paymentId: 'p1' }, 'approve');

/** It hears of no cancellation in the first hour. */
const deafAtFirst: Scene['outside'] = ({ sandbox, clock }) => ({
  processor: processorWith(sandbox, {
    cancel: async (charge) => (clock.now() < after(START, { hours: 1 }) ? silent() : sandbox.cancel(charge)),
  }),
});

const deed = cancel;

crashTests([
  {
    name: 'cancelling what waits for a person: it is cancelled, and never charged',
    points: 18,
    before: toppedUp('needsAction'),
    deed,
    ends: CANCELLED,
  },
  {
    name: 'cancelling what was approved just before: it is charged and credited once',
    points: 12,
    before: first(toppedUp('needsAction'), approved),
    deed,
    ends: CHARGED,
  },
  {
    name: 'cancelling what the processor never heard of: it is cancelled, and never begun',
    points: 18,
    before: toppedUp('succeeds', () => ({ begin: silent })),
    deed,
    ends: CANCELLED,
  },
  {
    name: 'cancelling at a processor that does not answer: the wish is remembered until it is cancelled',
    points: 14,
    before: toppedUp('succeeds', () => ({ confirm: silent, find: silent })),
    outside: deafAtFirst,
    deed,
    ends: CANCELLED,
  },
  {
    name: 'cancelling what was charged unseen, at a processor that does not answer: it is credited once',
    points: 14,
    before: toppedUp('succeeds', chargedUnseen),
    outside: deafAtFirst,
    deed,
    ends: CHARGED,
  },
]);
