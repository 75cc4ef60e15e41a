/**
 * The body that answers an `adaptiveCard/action` invoke. The HTTP status is 200 even for errors: the client reads
 * `statusCode`. Source: learn.microsoft.com, "Universal Action Model", response format.
 */
import type { Card } from '../cards/render.js';
import type { IncomingActivity } from './activity.js';
import type { TurnAnswer } from './adapter.js';
import { CARD_TYPE } from './outgoing.js';

export function isCardAction(activity: IncomingActivity): boolean {
  return activity.type === 'invoke' && activity.name === 'adaptiveCard/action';
}

/** The card takes the place of the one that was clicked, for the person who clicked. */
export function cardResponse(card: Card): TurnAnswer {
  return { status: 200, body: { statusCode: 200, type: CARD_TYPE, value: card.content } };
}

/**
 * The clicked card stays; the words stand below it for a moment. They must not be empty: Teams takes an empty value for
 * a failure, says that the app can't be reached, and delivers the click again (github.com/vercel/chat/issues/731).
 */
export function messageResponse(words: string): TurnAnswer {
  return {
    status: 200,
    body: { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: words },
  };
}

export function errorResponse(error: {
  readonly statusCode: number;
  readonly code: string;
  readonly message: string;
}): TurnAnswer {
  const { statusCode, code, message } = error;
  return {
    status: 200,
    body: { statusCode, type: 'application/vnd.microsoft.error', value: { code, message } },
  };
}
