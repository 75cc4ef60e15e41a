/** There is always an admin. */
import { rowsOf, type Complain, type Transaction, type Watcher } from './transaction.js';

export class PeopleWatch implements Watcher {
  private readonly roles = new Map<string, string>();
  private readonly complain: Complain;

  constructor(complain: Complain, configured: readonly string[]) {
    this.complain = complain;
    for (const id of configured) this.roles.set(id, 'admin');
  }

  committed(transaction: Transaction): void {
    const written = rowsOf(transaction, 'member');
    if (written.length === 0) return;
    for (const { values } of written) this.roles.set(values['id'] as string, values['role'] as string);
    if (![...this.roles.values()].includes('admin')) this.complain('there is always an admin', '');
  }
}
