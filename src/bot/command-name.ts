/** The commands there are, derived from the strings: whoever adds `command.<name>.title` must register a command. */
import { stringKeys, type StringKey } from '../cards/speech.js';

type NameIn<Key extends string> = Key extends `command.${infer Name}.title` ? Name : never;

export type CommandName = NameIn<StringKey>;

const TITLE_KEY = /^command\.([^.]+)\.title$/u;

/** In the order of the strings, which is the order of help. */
export const COMMAND_NAMES: readonly CommandName[] = stringKeys()
  .map((key) => TITLE_KEY.exec(key)?.[1])
  .filter((name): name is CommandName => name !== undefined);
