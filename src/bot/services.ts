/** Everything a command may use. The composition root builds it; tests hand over what they need. */
import type { Billing } from '../billing/billing.js';
import type { Audit, KnownPeople, Roles } from './ports.js';
import type { Destinations } from './alerts/destinations.js';
import type { FormTokens } from './form-token.js';

export interface Services {
  readonly billing: Billing;
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
