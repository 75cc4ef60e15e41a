/** Credits by a person's word: each with its invoice, each invoice once, and never for what a processor may charge. */
import { rowsOf, type Complain, type Transaction, type Watcher } from './transaction.js';
import { jsonOf } from './views.js';

export class WordWatch implements Watcher {
  private readonly invoices = new Map<string, bigint>();
  private readonly complain: Complain;

  constructor(complain: Complain) {
    this.complain = complain;
  }

  committed(transaction: Transaction): void {
    const recorded = rowsOf(transaction, 'attestation');
    const credited = transaction.entries.filter(({ kind }) => kind === 'attested');
    if (recorded.length !== credited.length)
      this.complain('each word has one credit', `${recorded.length} invoices, ${credited.length} entries`);
    for (const { values } of recorded) this.record(values['id'] as string, values['amount'] as bigint);
    const amounts = (all: readonly bigint[]): string => [...all].map(String).sort().join(', ');
    const [said, added] = [
      amounts(recorded.map(({ values }) => values['amount'] as bigint)),
      amounts(credited.map(({ amount }) => amount)),
    ];
    if (said !== added) this.complain('what is credited is what a person said', `${said} ≠ ${added}`);
    for (const { values } of rowsOf(transaction, 'payment')) {
      const { last4 } = jsonOf(values, 'method') as { last4: string };
      if (values['attested'] !== undefined && last4 !== '')
        this.complain('no word settles what a processor may charge', String(values['id']));
    }
  }

  private record(id: string, amount: bigint): void {
    if (this.invoices.has(id)) this.complain('an invoice is credited once', id);
    this.invoices.set(id, amount);
  }
}
