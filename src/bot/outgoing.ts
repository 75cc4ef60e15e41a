/** A card as the chat service takes it: alone, since text plus card is split in two and can't be updated (PLATFORM). */
import type { Activity, Attachment } from 'botbuilder';
import type { Card } from '../cards/render.js';
import type { ConversationRef } from './turn.js';

export const CARD_TYPE = 'application/vnd.microsoft.card.adaptive';

export interface Placement {
  /** The full conversation id, thread included, where the answer belongs into a thread. */
  readonly replyIn?: string;
  /** The message that is answered. */
  readonly replyToId?: string;
  /** The message that is replaced. */
  readonly id?: string;
}

export function outgoing(card: Card, to: ConversationRef, placement: Placement = {}): Partial<Activity> {
  const attachment: Attachment = { contentType: CARD_TYPE, content: card.content };
  const { replyIn = to.id, replyToId, id } = placement;
  return {
    type: 'message',
    channelId: to.channelId,
    serviceUrl: to.serviceUrl,
    from: { id: to.bot.id, name: to.bot.name ?? '' },
    // The service looks at the id alone; the SDK's type asks for more.
    conversation: { id: replyIn } as Activity['conversation'],
    summary: card.summary,
    attachments: [attachment],
    ...(replyToId === undefined ? {} : { replyToId }),
    ...(id === undefined ? {} : { id }),
  };
}
