/** Who somebody is that was mentioned: the channel knows, and is asked once, within a bound. */
import type { ConversationReference, TurnContext } from 'botbuilder';
import { z } from 'zod';
import { readPersonId } from './activity.js';
import type { BotAdapter } from './adapter.js';
import type { LookUp } from './known-people.js';
import type { KnownPerson } from './ports.js';
import { sendWithin } from './sending.js';
import type { ConversationRef } from './turn.js';

export interface LookUpParts {
  readonly adapter: BotAdapter;
  readonly timeoutMs: number;
  /** As for everything that is sent: no stored or forged address is asked that is not on the list. */
  readonly allows: (serviceUrl: string) => boolean;
}

/** Some answers of the service name the Entra object id `aadObjectId`, others `objectId`. */
const member = z.looseObject({
  id: z.string().min(1),
  name: z.string().trim().min(1),
  aadObjectId: z.string().optional().catch(undefined),
  objectId: z.string().optional().catch(undefined),
});

/** Never throws. Undefined where the service refuses, is silent, or does not know them: nobody is guessed. */
export function memberLookUp(parts: LookUpParts): LookUp {
  return async (conversation, channelAccountId) => {
    if (!parts.allows(conversation.serviceUrl)) return undefined;
    let answered: unknown;
    await sendWithin(parts.timeoutMs, async () => {
      answered = await ask(parts.adapter, conversation, channelAccountId);
      return undefined;
    });
    return personOf(answered);
  };
}

/** The part of the SDK's client that is used here. */
interface MembersClient {
  readonly conversations: { getConversationMember(conversation: string, member: string): Promise<unknown> };
}

async function ask(adapter: BotAdapter, { id, ...place }: ConversationRef, accountId: string) {
  let answer: Promise<unknown> = Promise.resolve(undefined);
  const reference: Partial<ConversationReference> = {
    bot: { id: place.bot.id, name: place.bot.name ?? '' },
    channelId: place.channelId,
    serviceUrl: place.serviceUrl,
    conversation: { id } as ConversationReference['conversation'],
  };
  await adapter.continueConversationAsync(adapter.appId, reference, async (context: TurnContext) => {
    const client = context.turnState.get<MembersClient>(adapter.ConnectorClientKey);
    answer = client.conversations.getConversationMember(id, accountId);
    // A failure must not reach the adapter's turn error handler, which would log it as a failed turn.
    await answer.catch(() => undefined);
  });
  return answer;
}

function personOf(answered: unknown): KnownPerson | undefined {
  const parsed = member.safeParse(answered);
  if (!parsed.success) return undefined;
  const { id, name, aadObjectId, objectId } = parsed.data;
  const personId = readPersonId(aadObjectId ?? objectId ?? id);
  return personId === undefined ? undefined : { id: personId, name: name.slice(0, NAME_CHARS_MAX) };
}

const NAME_CHARS_MAX = 128;
