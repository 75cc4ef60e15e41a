/** Those who wait for their turn at one account. */
import { ROWS_PER_COMMIT_MAX } from '../storage/table.js';
import type { Waiting } from './group.js';

/** The account row itself. */
const OWN_ROWS = 1;

export class WaitingLine {
  private waiting: Waiting[] = [];

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  add(item: Waiting): void {
    this.waiting.push(item);
  }

  /** People first, then batches, as many as surely fit into one transaction. */
  takeGroup(): readonly Waiting[] {
    const of = (priority: Waiting['command']['priority']) =>
      this.waiting.filter(({ command }) => command.priority === priority);
    const group: Waiting[] = [];
    let rows = OWN_ROWS;
    for (const item of [...of('person'), ...of('batch')]) {
      rows += item.command.rowsMax;
      if (group.length > 0 && rows > ROWS_PER_COMMIT_MAX) break;
      group.push(item);
    }
    this.waiting = this.waiting.filter((item) => !group.includes(item));
    return group;
  }
}
