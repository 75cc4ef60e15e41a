/** What the processor tells by itself: kept before it is acknowledged, read again, and ended in the transaction that it meant. */
import { money } from '../../../src/billing/money.js';
import type { EventMeaning } from '../../../src/billing/payments/event-source.js';
import { ADMIN, START, TENANT, usd } from '../../support/billing.js';
import { first, methodOf, pass, toppedUp } from '../../support/crash-deeds.js';
import { crashTests, type Scene } from '../../support/crash-scene.js';
import { calm, instanceOf, type SharedParts } from '../../support/shared-billing.js';

const FIFTY = money(usd(50), 'USD');
const DISPUTED = { kind: 'dispute', paymentId: 'p1', disputeId: 'du-1', amount: FIFTY } as const;
const BACK = { kind: 'outsideRefund', paymentId: 'p1', refundId: 're-1', amount: FIFTY } as const;
const NOTHING = money(0n, 'USD');

/** Told again where it was not acknowledged. */
function told(about: 'payment' | 'refund' | 'dispute' | 'cards'): Scene['deed'] {
  return ({ events }) =>
    events.receive(TENANT, { id: 'event-1', about, objectId: 'object-1', paymentId: 'p1' });
}

function meaning(
  of: EventMeaning | ((parts: SharedParts) => Promise<EventMeaning>),
): NonNullable<Scene['outside']> {
  return (parts) => ({ events: { read: async () => (typeof of === 'function' ? of(parts) : of) } });
}

const approved = ({ sandbox }: SharedParts): Promise<unknown> =>
  sandbox.decide({ tenant: TENANT, paymentId: 'p1' }, 'approve');

const refundedThere = ({ sandbox }: SharedParts): Promise<unknown> =>
  sandbox.refund({ tenant: TENANT, paymentId: 'p1' }, FIFTY, 're-1');

const paid = first(toppedUp(), pass({ hours: 1 }));

async function withdrawn(parts: SharedParts): Promise<void> {
  const report = { paymentId: 'p1', disputeId: 'du-1', amount: usd(50), withdrawn: usd(50), returned: 0n };
  await instanceOf(parts).reversals.recordDispute(TENANT, report);
  parts.clock.pass({ hours: 1 });
}

async function refunded(parts: SharedParts): Promise<void> {
  const click = { id: 'click-1', mintedAt: START };
  await instanceOf(parts).billing.requestRefund(TENANT, { paymentId: 'p1', by: ADMIN }, click);
  await calm();
  parts.clock.pass({ hours: 1 });
}

const ownRefundFailed = async (parts: SharedParts): Promise<EventMeaning> => {
  const payment = await instanceOf(parts).billing.reader.payment(TENANT, 'p1');
  return { kind: 'ownRefund', paymentId: 'p1', refundId: payment!.refund!.id, failed: true };
};

async function ruled(parts: SharedParts): Promise<void> {
  const { billing } = instanceOf(parts);
  const rule = { trigger: usd(20), amount: usd(50), monthCap: usd(200), by: ADMIN };
  await billing.setAutoRecharge(TENANT, { ...rule, method: methodOf('succeeds') });
  await calm();
}

crashTests([
  {
    name: 'the news of a payment: it is credited once, and the news ends with it',
    points: 24,
    before: first(toppedUp('needsAction'), approved, pass({ minutes: 30 })),
    outside: meaning({ kind: 'payment', paymentId: 'p1' }),
    deed: told('payment'),
    ends: {
      entries: ['topUp'],
      balance: usd(50),
      payment: 'settled',
      events: [{ done: true, doneWith: ['topUp'] }],
    },
  },
  {
    name: 'the news of a refund from outside: it is taken off once, and the news ends with it',
    points: 28,
    before: first(paid, refundedThere),
    outside: meaning({ ...BACK, state: 'refunded' }),
    deed: told('refund'),
    ends: {
      entries: ['topUp', 'outsideRefund'],
      balance: 0n,
      refunds: [usd(50)],
      events: [{ done: true, doneWith: ['outsideRefund'] }],
    },
  },
  {
    name: 'the news of a refund before that of its payment: both are recorded once',
    points: 38,
    before: first(toppedUp('needsAction'), approved, refundedThere),
    outside: meaning({ ...BACK, state: 'refunded' }),
    deed: told('refund'),
    ends: {
      entries: ['topUp', 'outsideRefund'],
      balance: 0n,
      refunds: [usd(50)],
      events: [{ done: true }],
    },
  },
  {
    name: 'the news of a dispute: it is taken off and told once, and the news ends with it',
    points: 32,
    before: paid,
    outside: meaning({ ...DISPUTED, withdrawn: FIFTY, returned: NOTHING }),
    deed: told('dispute'),
    recorded: (charge) => ({ ...charge, disputed: usd(50) }),
    ends: {
      entries: ['topUp', 'disputed'],
      balance: 0n,
      alerts: { disputed: 1 },
      events: [{ done: true, doneWith: ['disputed'] }],
    },
  },
  {
    name: 'the news that a dispute was won: it comes back once, and the news ends with it',
    points: 32,
    before: first(paid, withdrawn),
    outside: meaning({ ...DISPUTED, withdrawn: FIFTY, returned: FIFTY }),
    deed: told('dispute'),
    ends: {
      entries: ['topUp', 'disputed', 'disputeReinstated'],
      balance: usd(50),
      alerts: { disputed: 1 },
      events: [{ done: true, doneWith: ['disputeReinstated'] }],
    },
  },
  {
    name: 'the news that a refund failed later: it comes back once, and the news ends with it',
    points: 28,
    before: first(paid, refunded),
    outside: meaning(ownRefundFailed),
    deed: told('refund'),
    recorded: (charge) => ({ ...charge, refunded: 0n }),
    ends: {
      entries: ['topUp', 'refund', 'refundReversed'],
      balance: usd(50),
      refunds: [usd(50)],
      events: [{ done: true, doneWith: ['refundReversed'] }],
    },
  },
  {
    name: 'the news of stored cards: what it means is told once',
    points: 28,
    before: first(ruled, pass({ hours: 1 })),
    outside: () => ({
      events: { read: async () => ({ kind: 'cards' }) },
      methods: { list: async () => [] },
    }),
    deed: told('cards'),
    ends: { entries: ['autoRecharge'], alerts: { cardExpiring: 1 }, events: [{ done: true, doneWith: [] }] },
  },
  {
    name: 'news that means nothing to the ledger: it ends',
    points: 18,
    outside: meaning({ kind: 'nothing' }),
    deed: told('payment'),
    ends: { entries: [], balance: 0n, events: [{ done: true, doneWith: [] }] },
  },
]);
