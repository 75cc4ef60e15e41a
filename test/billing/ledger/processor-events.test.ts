/** What the processor told by itself is kept once, and done once. */
import { endEvent, keepEvent } from '../../../src/billing/ledger/commands/processor-events.js';
import { rowKeys, type World } from '../../../src/billing/ledger/world.js';
import { START } from '../../support/billing.js';
import { accept, worldOf } from '../../support/world.js';

const LATER = '2026-11-17T12:00:00.000Z';
const TOLD = { id: 'evt_1', about: 'dispute', objectId: 'du_1', paymentId: 'p-1' } as const;
const KEPT = { type: 'event', ...TOLD, at: START };

const keep = (world: World, at = START) => keepEvent(world, TOLD, at);
const eventOf = (world: World) => world.rows.get(rowKeys.event(TOLD.id));

test('an event is kept as it was told, with the job that carries it out', () => {
  const decision = keep(worldOf());
  expect(decision).toMatchObject({ answer: { event: KEPT, known: false } });
  const world = accept(decision);
  expect(eventOf(world)).toEqual(KEPT);
  expect(world.jobs).toEqual([{ name: 'event', subject: TOLD.id }]);
});

test('told again, it stands as it was kept the first time', () => {
  const world = accept(keep(worldOf()));
  const again = keep(world, LATER);
  expect(again).toMatchObject({ answer: { event: KEPT, known: true } });
  expect(accept(again)).toBe(world);
});

test('it is done once, at the moment of the first', () => {
  const done = endEvent(accept(keep(worldOf())), TOLD.id, START);
  expect(eventOf(done)).toEqual({ ...KEPT, doneAt: START });
  expect(endEvent(done, TOLD.id, LATER)).toBe(done);
});

test('one whose row is gone has nothing left to do', () => {
  const world = worldOf();
  expect(endEvent(world, TOLD.id, START)).toBe(world);
});
