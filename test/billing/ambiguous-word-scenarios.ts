/** What comes in by a person's word, while an answer is lost. */
import type { Outcome } from '../../src/billing/lane/command.js';
import { money } from '../../src/billing/money.js';
import { ADMIN_CENTER_METHOD } from '../../src/billing/payments/admin-center/admin-center-method.js';
import { AdminCenterProcessor } from '../../src/billing/payments/admin-center/admin-center-processor.js';
import { ADMIN, TENANT, usd } from '../support/billing.js';
import { call, declined, topUp, use, type Prepared, type Scenario } from './ambiguous-prepared.js';

function attest({ billing, clock }: Prepared, paymentId?: string): Promise<Outcome<unknown>> {
  const click = { id: 'attest-click', mintedAt: clock.now() };
  const bought = { amount: usd(70), date: '2026-11-16', invoice: 'G-100', by: ADMIN };
  const asked = { ...bought, mintedAt: click.mintedAt, ...(paymentId !== undefined && { paymentId }) };
  return billing.word.attest(TENANT, asked, click);
}

async function requested({ billing, clock }: Prepared): Promise<void> {
  const asked = { paymentId: 'p1', mintedAt: clock.now(), amount: money(usd(50), 'USD'), by: ADMIN };
  await billing.requestTopUp(TENANT, { ...asked, method: ADMIN_CENTER_METHOD });
  await billing.paymentWithin(TENANT, 'p1', 3_000);
}

function setBalance({ billing, clock }: Prepared, shown: number, said: number): Promise<Outcome<unknown>> {
  const click = { id: 'balance-click', mintedAt: clock.now() };
  return billing.word.setBalance(TENANT, { balance: usd(shown), ledgerSaid: usd(said), by: ADMIN }, click);
}

export const WORD_SCENARIOS: Readonly<Record<string, Scenario>> = {
  'a purchase that a person attests': { act: (world) => attest(world) },
  'an attested purchase that lifts the balance above zero': {
    prepare: (world) => use(world, call('a', 60)),
    act: (world) => attest(world),
  },
  'an attested purchase while auto-recharge is paused': {
    prepare: (world) => declined(world, 'expiredCard'),
    act: (world) => attest(world),
  },
  'an attested purchase that answers an open request': {
    options: () => ({ processor: () => new AdminCenterProcessor('https://admin.example') }),
    prepare: (world) => requested(world),
    act: (world) => attest(world, 'p1'),
  },
  'a balance that a person sets higher': {
    prepare: (world) => use(world, call('a', 5)),
    act: (world) => setBalance(world, 30, -5),
  },
  'a balance that a person sets below zero': {
    prepare: (world) => topUp(world, 'p1'),
    act: (world) => setBalance(world, -1, 50),
  },
  'a balance that a person says is right': {
    prepare: (world) => topUp(world, 'p1'),
    act: (world) => setBalance(world, 50, 50),
  },
};
