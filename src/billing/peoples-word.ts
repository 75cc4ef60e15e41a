/** What comes into the ledger by a person's word alone, where the bot can neither pay nor look. */
import type { LedgerCommand, Outcome } from './lane/command.js';
import type { Ledger } from './lane/ledger.js';
import { tripRowKeys } from './ledger/breaker.js';
import { attest, invoiceId, type Attested, type AttestRequest } from './ledger/commands/attest.js';
import { setBalance, type Snapped, type Snapshot } from './ledger/commands/set-balance.js';
import { rowKeys } from './ledger/world.js';

type Click = NonNullable<LedgerCommand<unknown>['operation']>;

/**
 * Account, operation, entry, invoice, lot and payment; the next request, why it is made, and what is told of its caps;
 * and the alerts that this raises and heals.
 */
const ATTEST_ROWS_MAX = 16;
/** Entry, operation, an explanation, and the alerts raised and healed. */
const SNAPSHOT_ROWS_MAX = 8;

export class PeoplesWord {
  private readonly deps: { readonly ledger: Ledger; readonly lowBalance: bigint };

  constructor(deps: PeoplesWord['deps']) {
    this.deps = deps;
  }

  /** That funds were bought. See {@link attest} for what is refused. */
  attest(
    tenant: string,
    request: Omit<AttestRequest, 'lowBalance'>,
    click: Click,
  ): Promise<Outcome<Attested>> {
    const { ledger, lowBalance } = this.deps;
    const { paymentId, invoice } = request;
    const keys = [
      rowKeys.attestation(invoiceId(invoice)),
      ...(paymentId === undefined ? [] : [rowKeys.payment(paymentId)]),
    ];
    return ledger.submit(tenant, {
      name: 'attest',
      priority: 'person',
      rowsMax: ATTEST_ROWS_MAX,
      operation: click,
      reads: (account) => ({ keys: [...keys, ...tripRowKeys(account)] }),
      decide: (world, now) => attest(world, { ...request, lowBalance }, now),
    });
  }

  /** What the admin center shows. See {@link setBalance} for what is refused. */
  setBalance(
    tenant: string,
    snapshot: Omit<Snapshot, 'lowBalance'>,
    click: Click,
  ): Promise<Outcome<Snapped>> {
    const { ledger, lowBalance } = this.deps;
    return ledger.submit(tenant, {
      name: 'setBalance',
      priority: 'person',
      rowsMax: SNAPSHOT_ROWS_MAX,
      operation: click,
      reads: () => ({}),
      decide: (world, now) => setBalance(world, { ...snapshot, lowBalance }, now),
    });
  }
}
