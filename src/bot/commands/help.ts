/** `help`: what this person can do. The list is made from the strings, the roles from the commands themselves. */
import * as z from 'zod';
import { helpCard } from '../../cards/help-card.js';
import type { Card } from '../../cards/render.js';
import { COMMAND_NAMES, type CommandName } from '../command-name.js';
import { action, post, type Command } from '../command.js';
import { helpEntry } from '../help-entry.js';
import { speechHere } from '../purchase-mode.js';
import type { Services } from '../services.js';
import type { Role, Turn } from '../turn.js';

/** The list of commands holds help itself: it is asked for roles only when somebody needs help. */
export function createHelpCommand(
  roleOf: (name: CommandName) => Role,
  isOffered: (name: CommandName, services: Services) => boolean = () => true,
): Command {
  const card = (turn: Turn, services: Services): Card => {
    const names = COMMAND_NAMES.filter((name) => name !== 'help' && isOffered(name, services));
    return helpFor({ ...turn, speech: speechHere(turn, services) }, names, roleOf);
  };
  return {
    role: 'viewer',
    run: async (_input, turn, services) => post(card(turn, services)),
    actions: {
      show: action('viewer', z.looseObject({}), async (_data, turn, services) => post(card(turn, services))),
    },
  };
}

function helpFor(
  { speech, role, conversation }: Turn,
  names: readonly CommandName[],
  roleOf: (name: CommandName) => Role,
): Card {
  const isAdmin = role === 'admin';
  const entries = names
    .map((name) => ({ ...helpEntry(speech, name), onlyAdmins: roleOf(name) === 'admin' }))
    .filter(({ onlyAdmins }) => isAdmin || !onlyAdmins);
  return helpCard({ entries, isAdmin, place: conversation.kind }, speech);
}
