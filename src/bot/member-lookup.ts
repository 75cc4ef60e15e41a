/** Who somebody is that was mentioned: the channel knows, and is asked once, within a bound. */
import * as z from 'zod';
import { readPersonId } from './activity.js';
import type { BotAdapter } from './adapter.js';
import type { LookUp } from './known-people.js';
import type { KnownPerson } from './ports.js';
import { sendOnce } from './sending.js';

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
  return async ({ tenant, conversation }, channelAccountId) => {
    if (!parts.allows(conversation.serviceUrl)) return undefined;
    let answered: unknown;
    const { adapter, timeoutMs } = parts;
    await sendOnce({ pacer: adapter.pacer, timeoutMs, tenant, isAnswer: true }, async () => {
      const { conversations } = await adapter.connectorFor(conversation.serviceUrl);
      answered = await conversations.getConversationMember(conversation.id, channelAccountId);
      return undefined;
    });
    return personOf(answered);
  };
}

function personOf(answered: unknown): KnownPerson | undefined {
  const parsed = member.safeParse(answered);
  if (!parsed.success) return undefined;
  const { id, name, aadObjectId, objectId } = parsed.data;
  const personId = readPersonId(aadObjectId ?? objectId ?? id);
  return personId === undefined ? undefined : { id: personId, name: name.slice(0, NAME_CHARS_MAX) };
}

const NAME_CHARS_MAX = 128;
