/** Purchases that a person attests. */
import {
  AdminCenterMethods,
  ADMIN_CENTER_METHOD,
} from '../../../src/billing/payments/admin-center/admin-center-method.js';
import { AdminCenterProcessor } from '../../../src/billing/payments/admin-center/admin-center-processor.js';
import { ADMIN, START, TENANT, usd } from '../../support/billing.js';
import { topUpWith } from '../../support/crash-deeds.js';
import { crashTests, type Scene } from '../../support/crash-scene.js';
import { calm, instanceOf } from '../../support/shared-billing.js';

const CLICK = { id: 'click-1', mintedAt: START };

const ATTESTED = { entries: ['attested'], balance: usd(50) } as const satisfies Scene['ends'];

function attesting(paymentId?: string): Scene['deed'] {
  const bought = { amount: usd(50), date: '2026-11-16', invoice: 'E-0400', by: ADMIN, mintedAt: START };
  return async ({ billing }) => {
    const request = { ...bought, ...(paymentId !== undefined && { paymentId }) };
    expect(await billing.word.attest(TENANT, request, CLICK)).toMatchObject({ kind: 'done' });
  };
}

function adminCenter() {
  return {
    processor: new AdminCenterProcessor('https://admin.example.com/your-products'),
    methods: new AdminCenterMethods(),
  };
}

crashTests([
  {
    name: 'an attested purchase: it is credited once, and its invoice counts once',
    points: 8,
    deed: attesting(),
    ends: ATTESTED,
  },
  {
    name: 'an attested purchase that was asked for: it is credited once, and the request is closed',
    points: 14,
    before: async (parts) => {
      await topUpWith(ADMIN_CENTER_METHOD)(instanceOf(parts, adminCenter()));
      await calm();
    },
    outside: adminCenter,
    deed: attesting('p1'),
    ends: { ...ATTESTED, payment: 'settled' },
  },
]);
