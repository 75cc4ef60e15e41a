/** Whoever was met among others only has no chat to be told in until there is something to tell. */
import type { Messenger } from '../messenger.js';
import type { SendFailure } from '../send-result.js';
import type { DestinationStore } from './destination-store.js';
import { isUnopened, type Destination } from './destinations.js';

export interface OpenDeps {
  readonly destinations: Pick<DestinationStore, 'opened'>;
  readonly messenger: Pick<Messenger, 'openPersonal'>;
}

export type Opened = { readonly kind: 'open'; readonly destination: Destination } | SendFailure;

/** Remembered before anything is said there, so that a crash or a failed post doesn't open it again. */
export async function openedChat(deps: OpenDeps, tenant: string, place: Destination): Promise<Opened> {
  const { conversation, person } = place;
  if (person === undefined || !isUnopened(conversation)) return { kind: 'open', destination: place };
  const { channelAccountId } = person;
  const result = await deps.messenger.openPersonal(conversation, { tenant, channelAccountId });
  // Asked again after a lost answer, the service names the same chat: nothing stands there twice.
  if (result.kind === 'retry') return { kind: 'retry', doubtful: false };
  if (result.kind !== 'opened') return result;
  return { kind: 'open', destination: await deps.destinations.opened(tenant, place, result.conversation) };
}
