/** The admin center beside the sandbox, so that one run has payments of both: whoever began a charge answers for it. */
import { ADMIN_CENTER_METHOD } from '../../src/billing/payments/admin-center/admin-center-method.js';
import { AdminCenterProcessor } from '../../src/billing/payments/admin-center/admin-center-processor.js';
import type { ChargeRef, PaymentProcessor } from '../../src/billing/payments/processor.js';

const URL = 'https://admin.example.com/your-products';

export function besideAdminCenter(cards: PaymentProcessor): PaymentProcessor {
  const people = new AdminCenterProcessor(URL);
  const of = async (charge: ChargeRef): Promise<PaymentProcessor> => {
    const began = charge.processorId === undefined ? 'unknown' : (await people.find(charge)).kind;
    return began === 'unknown' ? cards : people;
  };
  return {
    begin: (request) =>
      request.methodId === ADMIN_CENTER_METHOD.id ? people.begin(request) : cards.begin(request),
    confirm: async (charge) => (await of(charge)).confirm(charge),
    find: async (charge) => (await of(charge)).find(charge),
    cancel: async (charge) => (await of(charge)).cancel(charge),
    refund: (...asked) => cards.refund(...asked),
  };
}
