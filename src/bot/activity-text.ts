/** What a person wrote, without the tags by which clients mark mentions. */
import * as z from 'zod';
import type { Mention } from './turn.js';

/** Longer messages are cut: no command needs more, and everything has a limit. */
export const TEXT_CHARS_MAX = 2_000;
const MENTIONS_MAX = 50;

const mentionEntity = z.looseObject({
  type: z.literal('mention'),
  mentioned: z.looseObject({
    id: z.string().min(1).max(1_024),
    name: z.string().max(256).optional().catch(undefined),
  }),
  text: z.string().max(1_024).optional().catch(undefined),
});

interface MarkedMention extends Mention {
  readonly text: string;
}

function marked(entities: readonly unknown[]): readonly MarkedMention[] {
  return entities.slice(0, MENTIONS_MAX).flatMap((entity) => {
    const parsed = mentionEntity.safeParse(entity);
    if (!parsed.success) return [];
    const { mentioned, text } = parsed.data;
    return [{ channelAccountId: mentioned.id, name: mentioned.name ?? '', text: text ?? '' }];
  });
}

/** Everybody who was mentioned, each once, in the order of the message. */
export function mentionsIn(entities: readonly unknown[]): readonly Mention[] {
  const byId = new Map<string, Mention>();
  for (const { channelAccountId, name } of marked(entities)) {
    if (!byId.has(channelAccountId)) byId.set(channelAccountId, { channelAccountId, name });
  }
  return [...byId.values()];
}

export function isMentionOf(mention: Mention, accountId: string | undefined): boolean {
  return accountId !== undefined && mention.channelAccountId === accountId;
}

const MENTION_TAG = /<\/?at\b[^>]{0,200}>/giu;

/**
 * One line of plain words. Every mention of the bot goes, wherever it stands; other people's names stay, without tags.
 * The SDK's own function removes the first mention only and throws where the recipient is missing (PLATFORM).
 */
export function cleanText(text: string, entities: readonly unknown[], botId: string | undefined): string {
  const bounded = text.slice(0, TEXT_CHARS_MAX * 2);
  const withoutBot = marked(entities)
    .filter((mention) => isMentionOf(mention, botId) && mention.text !== '')
    .reduce((rest, mention) => rest.replaceAll(mention.text, ' '), bounded);
  return withoutBot
    .replace(MENTION_TAG, '')
    .replace(/&nbsp;/giu, ' ')
    .replace(/[\s\u200b\ufeff]+/gu, ' ')
    .trim()
    .slice(0, TEXT_CHARS_MAX);
}
