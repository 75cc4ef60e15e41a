/** What a conversation reads that never heard of the bot. Nobody's role is known yet: it shows what everybody may try. */
import { welcomeCard } from '../cards/help-card.js';
import type { Card } from '../cards/render.js';
import type { Speech } from '../cards/speech.js';
import type { CommandName } from './command-name.js';
import { helpEntry } from './help-entry.js';
import type { ConversationKind } from './turn.js';

const TRY_FIRST: readonly CommandName[] = ['balance', 'addFunds', 'alerts'];
const BUTTONS: readonly CommandName[] = ['balance', 'help'];

export function welcomeFor(speech: Speech, place: ConversationKind): Card {
  const entriesOf = (names: readonly CommandName[]) => names.map((name) => helpEntry(speech, name));
  return welcomeCard({ entries: entriesOf(TRY_FIRST), buttons: entriesOf(BUTTONS), place }, speech);
}
