import type { ProcessorRecord, RecordedCharge } from '../../verify/processor-record.js';
import type { TableStore } from '../../storage/table.js';
import { ChargeTable } from './charge-table.js';
import { refundedMicros, type SandboxCharge } from './charge.js';

const STATES: Readonly<Record<SandboxCharge['state'], RecordedCharge['state']>> = {
  unconfirmed: 'open',
  actionRequired: 'open',
  succeeded: 'charged',
  declined: 'notCharged',
  cancelled: 'notCharged',
};

/** The sandbox's table, read as the processor's own record. */
export class SandboxRecord implements ProcessorRecord {
  readonly #charges: ChargeTable;

  constructor(table: TableStore) {
    this.#charges = new ChargeTable(table);
  }

  async charges(tenant: string): Promise<readonly RecordedCharge[]> {
    return (await this.#charges.list(tenant)).flatMap(recorded);
  }
}

/** A charge is listed as often as money moved for it. */
function recorded(charge: SandboxCharge): readonly RecordedCharge[] {
  const { paymentId, amount } = charge;
  // Nobody disputes a payment in the sandbox.
  const money = { refunded: refundedMicros(charge), disputed: 0n };
  const one = { paymentId, amount, state: STATES[charge.state], ...money };
  const again = { ...one, state: 'charged' as const, refunded: 0n };
  return [one, ...Array<RecordedCharge>(Math.max(0, Number(charge.timesCharged) - 1)).fill(again)];
}
