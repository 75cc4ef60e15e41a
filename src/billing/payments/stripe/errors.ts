/** What goes wrong at Stripe beyond the answers that the ports foresee. No message holds a key, a card or a person. */
import { CardsUnknown } from '../method-ports.js';

/** A key, host or secret that this program refuses to use. */
export class StripeSettingsRefused extends Error {
  override readonly name = 'StripeSettingsRefused';
}

/** The program asked for something that it must never ask for, such as one payment id for two different charges. */
export class ProcessorMisuse extends Error {
  override readonly name = 'ProcessorMisuse';
}

/** What Stripe holds is not what was asked for: an operator must look, nothing is credited. */
export class ChargeDiffers extends Error {
  override readonly name = 'ChargeDiffers';
}

/** Stripe refused the request itself (a key without the right, a parameter): an operator must look. */
export class StripeRefused extends Error {
  override readonly name = 'StripeRefused';
}

/** No clear answer where nothing but a clear one helps, such as listing cards. Trying again is safe. */
export class StripeUnavailable extends CardsUnknown {
  override readonly name = 'StripeUnavailable';
}
