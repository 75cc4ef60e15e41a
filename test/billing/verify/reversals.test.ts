/** Money that went back without this bot is in the ledger as the processor tells it, and a row that says otherwise is found. */
import { ACCOUNT_KEY, rowKeys } from '../../../src/billing/ledger/world.js';
import type { Reversal } from '../../../src/billing/ledger/model.js';
import { money } from '../../../src/billing/money.js';
import { SandboxRecord } from '../../../src/billing/payments/sandbox/sandbox-record.js';
import { Reversals } from '../../../src/billing/reversals.js';
import { toColumns } from '../../../src/billing/rows/columns.js';
import type { ProcessorRecord } from '../../../src/billing/verify/processor-record.js';
import { verifyAccount } from '../../../src/billing/verify/verify-account.js';
import { ADMIN, TENANT, TEST_SETTINGS, usd } from '../../support/billing.js';
import { graphRow } from '../../support/graph-rows.js';
import { ledgerOver } from '../../support/ledger.js';
import { verifiedBilling, type VerifiedBilling } from '../../support/verified.js';
import { CARD, totalsOf } from '../../support/world.js';

let program: VerifiedBilling;
let reversals: Reversals;
/** As the processor tells it of the first payment. */
let gone: { refunded: bigint; disputed: bigint };

beforeEach(async () => {
  program = verifiedBilling();
  const { reader } = program.billing;
  const ledger = ledgerOver(program.tables.ledger);
  reversals = new Reversals({ ledger, reader, lowBalance: TEST_SETTINGS.lowBalance });
  gone = { refunded: 0n, disputed: 0n };
  for (const paymentId of ['p1', 'p2']) {
    const request = { paymentId, amount: money(usd(50), 'USD'), method: CARD, by: ADMIN };
    await program.billing.requestTopUp(TENANT, { ...request, mintedAt: program.clock.now() });
    await program.billing.paymentWithin(TENANT, paymentId, 5_000);
    program.clock.pass({ hours: 1 });
  }
  await program.billing.intake.take(TENANT, [graphRow(45, { id: 'a' })], 'http');
});

async function refund(amount: number, state: 'refunded' | 'failed' = 'refunded'): Promise<void> {
  const report = { paymentId: 'p1', refundId: 're-1', amount: usd(amount), state };
  expect(await reversals.recordOutsideRefund(TENANT, report)).toMatchObject({ kind: 'done' });
}

async function dispute(amount: number, state: 'withdrawn' | 'reinstated' = 'withdrawn'): Promise<void> {
  const said = { amount: usd(amount), state };
  const report = { paymentId: 'p1', disputeId: 'du-1', amount: usd(amount), ...totalsOf(said) };
  expect(await reversals.recordDispute(TENANT, report)).toMatchObject({ kind: 'done' });
}

async function found(): Promise<string> {
  const sandbox = new SandboxRecord(program.tables.sandbox);
  const record: ProcessorRecord = {
    charges: async (tenant) =>
      (await sandbox.charges(tenant)).map((charge) =>
        charge.paymentId === 'p1' ? { ...charge, ...gone } : charge,
      ),
  };
  const { differences } = await verifyAccount(TENANT, { table: program.tables.ledger, record, heads: [] });
  return differences.map(({ subject, what }) => `${subject}: ${what}`).join('\n');
}

async function edit(key: string, change: object): Promise<void> {
  const { values } = (await program.tables.ledger.get(TENANT, key))!;
  const changed = { ...values, ...toColumns(change) };
  await program.tables.ledger.commit(TENANT, [{ kind: 'put', key, values: changed }]);
}

async function reversed(change: Partial<Reversal>): Promise<void> {
  const [reversal] = (await program.billing.reader.payment(TENANT, 'p1'))!.reversals!;
  await edit(rowKeys.payment('p1'), { reversals: [{ ...reversal, ...change }] });
}

test('a refund and a dispute of a half-spent top-up verify, and so does what came back', async () => {
  await refund(20);
  await dispute(30);
  gone = { refunded: usd(20), disputed: usd(30) };
  expect(await found()).toBe('');
  await refund(20, 'failed');
  await dispute(30, 'reinstated');
  gone = { refunded: 0n, disputed: 0n };
  expect(await found()).toBe('');
  const { balance } = await program.billing.reader.account(TENANT);
  expect(balance).toBe(usd(55));
});

test('reinstated on another instance, the alert that it did not write is healed', async () => {
  await dispute(50);
  const { ledger } = program.tables;
  const other = ledgerOver(ledger);
  const { reader } = program.billing;
  const elsewhere = new Reversals({ ledger: other, reader, lowBalance: 0n });
  const totals = { amount: usd(50), withdrawn: usd(50), returned: usd(50) };
  const report = { paymentId: 'p1', disputeId: 'du-1', ...totals };
  expect(await elsewhere.recordDispute(TENANT, report)).toMatchObject({ kind: 'done' });
  const { alert = 0n } = (await reader.payment(TENANT, 'p1'))!.reversals![0]!;
  expect(await reader.row(TENANT, 'alert', rowKeys.alert(alert))).toMatchObject({
    kind: 'disputed',
    healed: { how: 'reinstated' },
  });
});

test('what is told of a payment that nobody knows is refused, and nothing is written', async () => {
  const report = { paymentId: 'never', refundId: 're-9', amount: usd(1), state: 'refunded' } as const;
  expect(await reversals.recordOutsideRefund(TENANT, report)).toEqual({
    kind: 'refused',
    reason: 'notFound',
  });
});

test('a refund or a dispute that the ledger did not hear of is found', async () => {
  gone = { refunded: usd(5), disputed: usd(7) };
  const differences = await found();
  expect(differences).toMatch(/^payment p1: what the processor gave back is 5000000, and should be 0$/mu);
  expect(differences).toMatch(/^payment p1: what disputes withdrew is 7000000, and should be 0$/mu);
});

describe('of a refund that was recorded', () => {
  beforeEach(async () => {
    await refund(20);
    gone = { refunded: usd(20), disputed: 0n };
    expect(await found()).toBe('');
  });

  test('another amount on the payment is found', async () => {
    await reversed({ amount: usd(10), taken: usd(10) });
    const differences = await found();
    expect(differences).toMatch(/^payment p1: what a refund from outside took is/mu);
    expect(differences).toMatch(/^payment p1: what the processor gave back is/mu);
  });

  test('one that was made a dispute is found', async () => {
    await reversed({ kind: 'dispute' });
    expect(await found()).toMatch(/^payment p1: what a dispute from outside took is 0/mu);
  });

  test('one that is said to have failed, without its entry, is found', async () => {
    await reversed({ returned: usd(20) });
    gone = { refunded: 0n, disputed: 0n };
    expect(await found()).toMatch(/^payment p1: what went back without this bot is/mu);
  });

  test('a hole that was moved is found', async () => {
    const { holes, pointer } = await program.billing.reader.account(TENANT);
    expect(holes).toEqual([]);
    await edit(ACCOUNT_KEY, { pointer: pointer - usd(1), holes: [{ start: usd(99), end: usd(100) }] });
    expect(await found()).toMatch(/^account: its credit line is/mu);
  });
});
