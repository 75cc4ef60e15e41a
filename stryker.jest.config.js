/** The tests of the pure core alone: nothing of them needs a table service, so no Azurite is started. */
import base from './jest.config.js';

const common = { ...base };
delete common.globalSetup;
delete common.globalTeardown;

export default {
  ...common,
  testMatch: [
    '**/test/billing/ledger/**/*.test.ts',
    '**/test/billing/money.test.ts',
    '**/test/billing/usage/call-record.test.ts',
    '**/test/billing/usage/intake.test.ts',
    '**/test/billing/payments/saga.test.ts',
    '**/test/billing/payments/sandbox.test.ts',
  ],
  cacheDirectory: '.jest-cache/mutation',
};
