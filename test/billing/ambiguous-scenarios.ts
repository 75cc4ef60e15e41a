/** Everything that writes to the ledger: what has to be there before, and what is then done while an answer is lost. */
import { Retention } from '../../src/billing/retention/retention.js';
import { COLLECT } from '../../src/billing/ledger/commands/collect-usage.js';
import { processorWith } from '../support/crash.js';
import { ADMIN, TENANT, usd } from '../support/billing.js';
import {
  BEFORE,
  below,
  call,
  callAt,
  connectGraph,
  declined,
  inDoubt,
  issue,
  METERED_FROM,
  refund,
  rule,
  topUp,
  use,
  type Scenario,
} from './ambiguous-prepared.js';
import { CARD_SCENARIOS } from './ambiguous-card-scenarios.js';
import { TOLD_SCENARIOS } from './ambiguous-told-scenarios.js';
import { WORD_SCENARIOS } from './ambiguous-word-scenarios.js';

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  ...WORD_SCENARIOS,
  ...CARD_SCENARIOS,
  ...TOLD_SCENARIOS,
  'the first usage of an account': { act: (world) => use(world, call('a', 1), call('b', 2)) },
  'usage that starts a recharge': {
    prepare: (world) => topUp(world, 'p1').then(() => rule(world)),
    act: (world) => use(world, call('a', 40)),
  },
  'a corrected charge beside a new one': {
    prepare: (world) => use(world, call('a', 1)),
    act: (world) => use(world, call('a', 2), call('b', 3)),
  },
  'rows that are put aside': { act: (world) => use(world, call('a', -1), call('b', 'x')) },
  'a top-up': { act: (world) => topUp(world, 'p1') },
  'a top-up with a declined card': { act: (world) => topUp(world, 'p1', { card: 'expiredCard' }) },
  'a top-up that somebody must approve': { act: (world) => topUp(world, 'p1', { card: 'needsAction' }) },
  'a recharge that is declined': {
    prepare: (world) => topUp(world, 'p1').then(() => rule(world, 'expiredCard')),
    act: (world) => use(world, call('a', 40)),
  },
  'the wish to cancel': {
    prepare: (world) => topUp(world, 'p1', { card: 'needsAction' }),
    act: ({ billing }) => billing.cancelPayment(TENANT, 'p1', ADMIN),
  },
  'the warning of an unknown outcome': {
    prepare: (world) =>
      inDoubt(world).then(() => {
        world.clock.pass({ minutes: 16 });
      }),
    act: ({ billing }) => billing.lookAtPayment(TENANT, 'p1'),
  },
  'a payment that is overdue': {
    prepare: (world) =>
      inDoubt(world).then(() => {
        world.clock.pass({ hours: 25 });
      }),
    act: ({ billing }) => billing.lookAtPayment(TENANT, 'p1'),
  },
  'a rule that is set': {
    prepare: (world) => topUp(world, 'p1'),
    act: (world) => rule(world, 'succeeds', { id: 'rule-click', mintedAt: world.clock.now() }),
  },
  'a rule that is set, and charges at once': {
    act: (world) => rule(world, 'succeeds', { id: 'rule-click', mintedAt: world.clock.now() }),
  },
  'a rule that is turned off': {
    // Above the trigger: a recharge on its way would race with the act.
    prepare: (world) => topUp(world, 'p1').then(() => rule(world)),
    act: ({ billing }) => billing.turnOffAutoRecharge(TENANT, ADMIN),
  },
  'a rule that is resumed': {
    prepare: (world) => declined(world, 'expiredCard'),
    act: ({ billing }) => billing.resumeAutoRecharge(TENANT, ADMIN),
  },
  'the sweep after a wait': {
    prepare: (world) =>
      declined(world).then(() => {
        world.clock.pass({ minutes: 61 });
      }),
    act: ({ billing }) => billing.sweepAutoRecharge(TENANT),
  },
  'a start of metering that is set': {
    act: ({ billing, clock }) => {
      const click = { id: 'metering-click', mintedAt: clock.now() };
      return billing.setMetering(TENANT, { from: clock.now(), by: ADMIN }, click);
    },
  },
  'usage that is connected to Microsoft Graph': { act: (world) => connectGraph(world) },
  'what a look at Microsoft Graph tells the account': {
    options: () => ({
      graph: { page: async () => ({ kind: 'trouble', reason: 'consentMissing', detail: '403' }) },
    }),
    prepare: async (world) => {
      await connectGraph(world);
      await world.runner.settled({ tenant: TENANT, ...COLLECT });
      world.clock.pass({ hours: 1 });
    },
    act: ({ graph }) => graph.run(TENANT),
  },
  'usage that is disconnected': {
    prepare: (world) => connectGraph(world),
    act: ({ graph, clock }) => graph.disconnect(TENANT, { id: 'off-click', mintedAt: clock.now() }),
  },
  'the newest calls, asked for now': {
    prepare: (world) => connectGraph(world),
    act: ({ graph, clock }) => graph.collectNow(TENANT, { id: 'now-click', mintedAt: clock.now() }),
  },
  'calls from before the start of metering, beside one that is charged': {
    prepare: ({ billing }) => billing.setMetering(TENANT, { from: METERED_FROM, by: ADMIN }),
    act: (world) => use(world, callAt('a', 1, BEFORE), callAt('b', 2, METERED_FROM)),
  },
  'calls that were kept, and are charged since the start of metering was moved back': {
    prepare: async (world) => {
      await world.billing.setMetering(TENANT, { from: METERED_FROM, by: ADMIN });
      await use(world, callAt('a', 1, BEFORE), callAt('b', 2, BEFORE));
      await world.billing.setMetering(TENANT, { from: BEFORE, by: ADMIN });
    },
    act: (world) => use(world, callAt('a', 1, BEFORE), callAt('b', 3, BEFORE)),
  },
  'a kept call that turns out to be of another day': {
    prepare: async (world) => {
      await world.billing.setMetering(TENANT, { from: METERED_FROM, by: ADMIN });
      await use(world, callAt('a', 1, BEFORE));
    },
    act: (world) => use(world, callAt('a', 2, '2026-11-09T08:00:00.000Z')),
  },
  'a second source for a day, beside a day of its own': {
    prepare: (world) => use(world, callAt('a', 1, BEFORE)),
    act: ({ billing }) =>
      billing.intake.take(TENANT, [callAt('a', 1, BEFORE), callAt('b', 2, METERED_FROM)], 'csv'),
  },
  'calls that a second source knows, and the first one of that day does not': {
    decidedBy: 'what stands on the account',
    prepare: (world) => use(world, callAt('a', 1, BEFORE)),
    act: ({ billing }) =>
      billing.intake.take(TENANT, [callAt('a', 1, BEFORE), callAt('b', 2, BEFORE)], 'csv'),
  },
  'a new role': {
    act: ({ billing }) => billing.setRole(TENANT, { id: 'bea', name: 'Bea', role: 'admin', by: ADMIN }),
  },
  'an issue that is charged': {
    prepare: (world) => use(world, call('a', -1)),
    act: async (world) =>
      world.billing.decideIssue(TENANT, { issue: await issue(world), by: ADMIN, charge: usd(2) }),
  },
  'an issue that is dismissed': {
    prepare: (world) => use(world, call('a', -1)),
    act: async (world) => world.billing.decideIssue(TENANT, { issue: await issue(world), by: ADMIN }),
  },
  'a test alert': { act: ({ billing }) => billing.testAlert(TENANT, { only: 'here', by: ADMIN }) },
  'an alert that reached nobody, and then somebody': {
    prepare: ({ billing }) => billing.testAlert(TENANT, { only: 'here', by: ADMIN }),
    act: async ({ billing }) => {
      await billing.noteUndelivered(TENANT, { sequence: 1n, undelivered: true });
      await billing.noteUndelivered(TENANT, { sequence: 1n, undelivered: false });
    },
  },
  'crossings that are told together': {
    prepare: (world) => below(world, 5),
    act: ({ billing }) => billing.tellGatheredCrossings(TENANT),
  },
  'the notice of an expiry': {
    prepare: (world) =>
      topUp(world, 'p1').then(() => {
        world.clock.pass({ days: 300 });
      }),
    act: ({ billing }) => billing.expireLots(TENANT),
  },
  'an expiry': {
    prepare: (world) =>
      topUp(world, 'p1').then(() => {
        world.clock.pass({ days: 366 });
      }),
    act: ({ billing }) => billing.expireLots(TENANT),
  },
  'an adjustment': {
    act: ({ billing, clock }) => {
      const click = { id: 'adjust-click', mintedAt: clock.now() };
      return billing.adjust(TENANT, { amount: usd(5), reason: 'goodwill', by: ADMIN }, click);
    },
  },
  'a refund': {
    prepare: (world) => topUp(world, 'p1'),
    act: (world) => refund(world),
  },
  'a refund that the processor refuses': {
    options: () => ({
      processor: (sandbox) =>
        processorWith(sandbox, { refund: async () => ({ kind: 'refused', reason: 'processorRefused' }) }),
    }),
    prepare: (world) => topUp(world, 'p1'),
    act: (world) => refund(world),
  },
  'details that are removed': {
    prepare: (world) =>
      use(world, call('a', 1)).then(() => {
        world.clock.pass({ days: 401 });
      }),
    act: ({ tables, clock }) =>
      new Retention({ table: tables.ledger, now: clock.now, callDetailDays: 400 }).run(TENANT),
  },
};
