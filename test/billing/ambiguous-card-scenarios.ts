/** What people and the processor say of the cards that auto-recharge charges, while an answer is lost. */
import type { Click } from '../../src/billing/billing.js';
import type { Outcome } from '../../src/billing/lane/command.js';
import { SANDBOX_CARDS } from '../../src/billing/payments/sandbox/cards.js';
import type { PaymentMethod, PaymentMethods } from '../../src/billing/payments/processor.js';
import { ADMIN, TENANT } from '../support/billing.js';
import { cardOf, declined, rule, topUp, type Prepared, type Scenario } from './ambiguous-prepared.js';

const LIST = 'what stands on the account';

function backups({ billing }: Prepared, click?: Click): Promise<Outcome<unknown>> {
  return billing.setBackups(TENANT, { methods: [cardOf('succeeds')], by: ADMIN }, click);
}

/** The expiry of each card at one look after the other; the last one stays. A card without one is gone. */
function looks(...expiries: readonly (string | undefined)[]): PaymentMethods {
  const left = [...expiries];
  const as = (expires: string | undefined): readonly PaymentMethod[] =>
    expires === undefined ? [] : SANDBOX_CARDS.map((card) => ({ ...card, expires }));
  return { list: async () => as(left.length > 1 ? left.shift() : left[0]) };
}

export const CARD_SCENARIOS: Readonly<Record<string, Scenario>> = {
  'backup cards that are set by a click': {
    prepare: (world) => topUp(world, 'p1').then(() => rule(world, 'expiredCard')),
    act: (world) => backups(world, { id: 'backups-click', mintedAt: world.clock.now() }),
  },
  'backup cards that are set without a click': {
    decidedBy: LIST,
    prepare: (world) => topUp(world, 'p1').then(() => rule(world, 'expiredCard')),
    act: (world) => backups(world),
  },
  'a backup card, set without a click, that ends a pause and is charged at once': {
    decidedBy: LIST,
    prepare: (world) => declined(world, 'expiredCard'),
    act: (world) => backups(world),
  },
  'a card that soon ends': {
    decidedBy: LIST,
    options: () => ({ methods: looks('2026-11') }),
    prepare: (world) => topUp(world, 'p1').then(() => rule(world)),
    act: ({ billing }) => billing.reviewCards(TENANT),
  },
  'a card that is gone, so that nothing is left to charge': {
    decidedBy: LIST,
    options: () => ({ methods: looks('2031-03', undefined) }),
    prepare: async (world) => {
      await topUp(world, 'p1');
      await rule(world);
      await world.billing.reviewCards(TENANT);
    },
    act: ({ billing }) => billing.reviewCards(TENANT),
  },
  'a card with a later end than before, which ends a pause and is charged at once': {
    decidedBy: LIST,
    options: () => ({ methods: looks('2026-10', '2031-03') }),
    prepare: async (world) => {
      await declined(world, 'expiredCard');
      await world.billing.reviewCards(TENANT);
    },
    act: ({ billing }) => billing.reviewCards(TENANT),
  },
};
