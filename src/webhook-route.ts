/**
 * `POST /api/payments/webhook`: what Stripe tells by itself. An event is kept together with its due row before it is
 * acknowledged; whatever can't be kept is answered by a 5xx, so that Stripe tells it again.
 */
import { CardsUnknown } from './billing/payments/method-ports.js';
import { LedgerBusy } from './billing/lane/command.js';
import type { EventSaga } from './billing/payments/event-saga.js';
import type { StripeEvents } from './billing/payments/stripe/events.js';
import { readWebhook, type StripeEvent, type WebhookSettings } from './billing/payments/stripe/webhook.js';
import { StorageUnavailable } from './billing/storage/table.js';
import { errorAnswer, type RouteRequest, type RouteResponse } from './http-exchange.js';
import type { Logger } from './log.js';
import type { Route } from './server.js';

/** Stripe's events are some KB; the object in one may have 50 metadata values and long texts. */
const WEBHOOK_BYTES_MAX = 256 * 1024;
const TAKEN: RouteResponse = { status: 200, body: { received: true } };

export interface WebhookDeps {
  readonly settings: WebhookSettings;
  readonly events: Pick<StripeEvents, 'ownerOf'>;
  readonly kept: Pick<EventSaga, 'receive'>;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

export function webhookRoute(deps: WebhookDeps): Route {
  return {
    method: 'POST',
    path: '/api/payments/webhook',
    bodyBytesMax: WEBHOOK_BYTES_MAX,
    handle: (request) => receive(request, deps),
  };
}

/** No line of the log holds anything of a body that was not signed. */
async function receive(request: RouteRequest, deps: WebhookDeps): Promise<RouteResponse> {
  const { rawBody: body, headers, correlationId } = request;
  const reading = readWebhook({ body, signature: headers['stripe-signature'] }, deps.settings);
  if (reading.kind === 'refused') {
    deps.log.warn({ correlationId, reason: reading.reason }, 'webhook refused');
    return errorAnswer(400, 'refused', 'This is not an event for this bot.');
  }
  if (reading.kind === 'ignored') return TAKEN;
  try {
    return await keep(reading.event, deps);
  } catch (error) {
    if (!isPassing(error)) throw error;
    deps.log.warn({ correlationId, event: reading.event.id, err: error }, 'webhook not kept');
    return errorAnswer(503, 'unavailable', 'Send it again later.');
  }
}

async function keep(event: StripeEvent, { events, kept, log }: WebhookDeps): Promise<RouteResponse> {
  const { id, kind, objectId } = event;
  const owner = await events.ownerOf(event);
  if (owner.kind === 'nobodys') {
    log.info({ event: id, about: kind }, 'webhook about nothing of this bot');
    return TAKEN;
  }
  const { tenant, paymentId } = owner;
  await kept.receive(tenant, {
    id,
    about: kind,
    objectId,
    ...(paymentId !== undefined && { paymentId }),
  });
  return TAKEN;
}

function isPassing(error: unknown): boolean {
  return error instanceof StorageUnavailable || error instanceof LedgerBusy || error instanceof CardsUnknown;
}
