/** The ledger commands about what the processor told by itself, with the rows they read and write. */
import type { LedgerCommand, LedgerCommandName } from '../lane/command.js';
import { endEvent, keepEvent, type KeptEvent, type ToldEvent } from '../ledger/commands/processor-events.js';
import { accepted, rowKeys } from '../ledger/world.js';

/** Makes a command do one thing more, in the same transaction. */
export type Also = <A>(command: LedgerCommand<A>) => LedgerCommand<A>;

export const nothingElse: Also = (command) => command;

/** Account and event. */
const EVENT_ROWS_MAX = 2;

export function keepEventCommand(told: ToldEvent): LedgerCommand<KeptEvent> {
  return { ...on('keepEvent', told.id), decide: (world, now) => keepEvent(world, told, now) };
}

/** For an event that meant nothing to the ledger. */
export function endEventCommand(id: string): LedgerCommand<null> {
  return { ...on('endEvent', id), decide: (world, now) => accepted(endEvent(world, id, now), null) };
}

/** The event is done when that command is, and not where it is refused. */
export function endingEvent(id: string): Also {
  return (command) => ({
    ...command,
    rowsMax: command.rowsMax + 1,
    reads: (account, careful) => {
      const reads = command.reads(account, careful);
      return { ...reads, keys: [...(reads.keys ?? []), rowKeys.event(id)] };
    },
    decide: (world, now) => {
      const decision = command.decide(world, now);
      if (decision.kind === 'refused') return decision;
      return accepted(endEvent(decision.world, id, now), decision.answer);
    },
  });
}

function on(
  name: LedgerCommandName,
  id: string,
): Pick<LedgerCommand<unknown>, 'name' | 'priority' | 'rowsMax' | 'reads'> {
  const keys = [rowKeys.event(id)];
  return { name, priority: 'batch', rowsMax: EVENT_ROWS_MAX, reads: () => ({ keys }) };
}
