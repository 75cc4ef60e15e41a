/** A command as help and the welcome show it; everything comes from its strings, so that a new one appears by itself. */
import type { HelpEntry } from '../cards/help-card.js';
import type { Speech } from '../cards/speech.js';
import type { CommandName } from './command-name.js';
import { sayButton } from './notices.js';

/** Clicking it does what typing its title would do. */
export function helpEntry(speech: Speech, name: CommandName): HelpEntry {
  const title = speech.say(`command.${name}.title`);
  return { ...sayButton(title, title), description: speech.say(`command.${name}.description`) };
}
