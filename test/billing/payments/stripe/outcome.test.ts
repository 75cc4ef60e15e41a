import fc from 'fast-check';
import { DECLINE_REASONS, FINAL_DECLINE_REASONS } from '../../../../src/billing/payments/processor.js';
import { failureOf, remedyOf } from '../../../../src/billing/payments/stripe/outcome.js';

const declinedBy = (decline_code: string, advice_code?: string) =>
  failureOf({ code: 'card_declined', decline_code, ...(advice_code !== undefined && { advice_code }) });

describe('What a bank says', () => {
  test.each([
    ['insufficient_funds', 'insufficientFunds'],
    ['card_velocity_exceeded', 'insufficientFunds'],
    ['expired_card', 'expiredCard'],
    ['incorrect_cvc', 'unusableCard'],
    ['lost_card', 'unusableCard'],
    ['stolen_card', 'unusableCard'],
    ['fraudulent', 'unusableCard'],
    ['pickup_card', 'unusableCard'],
    ['processing_error', 'declined'],
    ['issuer_not_available', 'declined'],
    ['do_not_honor', 'declined'],
    ['generic_decline', 'declined'],
    ['a_code_of_next_year', 'declined'],
  ])('as %s is told as %s', (code, reason) => {
    expect(declinedBy(code)).toEqual({ kind: 'declined', reason });
  });

  test.each(['authentication_required', 'mobile_device_authentication_required'])(
    'as %s wants the person',
    (code) => {
      expect(declinedBy(code)).toEqual({ kind: 'actionRequired' });
    },
  );

  test('counts less than its advice', () => {
    expect(declinedBy('insufficient_funds', 'do_not_try_again')).toEqual({
      kind: 'declined',
      reason: 'unusableCard',
    });
    expect(declinedBy('generic_decline', 'do_not_try_again')).toMatchObject({ reason: 'unusableCard' });
    expect(declinedBy('generic_decline', 'confirm_card_data')).toMatchObject({ reason: 'unusableCard' });
    expect(declinedBy('expired_card', 'confirm_card_data')).toMatchObject({ reason: 'expiredCard' });
    expect(declinedBy('lost_card', 'try_again_later')).toMatchObject({ reason: 'declined' });
    expect(declinedBy('insufficient_funds', 'try_again_later')).toMatchObject({
      reason: 'insufficientFunds',
    });
  });

  test('without a reason beside it is told by its code', () => {
    expect(failureOf({ code: 'expired_card' })).toEqual({ kind: 'declined', reason: 'expiredCard' });
    expect(failureOf({ code: 'payment_intent_authentication_failure' })).toEqual({
      kind: 'declined',
      reason: 'authenticationFailed',
    });
    expect(failureOf({})).toEqual({ kind: 'declined', reason: 'declined' });
  });

  test('whatever it is, is told in the words of this project, and pauses exactly where another card is needed', () => {
    const word = fc.option(fc.oneof(fc.constantFrom('lost_card', 'toString', 'constructor'), fc.string()), {
      nil: undefined,
    });
    const said = fc.record({ code: word, decline_code: word, advice_code: word });
    fc.assert(
      fc.property(said, (error) => {
        const failure = failureOf(error);
        if (failure.kind === 'actionRequired') return remedyOf(error) === 'person';
        const final = FINAL_DECLINE_REASONS.includes(failure.reason);
        const hopeless = ['cardData', 'otherCard'].includes(remedyOf(error));
        return DECLINE_REASONS.includes(failure.reason) && final === hopeless;
      }),
    );
  });
});
