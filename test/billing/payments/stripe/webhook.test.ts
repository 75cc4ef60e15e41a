import { StripeSettingsRefused } from '../../../../src/billing/payments/stripe/errors.js';
import {
  readWebhook,
  TOLERANCE_SECONDS,
  type WebhookReading,
  type WebhookRequest,
} from '../../../../src/billing/payments/stripe/webhook.js';
import { START } from '../../../support/billing.js';
import { eventBody, signed, WEBHOOK_SECRET } from '../../../support/stripe/webhooks.js';

const NOW = Date.parse(START) / 1_000;
const INTENT = {
  object: 'payment_intent',
  id: 'pi_1',
  customer: 'cus_1',
  metadata: { tenant: 'contoso', paymentId: 'p1' },
};
const BODY = eventBody({ id: 'evt_1', type: 'payment_intent.succeeded', object: INTENT });
const SETTINGS = { secrets: [WEBHOOK_SECRET], live: false, now: () => START };

const read = (request: WebhookRequest): WebhookReading => readWebhook(request, SETTINGS);
const refused = (reason: string) => ({ kind: 'refused', reason });
const about = (object: object) => read(signed(eventBody({ id: 'evt_1', type: 't', object }), { at: NOW }));

describe('A webhook', () => {
  test('that Stripe signed just now tells which object to read again', () => {
    expect(read(signed(BODY, { at: NOW }))).toEqual({
      kind: 'event',
      event: {
        id: 'evt_1',
        kind: 'payment',
        objectId: 'pi_1',
        tenant: 'contoso',
        paymentId: 'p1',
        customerId: 'cus_1',
      },
    });
  });

  test('that is delivered again has the same id, by which it is known', () => {
    const [first, again] = [signed(BODY, { at: NOW - 200 }), signed(BODY, { at: NOW })];
    expect(read(first)).toEqual(read(again));
  });

  test.each([undefined, ''])('without a signature (%j) is refused', (signature) => {
    expect(read({ ...signed(BODY, { at: NOW }), signature })).toEqual(refused('unsigned'));
  });

  test('that somebody else signed is refused', () => {
    expect(read(signed(BODY, { at: NOW, secret: 'whsec_guessed' }))).toEqual(refused('wronglySigned'));
  });

  test.each([
    'v1=abc',
    't=now,v1=abc',
    `t=${NOW}`,
    `t=${NOW},v0=abc`,
    `t=${NOW},v1=`,
    '\u0000',
    `t=${NOW},v1=é`,
  ])('whose signature is %j is refused', (signature) => {
    expect(read({ body: Buffer.from(BODY), signature })).toEqual(refused('wronglySigned'));
  });

  test('whose body was changed by a byte, or parsed and written again, is refused', () => {
    const { signature } = signed(BODY, { at: NOW });
    const changed = Buffer.from(BODY.replace('pi_1', 'pi_2'));
    expect(read({ body: changed, signature })).toEqual(refused('wronglySigned'));
    const rewritten = Buffer.from(JSON.stringify(JSON.parse(BODY)));
    expect(read({ body: rewritten, signature })).toEqual(refused('wronglySigned'));
  });

  test('is refused when it is older, or further in the future, than five minutes', () => {
    const at = (seconds: number) => read(signed(BODY, { at: NOW + seconds }));
    expect(at(-TOLERANCE_SECONDS)).toMatchObject({ kind: 'event' });
    expect(at(-TOLERANCE_SECONDS - 1)).toEqual(refused('tooOld'));
    expect(at(TOLERANCE_SECONDS)).toMatchObject({ kind: 'event' });
    expect(at(TOLERANCE_SECONDS + 1)).toEqual(refused('fromTheFuture'));
  });

  test('that was recorded and is sent with a newer time is refused', () => {
    const { signature, body } = signed(BODY, { at: NOW - 3_600 });
    const digest = signature!.split(',')[1]!;
    expect(read({ body, signature: `t=${NOW},${digest}` })).toEqual(refused('wronglySigned'));
    const both = `t=${NOW},t=${NOW - 3_600},${digest}`;
    expect(read({ body, signature: both })).toEqual(refused('wronglySigned'));
  });

  test('of the other mode or of another account is refused', () => {
    const event = { id: 'evt_1', type: 'payment_intent.succeeded', object: INTENT };
    const live = signed(eventBody(event, { livemode: true }), { at: NOW });
    expect(read(live)).toEqual(refused('foreign'));
    expect(readWebhook(live, { ...SETTINGS, live: true })).toMatchObject({ kind: 'event' });
    expect(read(signed(eventBody(event, { account: 'acct_1' }), { at: NOW }))).toEqual(refused('foreign'));
  });

  test.each(['', 'null', '[]', '{', '{"object":"event"}', '\ufffd'])(
    'that is signed but reads %j is refused',
    (body) => {
      expect(read(signed(body, { at: NOW })).kind).toBe('refused');
    },
  );

  test('is taken under the new secret and the old one while they are changed', () => {
    const settings = { ...SETTINGS, secrets: ['whsec_new', WEBHOOK_SECRET] };
    expect(readWebhook(signed(BODY, { at: NOW }), settings)).toMatchObject({ kind: 'event' });
    const other = signed(BODY, { at: NOW, secret: 'whsec_new' });
    expect(readWebhook(other, settings)).toMatchObject({ kind: 'event' });
  });

  test.each([[[]], [['']], [[WEBHOOK_SECRET, '']]])('is never checked with the secrets %j', (secrets) => {
    const request = signed(BODY, { at: NOW, secret: '' });
    expect(() => readWebhook(request, { ...SETTINGS, secrets })).toThrow(StripeSettingsRefused);
  });

  test('may be about a payment, a refund, a dispute or a card; all else is passed over', () => {
    const kinds = [
      { object: 'refund', id: 're_1', metadata: { tenant: 'contoso' } },
      { object: 'dispute', id: 'dp_1', metadata: {} },
      { object: 'payment_method', id: 'pm_1', customer: 'cus_1', metadata: {} },
      { object: 'customer', id: 'cus_1' },
      { object: 'checkout.session', id: 'cs_1', mode: 'payment' },
      { object: 'checkout.session', id: 'cs_1', mode: 'setup' },
    ].map((object) => {
      const reading = about(object);
      return reading.kind === 'event' ? reading.event.kind : reading.kind;
    });
    expect(kinds).toEqual(['refund', 'dispute', 'cards', 'cards', 'payment', 'cards']);
    expect(about({ object: 'invoice', id: 'in_1' })).toEqual({ kind: 'ignored', id: 'evt_1' });
    expect(about({ object: 'customer', id: 'cus_9' })).toMatchObject({ event: { customerId: 'cus_9' } });
  });
});
