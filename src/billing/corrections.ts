/** What changes the balance beside payments and usage: expiry, refunds and adjustments. None of it starts a charge. */
import type { LedgerCommand, Outcome } from './lane/command.js';
import type { Ledger } from './lane/ledger.js';
import { adjust, type Adjusted, type Adjustment } from './ledger/commands/adjust.js';
import { expireLots, LOTS_READ_MAX, type Expiry } from './ledger/commands/expire-lots.js';
import type { RefundRequest } from './ledger/commands/refund.js';
import { noticeHorizon } from './ledger/lot-times.js';
import type { Account, Payment } from './ledger/model.js';
import { rowKeys } from './ledger/world.js';
import { requestRefundCommand } from './payments/refund-commands.js';
import type { LedgerReader } from './reader.js';

type Click = NonNullable<LedgerCommand<unknown>['operation']>;

export interface CorrectionsDeps {
  readonly ledger: Ledger;
  readonly reader: LedgerReader;
  readonly clock: { readonly now: () => string };
  readonly lowBalance: bigint;
}

/** The lots that one command expires take two rows each, those it tells of one; the alerts come on top. */
const EXPIRY_ROWS_MAX = 92;
/** Entry, operation, an explanation, and the alerts raised and healed. */
const ADJUSTMENT_ROWS_MAX = 8;

/** Lots whose time is over stay open, as their account can't hold another hole (`HOLES_MAX`): an operator must look. */
export class CreditLineFull extends Error {
  override readonly name = 'CreditLineFull';
}

export class Corrections {
  private readonly deps: CorrectionsDeps;

  constructor(deps: CorrectionsDeps) {
    this.deps = deps;
  }

  /**
   * Does what is due by now for an account's lots: expires them, and tells of those that come near it. Any number of
   * times; where nothing is due it writes nothing.
   * @throws CreditLineFull
   */
  async expireLots(tenant: string): Promise<void> {
    for (;;) {
      const done = await this.deps.ledger.submit(tenant, this.expiry());
      if (done.kind === 'refused') return;
      if (done.answer.expired > 0) continue;
      if (done.answer.stuck > 0) throw new CreditLineFull(`${done.answer.stuck} lots can't be expired`);
      return;
    }
  }

  private expiry(): LedgerCommand<Expiry> {
    const { lowBalance, clock } = this.deps;
    const horizon = noticeHorizon(clock.now());
    return {
      name: 'expireLots',
      priority: 'batch',
      rowsMax: EXPIRY_ROWS_MAX,
      reads: (account) => ({ keys: listedBy(account, horizon), ranges: unlisted(account) }),
      decide: (world, now) => expireLots(world, { lowBalance }, now),
    };
  }

  /** Commits it and starts asking the processor. The answer is the payment as committed, not what became of it. */
  async requestRefund(
    tenant: string,
    request: Omit<RefundRequest, 'lot' | 'lowBalance'>,
    click: Click,
  ): Promise<Outcome<Payment>> {
    const { ledger, reader, lowBalance } = this.deps;
    const payment = await reader.payment(tenant, request.paymentId);
    const lot = payment?.lot ?? (await reader.lotOf(tenant, request.paymentId))?.sequence;
    const whole = { ...request, lowBalance, ...(lot !== undefined && { lot }) };
    return ledger.submit(tenant, requestRefundCommand(whole, click));
  }

  adjust(
    tenant: string,
    adjustment: Omit<Adjustment, 'lowBalance'>,
    click: Click,
  ): Promise<Outcome<Adjusted>> {
    const { ledger, lowBalance } = this.deps;
    return ledger.submit(tenant, {
      name: 'adjust',
      priority: 'person',
      rowsMax: ADJUSTMENT_ROWS_MAX,
      operation: click,
      reads: () => ({}),
      decide: (world, now) => adjust(world, { ...adjustment, lowBalance }, now),
    });
  }
}

function listedBy({ lots }: Account, horizon: string): readonly string[] {
  return lots.filter((lot) => lot.expiresAt <= horizon).map((lot) => rowKeys.lot(lot.sequence));
}

/** One that came back after a refused refund may expire before those listed: where there are others, all are looked at. */
function unlisted({ lots, moreLots }: Account) {
  const last = lots.at(-1)?.sequence ?? 0n;
  return moreLots ? [{ from: rowKeys.lot(last + 1n), to: 'lot;', limit: LOTS_READ_MAX }] : [];
}
