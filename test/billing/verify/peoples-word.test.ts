/** Credits by a person's word, their invoices and what the admin center showed: `verify` compares them, and finds who edits them. */
import { rowKeys } from '../../../src/billing/ledger/world.js';
import { toColumns } from '../../../src/billing/rows/columns.js';
import type { Values } from '../../../src/billing/storage/table.js';
import { ADMIN, TENANT, usd } from '../../support/billing.js';
import { differencesOf, reportsOf, verifiedBilling, type VerifiedBilling } from '../../support/verified.js';

const INVOICE = rowKeys.attestation('E0400');

let program: VerifiedBilling;

/** Entry 1 is a purchase of 50, entry 2 one of 20, entry 3 takes 10 off, since the admin center showed 60. */
beforeEach(async () => {
  program = verifiedBilling();
  await record(50, 'E-0400');
  await record(20, 'E-0401');
  const seen = { balance: usd(60), ledgerSaid: usd(70), by: ADMIN };
  expect(
    await program.billing.word.setBalance(TENANT, seen, { id: 'set', mintedAt: program.clock.now() }),
  ).toMatchObject({ kind: 'done' });
  expect(await differencesOf(program.tables)).toEqual([]);
});

async function record(amount: number, invoice: string): Promise<void> {
  const mintedAt = program.clock.now();
  const request = { amount: usd(amount), date: '2026-11-16', invoice, by: ADMIN, mintedAt };
  const click = { id: invoice, mintedAt };
  expect(await program.billing.word.attest(TENANT, request, click)).toMatchObject({ kind: 'done' });
}

async function edit(key: string, change: Values): Promise<void> {
  const { ledger } = program.tables;
  const { values } = (await ledger.get(TENANT, key))!;
  await ledger.commit(TENANT, [{ kind: 'put', key, values: { ...values, ...change } }]);
}

async function found(): Promise<string> {
  return (await differencesOf(program.tables)).join('\n');
}

test('they verify, and it is told how many credits rest on somebody’s word', async () => {
  const [report] = await reportsOf(program.tables);
  expect(report?.counts).toMatchObject({ entries: 3, attested: 2 });
});

test.each([
  ['another amount', { amount: usd(500) }, /^entry 1: the amount of its invoice is 500000000/mu],
  ['another day', { date: '2026-10-01' }, /^entry 1: the day of its invoice is 2026-10-01/mu],
  ['another number', { id: 'X1' }, /^entry 1: the number of its invoice is X1/mu],
  ['somebody else', toColumns({ by: { id: 'x', name: 'X' } }), /^entry 1: who attested it is x/mu],
  ['another entry', { entry: 2n }, /^entry 1: a person attested it, and its invoice has no row$/mu],
  ['an entry that is not there', { entry: 9n }, /^entry 9: its invoice is recorded, and it is not there$/mu],
])('an invoice that was made to say %s is found', async (_, change, line) => {
  await edit(INVOICE, change);
  expect(await found()).toMatch(line);
});

test('an invoice that was removed, so that it could be recorded again, is found', async () => {
  await program.tables.ledger.commit(TENANT, [{ kind: 'delete', key: INVOICE }]);
  expect(await found()).toBe('entry 1: a person attested it, and its invoice has no row');
});

test('two invoices for one credit are found', async () => {
  await edit(INVOICE, { entry: 2n });
  expect(await found()).toMatch(/^account: two invoices were recorded for one entry$/mu);
});

test('a snapshot of another size is found by the hash of its entry, and by the balance', async () => {
  await edit(rowKeys.entry(3n), { amount: usd(-1) });
  const lines = await found();
  expect(lines).toMatch(/^entry 3: /mu);
  expect(lines).toMatch(/balance/u);
});

test('a lot that is made to last longer than the stated day allows is found', async () => {
  await edit(rowKeys.lot(1n), { expiresAt: '2030-01-01T23:59:59.999Z' });
  expect(await found()).toMatch(/^lot 1: /mu);
});
