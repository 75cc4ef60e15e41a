/** What the account knows of its connection to Microsoft Graph, and what was told of collecting. */
import {
  askToCollect,
  connectGraph,
  disconnectGraph,
  noteCollected,
} from '../../../src/billing/ledger/commands/collect-usage.js';
import type { World } from '../../../src/billing/ledger/world.js';
import { ADMIN, START } from '../../support/billing.js';
import { accept, worldOf } from '../../support/world.js';

const LATER = '2026-11-17T12:00:00.000Z';
const BEA = { id: 'admin-2', name: 'Bea Boss' };
const COLLECTED = { days: 12, answeredAt: LATER };
const JOB = { name: 'graph', subject: 'collect' };

const connect = (world: World, by = ADMIN, meteredFrom = START) =>
  connectGraph(world, { by, meteredFrom }, START);
const connected = () => accept(connect(worldOf()));
/** As after the commit: its jobs are under way. */
const committed = (world: World): World => ({ ...world, jobs: [] });

test('connecting starts metering in the same transaction, and the collector', () => {
  const decision = connect(worldOf());
  expect(decision).toMatchObject({ answer: { connectedAt: START, by: ADMIN } });
  const { account, jobs } = accept(decision);
  expect(account.usage).toEqual({
    openIssues: 0,
    metering: { from: START, setBy: ADMIN, setAt: START },
    graph: { connectedAt: START, by: ADMIN },
  });
  expect(jobs).toEqual([JOB]);
});

test('connected already, only the start of metering changes', () => {
  const collected = accept(noteCollected(connected(), COLLECTED));
  const { usage } = accept(connect(collected, BEA, LATER)).account;
  expect(usage.metering).toMatchObject({ from: LATER, setBy: BEA });
  expect(usage.graph).toEqual({ connectedAt: START, by: ADMIN, collected: COLLECTED });
});

test('disconnecting forgets the connection, and nothing else of what is known', () => {
  const { usage } = accept(disconnectGraph(connected())).account;
  expect(usage).toEqual({ openIssues: 0, metering: { from: START, setBy: ADMIN, setAt: START } });
});

test('the newest days are asked for with the moment, and the collector looks at once', () => {
  const decision = askToCollect(committed(connected()), LATER);
  const graph = { connectedAt: START, by: ADMIN, askedAt: LATER };
  expect(decision).toMatchObject({ answer: graph });
  const { account, jobs } = accept(decision);
  expect(account.usage).toMatchObject({ graph, metering: { from: START } });
  expect(jobs).toEqual([JOB]);
});

test('what the collector tells is kept beside who connected', () => {
  const world = accept(noteCollected(accept(askToCollect(connected(), LATER)), COLLECTED));
  expect(world.account.usage).toMatchObject({
    metering: { from: START },
    graph: { connectedAt: START, by: ADMIN, askedAt: LATER, collected: COLLECTED },
  });
});

test('without a connection there is nothing to end, to ask for, or to keep', () => {
  const refused = { kind: 'refused', reason: 'notFound' };
  expect(disconnectGraph(worldOf())).toEqual(refused);
  expect(askToCollect(worldOf(), START)).toEqual(refused);
  const gone = accept(disconnectGraph(connected()));
  expect(accept(noteCollected(gone, COLLECTED))).toBe(gone);
});
