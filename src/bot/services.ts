/** Everything a command may use. The composition root builds it; tests hand over what they need. */
import type { Billing } from '../billing/billing.js';
import type { GraphUsage } from '../billing/usage/graph/graph-usage.js';
import type { MethodChanges, MethodPages } from '../billing/payments/method-ports.js';
import type { Audit, KnownPeople, Roles } from './ports.js';
import type { Destinations } from './alerts/destinations.js';
import type { FormTokens } from './form-token.js';

export interface Services {
  readonly billing: Billing;
  /** Collecting call records by itself. */
  readonly graph: GraphUsage;
  /** Who takes the money: what may be promised to people depends on it. */
  readonly paidBy: 'sandbox' | 'stripe' | 'adminCenter';
  /** Where people add, replace and remove stored cards; absent where cards are not this program's affair. */
  readonly wallet?: { readonly pages: MethodPages; readonly changes: MethodChanges };
  /** Mints and checks what a preview's button carries. */
  readonly tokens: FormTokens;
  readonly destinations: Destinations;
  readonly roles: Roles;
  readonly people: KnownPeople;
  readonly audit: Audit;
  readonly newId: () => string;
  /** Amounts offered by the add-funds form, in micros. */
  readonly presets: readonly bigint[];
}
