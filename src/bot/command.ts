/** What a command is: its role, what it answers to words, and what the buttons of its cards do. */
import type * as z from 'zod';
import type { Card } from '../cards/render.js';
import type { Role, Turn } from './turn.js';
import type { Services } from './services.js';

export interface Reply {
  readonly card: Card;
  /** A click's answer takes the place of the card that was clicked, or stands below it. Words are always answered below. */
  readonly mode: 'post' | 'replace';
}

export interface CommandInput {
  /** The phrase that was matched, as it stands in the strings of its language. */
  readonly phrase: string;
  /** What kind of the command the phrase means, language aside: from the string key `command.<name>.<intent>.phrases`. */
  readonly intent?: string;
  /** What the person typed beside the command's phrase, cleaned of mentions: `$50`, `100 when below 20`, `off`. */
  readonly rest: string;
}

/** What is read before a command runs, at the same time. */
export interface Reading {
  readonly role: Role;
  /** It reads the account, by `accountOf`. */
  readonly readsAccount?: true;
  /** For everybody, and the answer is the same for everybody: nobody's role is read, and the turn has a viewer's. */
  readonly sameForAll?: true;
}

export interface Action extends Reading {
  run(data: unknown, turn: Turn, services: Services): Promise<Reply | 'malformed'>;
}

/** The button's verb is `<command>.<action>`, and stands in the card's data as `verb`. */
export interface Command extends Reading {
  /** Who must take the money for it to be of use; help shows it only there. */
  readonly paidBy?: readonly Services['paidBy'][];
  run(input: CommandInput, turn: Turn, services: Services): Promise<Reply>;
  readonly actions: Readonly<Record<string, Action>>;
}

/** What a card sends back is input from outside: it reaches `run` only when the schema took it. */
export function action<T>(
  role: Role,
  schema: z.ZodType<T>,
  run: (data: T, turn: Turn, services: Services) => Promise<Reply>,
): Action {
  return {
    role,
    run: async (data, turn, services) => {
      const parsed = schema.safeParse(data);
      return parsed.success ? run(parsed.data, turn, services) : 'malformed';
    },
  };
}

export function readingAccount(action: Action): Action {
  return { ...action, readsAccount: true };
}

export function sameForAll(action: Action): Action {
  return { ...action, sameForAll: true };
}

export function post(card: Card): Reply {
  return { card, mode: 'post' };
}

export function replace(card: Card): Reply {
  return { card, mode: 'replace' };
}
