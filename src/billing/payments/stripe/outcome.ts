/**
 * Why a charge failed, from what Stripe passes on of the bank: first its advice on what to do, then the reason that it
 * gives (https://docs.stripe.com/declines/card, https://docs.stripe.com/declines/codes).
 */
import type { DeclineReason } from '../processor.js';

/** Stripe's words for a failed attempt, as they stand in an intent's `last_payment_error`. */
export interface ChargeError {
  readonly code?: string | null | undefined;
  readonly decline_code?: string | null | undefined;
  readonly advice_code?: string | null | undefined;
}

/** What helps: the person, the card's data entered anew, only another card, time, or nobody knows. */
export type Remedy = 'person' | 'cardData' | 'otherCard' | 'time' | 'unclear';

export type ChargeFailure =
  { readonly kind: 'actionRequired' } | { readonly kind: 'declined'; readonly reason: DeclineReason };

/** The advice is the bank's own, and outranks the reason that it gives. */
const REMEDY_OF_ADVICE: ReadonlyMap<string, Remedy> = new Map([
  ['confirm_card_data', 'cardData'],
  ['do_not_try_again', 'otherCard'],
  ['try_again_later', 'time'],
]);

const CODES_OF: Readonly<Record<Exclude<Remedy, 'unclear'>, readonly string[]>> = {
  person: ['authentication_required', 'mobile_device_authentication_required'],
  cardData: [
    'expired_card',
    'incorrect_address',
    'incorrect_cvc',
    'incorrect_number',
    'incorrect_zip',
    'invalid_account',
    'invalid_cvc',
    'invalid_expiry_month',
    'invalid_expiry_year',
    'invalid_number',
    'new_account_information_available',
  ],
  otherCard: [
    'card_not_supported',
    'currency_not_supported',
    'do_not_try_again',
    'fraudulent',
    'lost_card',
    'merchant_blacklist',
    'not_permitted',
    'pickup_card',
    'restricted_card',
    'revocation_of_all_authorizations',
    'revocation_of_authorization',
    'security_violation',
    'service_not_allowed',
    'stolen_card',
    'stop_payment_order',
    'testmode_decline',
    'transaction_not_allowed',
  ],
  time: [
    'approve_with_id',
    'card_decline_rate_limit_exceeded',
    'card_velocity_exceeded',
    'insufficient_funds',
    'issuer_not_available',
    'processing_error',
    'reenter_transaction',
    'try_again_later',
    'withdrawal_count_limit_exceeded',
  ],
};

const REMEDY_OF_CODE: ReadonlyMap<string, Remedy> = new Map(
  Object.entries(CODES_OF).flatMap(([remedy, codes]) => codes.map((code) => [code, remedy as Remedy])),
);

const NOT_ENOUGH = ['insufficient_funds', 'card_velocity_exceeded', 'withdrawal_count_limit_exceeded'];
/** The person was asked and did not, or could not, approve. */
const NOT_APPROVED = ['payment_intent_authentication_failure', 'authentication_not_handled'];

export function remedyOf(error: ChargeError): Remedy {
  const code = reasonCode(error);
  return REMEDY_OF_ADVICE.get(error.advice_code ?? '') ?? REMEDY_OF_CODE.get(code) ?? 'unclear';
}

/** In the words of the port. A code that Stripe adds later is declined, and tried again as slowly as any other. */
export function failureOf(error: ChargeError): ChargeFailure {
  const code = reasonCode(error);
  if (NOT_APPROVED.includes(code)) return { kind: 'declined', reason: 'authenticationFailed' };
  const remedy = remedyOf(error);
  if (remedy === 'person') return { kind: 'actionRequired' };
  return { kind: 'declined', reason: reasonFor(remedy, code) };
}

function reasonFor(remedy: Exclude<Remedy, 'person'>, code: string): DeclineReason {
  if (remedy === 'otherCard') return 'unusableCard';
  if (remedy === 'cardData') return code === 'expired_card' ? 'expiredCard' : 'unusableCard';
  return NOT_ENOUGH.includes(code) ? 'insufficientFunds' : 'declined';
}

/** `card_declined` says nothing by itself: the reason stands beside it. */
function reasonCode({ code, decline_code }: ChargeError): string {
  return decline_code ?? code ?? '';
}
