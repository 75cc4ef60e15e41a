/** Rows as an outsider reads them: only the columns that the invariants speak of. */
import { fromJson } from '../../../src/billing/rows/columns.js';
import type { DeclineReason } from '../../../src/billing/payments/processor.js';
import type { Values } from '../../../src/billing/storage/table.js';
import type {
  Account,
  Actor,
  AutoRechargeRule,
  Lot,
  PaymentStatus,
  PaymentSummary,
  RechargeHealth,
  Refund,
  Span,
} from '../../../src/billing/ledger/model.js';

export interface AccountView {
  readonly currency: string;
  readonly timeZone: string;
  readonly balance: bigint;
  readonly credited: bigint;
  readonly pointer: bigint;
  readonly nextSequence: bigint;
  readonly head: string;
  readonly holes: readonly Span[];
  readonly rule: AutoRechargeRule | undefined;
  readonly health: RechargeHealth;
  readonly openPayments: readonly PaymentSummary[];
  readonly gatheredCrossings: number;
  readonly livingAlerts: Account['livingAlerts'];
  /** When calls begin to be charged; before all times where none was set. */
  readonly meteredFrom: string;
  /** What all calls would have cost that were kept without being charged. */
  readonly kept: bigint;
}

/** Most columns of an account stay as they were from one commit to the next: their text is read once. */
export class AccountReader {
  private readonly texts = new Map<string, { readonly text: unknown; readonly value: unknown }>();

  read(values: Values): AccountView {
    const plain = (name: string): bigint => values[name] as bigint;
    return {
      currency: values['currency'] as string,
      timeZone: values['timeZone'] as string,
      balance: plain('balance'),
      credited: plain('credited'),
      pointer: plain('pointer'),
      nextSequence: plain('nextSequence'),
      head: values['head'] as string,
      holes: (this.json(values, 'holes') as readonly Span[] | undefined) ?? [],
      rule: this.json(values, 'rule') as AutoRechargeRule | undefined,
      health: this.json(values, 'health') as RechargeHealth,
      openPayments: this.json(values, 'openPayments') as readonly PaymentSummary[],
      gatheredCrossings: this.json(values, 'gatheredCrossings') as number,
      livingAlerts: this.json(values, 'livingAlerts') as Account['livingAlerts'],
      ...usageView(this.json(values, 'usage') as Account['usage']),
    };
  }

  private json(values: Values, name: string): unknown {
    const text = values[name];
    const known = this.texts.get(name);
    if (known !== undefined && known.text === text) return known.value;
    const value = jsonOf(values, name);
    this.texts.set(name, { text, value });
    return value;
  }
}

function usageView({ metering, unmetered }: Account['usage']): Pick<AccountView, 'meteredFrom' | 'kept'> {
  return { meteredFrom: metering?.from ?? '', kept: unmetered?.spend ?? 0n };
}

export interface EntryView {
  readonly sequence: bigint;
  readonly at: string;
  readonly kind: string;
  readonly amount: bigint;
  readonly balanceAfter: bigint;
  readonly by: Actor;
  readonly reference: string;
  readonly lot: bigint | undefined;
  readonly previous: string;
  readonly hash: string;
}

export function entryView(values: Values): EntryView {
  return { lot: undefined, ...values, by: jsonOf(values, 'by') } as unknown as EntryView;
}

export interface PaymentView {
  readonly id: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly reason: 'manual' | 'autoRecharge';
  readonly status: PaymentStatus;
  readonly requestedAt: string;
  readonly balanceBefore: bigint;
  readonly processorId: string | undefined;
  readonly refund: Refund | undefined;
  readonly updatedAt: string;
  readonly declineReason: DeclineReason | undefined;
  /** The stored card's id. */
  readonly card: string;
}

export function paymentView(values: Values): PaymentView {
  const refund = jsonOf(values, 'refund');
  const { id: card } = jsonOf(values, 'method') as { readonly id: string };
  return {
    processorId: undefined,
    declineReason: undefined,
    ...values,
    refund,
    card,
  } as unknown as PaymentView;
}

export type LotView = Pick<Lot, 'sequence' | 'start' | 'end' | 'expiresAt' | 'paymentId' | 'closed'>;

export function lotView(values: Values): LotView {
  const { closed: _closed, ...plain } = values;
  const closed = jsonOf(values, 'closed');
  return { ...plain, ...(closed !== undefined && { closed }) } as unknown as LotView;
}

export function jsonOf(values: Values, name: string): unknown {
  const text = values[name];
  return typeof text === 'string' ? fromJson(text) : undefined;
}
