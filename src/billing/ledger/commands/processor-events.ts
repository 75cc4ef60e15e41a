/** Keeping what the processor told by itself until it is carried out. */
import type { ProcessorEvent } from '../model.js';
import { accepted, rowKeys, rowOf, withJob, withRows, type Decision, type World } from '../world.js';

export type ToldEvent = Omit<ProcessorEvent, 'type' | 'at' | 'doneAt'>;

/** Told again, it stands as it was kept the first time. */
export interface KeptEvent {
  readonly event: ProcessorEvent;
  readonly known: boolean;
}

export function keepEvent(world: World, told: ToldEvent, now: string): Decision<KeptEvent> {
  const known = rowOf(world, 'event', rowKeys.event(told.id));
  if (known !== undefined) return accepted(world, { event: known, known: true });
  const event: ProcessorEvent = { type: 'event', ...told, at: now };
  const kept = withJob(withRows(world, [event]), { name: 'event', subject: told.id });
  return accepted(kept, { event, known: false });
}

/** One whose row is gone was done so long ago that nobody asks any more. */
export function endEvent(world: World, id: string, now: string): World {
  const event = rowOf(world, 'event', rowKeys.event(id));
  if (event === undefined || event.doneAt !== undefined) return world;
  return withRows(world, [{ ...event, doneAt: now }]);
}
