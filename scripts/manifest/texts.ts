/** What the app is called and what it says of itself, in one language, within Teams' lengths. */
import { COMMAND_NAMES, type CommandName } from '../../src/bot/command-name.js';
import { speechFor, type Language, type StringKey } from '../../src/cards/speech.js';
import { NotMade } from './fault.js';

/** Most characters of a text, by the last part of the manifest's or the command's name for it. */
export const LENGTH_MAX = {
  'name.short': 30,
  'name.full': 100,
  'description.short': 80,
  'description.full': 4000,
  title: 32,
  description: 128,
} as const;

export interface CommandText {
  readonly title: string;
  readonly description: string;
}

export interface AppTexts {
  readonly 'name.short': string;
  readonly 'name.full': string;
  readonly 'description.short': string;
  readonly 'description.full': string;
  readonly commands: Readonly<Record<CommandName, CommandText>>;
}

/** Gives the text under a key of the strings; tests hand in texts that are too long. */
export type Say = (key: StringKey) => string;

/** @throws NotMade naming every text that Teams would refuse */
export function textsOf(language: Language, say: Say = (key) => speechFor(language).say(key)): AppTexts {
  const faults: string[] = [];
  const take = (key: StringKey, limit: keyof typeof LENGTH_MAX): string => {
    const text = say(key);
    const most = LENGTH_MAX[limit];
    if (text === '') faults.push(`${key} (${language}) is empty.`);
    if (text.length > most)
      faults.push(`${key} (${language}) has ${text.length} characters; Teams takes ${most}.`);
    return text;
  };
  const command = (name: CommandName): CommandText => ({
    title: take(`command.${name}.title`, 'title'),
    description: take(`command.${name}.description`, 'description'),
  });
  const texts: AppTexts = {
    'name.short': take('product.name', 'name.short'),
    'name.full': take('manifest.fullName', 'name.full'),
    'description.short': take('manifest.shortDescription', 'description.short'),
    'description.full': take('manifest.fullDescription', 'description.full'),
    commands: Object.fromEntries(COMMAND_NAMES.map((name) => [name, command(name)])) as AppTexts['commands'],
  };
  if (faults.length > 0) throw new NotMade(faults.join('\n'));
  return texts;
}
