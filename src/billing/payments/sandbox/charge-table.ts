/** The sandbox's own record of charges: a table apart from the ledger, so that the two can be compared. */
import { afterPrefix, encodeKeyPart } from '../../storage/keys.js';
import { StorageUnavailable, type TableStore } from '../../storage/table.js';
import { CHARGE_PREFIX, chargeFromRow, chargeKey, chargeToValues } from './charge-row.js';
import type { SandboxCharge } from './charge.js';

/** A charge changes a handful of times in its life, and each conflict means that one of those changes has happened. */
export const CHANGE_ATTEMPTS_MAX = 10;
export const CHARGES_PAGE_ROWS = 500;

/** What a rule made of a charge; the same object where it changed nothing. */
export interface Change {
  readonly charge: SandboxCharge;
}

/** Which charge: every method may throw {@link StorageUnavailable}, after which only reading tells what is true. */
export interface ChargeId {
  readonly tenant: string;
  readonly paymentId: string;
}

export class ChargeTable {
  readonly #table: TableStore;
  readonly #pageRows: number;

  constructor(table: TableStore, pageRows = CHARGES_PAGE_ROWS) {
    this.#table = table;
    this.#pageRows = pageRows;
  }

  async get({ tenant, paymentId }: ChargeId): Promise<SandboxCharge | undefined> {
    const row = await this.#table.get(encodeKeyPart(tenant), chargeKey(paymentId));
    return row === undefined ? undefined : chargeFromRow(row);
  }

  /** @returns the charge that is stored under this id now: the given one, or an earlier one. */
  async insert(charge: SandboxCharge): Promise<SandboxCharge> {
    const key = chargeKey(charge.paymentId);
    const result = await this.#table.commit(encodeKeyPart(charge.tenant), [
      { kind: 'insert', key, values: chargeToValues(charge) },
    ]);
    if (result.kind === 'committed') return charge;
    const stored = await this.get(charge);
    if (stored === undefined)
      throw new StorageUnavailable('a charge was refused as stored, and is not there');
    return stored;
  }

  /**
   * Reads, decides and writes under the row's ETag; decides anew on what is true by then where somebody else, or the
   * lost first try of this very write, was first. That is how two confirms at once charge once.
   */
  async change<C extends Change>(id: ChargeId, rule: (charge: SandboxCharge) => C): Promise<C | undefined> {
    const partition = encodeKeyPart(id.tenant);
    for (let attempt = 1; attempt <= CHANGE_ATTEMPTS_MAX; attempt += 1) {
      const row = await this.#table.get(partition, chargeKey(id.paymentId));
      if (row === undefined) return undefined;
      const before = chargeFromRow(row);
      const change = rule(before);
      if (change.charge === before) return change;
      const values = chargeToValues(change.charge);
      const write = { kind: 'replace', key: row.key, values, etag: row.etag } as const;
      const result = await this.#table.commit(partition, [write]);
      if (result.kind === 'committed') return change;
    }
    throw new StorageUnavailable(`a charge kept changing through ${CHANGE_ATTEMPTS_MAX} attempts`);
  }

  /** All charges of a tenant, by payment id. */
  async list(tenant: string): Promise<readonly SandboxCharge[]> {
    const charges: SandboxCharge[] = [];
    const to = afterPrefix(CHARGE_PREFIX);
    let from = CHARGE_PREFIX;
    for (;;) {
      const rows = await this.#table.query(encodeKeyPart(tenant), { from, to, limit: this.#pageRows });
      charges.push(...rows.map(chargeFromRow));
      const last = rows.at(-1);
      if (last === undefined || rows.length < this.#pageRows) return charges;
      // Control characters are no part of keys, so a space appended gives the first key that can follow.
      from = `${last.key} `;
    }
  }
}
