/** Binds the chat SDK to the dispatcher: one activity in, the HTTP answer out. Everything behind here is typed. */
import type { TurnContext } from 'botbuilder';
import { speechFor } from '../cards/speech.js';
import { readActivity, type IncomingActivity } from './activity.js';
import type { TurnAnswer } from './adapter.js';
import { Deliveries } from './deliveries.js';
import type { Arrival } from './dispatcher.js';
import { checkAtDoor, type Refusal, type Verdict } from './front-door.js';
import { errorResponse, isCardAction } from './invoke.js';
import type { ChatParts, SeamParts } from './seam-parts.js';
import { sendTurnError, serveTurn } from './seam-turn.js';

/** One HTTP request to the bot's endpoint. */
export interface Delivery {
  readonly body: unknown;
  readonly authorization: string;
  readonly correlationId: string;
}

export interface Chat {
  receive(delivery: Delivery): Promise<TurnAnswer>;
  /** Resolves when what was started beside the turns (sightings, updates for the others) is done. */
  settled(): Promise<void>;
}

const REFERENCE = 'correlationId';

export function createChat(parts: ChatParts): Chat {
  const deliveries = new Deliveries();
  const pending = new Set<Promise<void>>();
  const beside = (work: Promise<void>): void => {
    const tracked = work.finally(() => pending.delete(tracked));
    pending.add(tracked);
  };
  parts.adapter.onTurnError = (context, error) => turnFailed(parts, context, error);
  return {
    receive: async (delivery) => receive({ ...parts, deliveries, beside }, delivery),
    settled: async () => {
      while (pending.size > 0) await Promise.allSettled(pending);
    },
  };
}

async function receive(parts: SeamParts, delivery: Delivery): Promise<TurnAnswer> {
  const { body, authorization, correlationId } = delivery;
  const activity = readActivity(body);
  if (activity === undefined || typeof body !== 'object' || body === null) {
    return { status: 400, body: { error: { code: 'badActivity', message: 'The body is not an activity.' } } };
  }
  const authenticated = await parts.adapter.authenticate(body, authorization);
  if (authenticated !== 'taken') return notAuthenticated(parts, authenticated, correlationId);
  const verdict = checkAtDoor(activity, parts.rules);
  if (verdict.kind === 'ignored') return { status: 200 };
  if (verdict.kind === 'refused') return refuse(parts, activity, { reason: verdict.reason, correlationId });
  return parts.deliveries.once(activity, () =>
    parts.adapter.turn(body, (context) => {
      context.turnState.set(REFERENCE, correlationId);
      return serveTurn(parts, {
        context,
        activity,
        arrival: arrivalOf(parts, activity, { verdict, correlationId }),
      });
    }),
  );
}

/** Where the keys could not be fetched nothing is known about the token: 503 asks the service to come again. */
function notAuthenticated(
  parts: SeamParts,
  why: 'refused' | 'unavailable',
  correlationId: string,
): TurnAnswer {
  if (why === 'unavailable') {
    parts.log.error({ correlationId }, 'the keys of the Bot Framework could not be fetched');
    return { status: 503, body: { error: { code: 'unavailable', message: 'Please try again later.' } } };
  }
  parts.log.warn({ correlationId }, 'activity without a valid token refused');
  return { status: 401, body: { error: { code: 'unauthorized', message: 'A valid token is needed.' } } };
}

/**
 * 403 for messages: the Connector repeats neither 401 nor 403, shows the failure to the operator in the channel's list
 * of issues, and tells the person nothing that a 200 would not. A card action gets the body that its client can read.
 */
function refuse(
  parts: SeamParts,
  activity: IncomingActivity,
  { reason, correlationId }: { readonly reason: Refusal; readonly correlationId: string },
): TurnAnswer {
  parts.log.warn({ correlationId, reason, type: activity.type }, 'activity refused at the door');
  const message = speechFor(activity.locale).say('notice.refused');
  if (isCardAction(activity)) return errorResponse({ statusCode: 403, code: 'Forbidden', message });
  return { status: 403, body: { error: { code: 'forbidden', message } } };
}

function arrivalOf(
  parts: SeamParts,
  activity: IncomingActivity,
  {
    verdict,
    correlationId,
  }: { readonly verdict: Extract<Verdict, { kind: 'pass' }>; readonly correlationId: string },
): Arrival {
  const arrival: Arrival = {
    tenant: verdict.tenant,
    person: verdict.person,
    speech: speechFor(activity.locale),
    conversation: activity.conversation,
    replyIn: activity.replyIn,
    mentions: activity.mentions,
    now: parts.now(),
    correlationId,
  };
  return activity.replyToId === undefined ? arrival : { ...arrival, cardActivityId: activity.replyToId };
}

/** What the dispatcher did not catch is a fault of the seam itself: logged once, and told with a reference. */
async function turnFailed(parts: ChatParts, context: TurnContext, error: Error): Promise<void> {
  const correlationId = String(context.turnState.get(REFERENCE) ?? '');
  parts.log.error({ err: error, correlationId }, 'turn failed in the seam');
  const activity = readActivity(context.activity);
  if (activity !== undefined) await sendTurnError(parts, { context, activity, correlationId });
}
