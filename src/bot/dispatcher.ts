/** From words or a click to what the bot says. Roles are read at every one of them, and every failure gets a sentence. */
import * as z from 'zod';
import { LedgerBusy } from '../billing/lane/command.js';
import { CardsUnknown } from '../billing/payments/method-ports.js';
import { StorageUnavailable } from '../billing/storage/table.js';
import { holdsCardNumber, sendsCardNumber } from './card-number.js';
import type { CommandName } from './command-name.js';
import { post, type Command, type CommandInput, type Reading, type Reply } from './command.js';
import { understand } from './matching.js';
import { SAY_VERB, notices } from './notices.js';
import type { Audit, Roles } from './ports.js';
import type { Services } from './services.js';
import { ROLES, type Role, type Turn } from './turn.js';

/** A turn before it is known what its person may do. */
export interface Arrival extends Omit<Turn, 'role' | 'account'> {
  /** Told of an admin, where this turn could know one without a read of its own. */
  readonly onAdmin?: () => void;
}

export interface Words {
  readonly text: string;
  readonly hasAttachments: boolean;
  /** The message was there before and was changed by its author. */
  readonly edited: boolean;
}

export interface Dispatcher {
  /** Undefined where silence is right: an edited message that holds no command. Never throws. */
  words(words: Words, arrival: Arrival): Promise<Reply | undefined>;
  /** What a card sent back, by Action.Execute or Action.Submit. Never throws. */
  click(data: unknown, arrival: Arrival): Promise<Reply>;
}

/** The part of a logger that is used here. */
export interface TurnLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface DispatcherParts {
  readonly commands: Readonly<Record<CommandName, Command>>;
  readonly services: Services;
  readonly roles: Roles;
  readonly audit: Audit;
  readonly log: TurnLog;
}

export function createDispatcher(parts: DispatcherParts): Dispatcher {
  return {
    words: (words, arrival) =>
      guarded(parts, arrival, async () =>
        holdsCardNumber(words.text) ? noCardNumber(arrival) : answerWords(parts, words, arrival),
      ),
    click: (data, arrival) =>
      guarded(parts, arrival, async () =>
        sendsCardNumber(data) ? noCardNumber(arrival) : answerClick(parts, data, arrival),
      ),
  };
}

/** Before anything looks at what was typed: a card number is neither understood, kept, logged nor repeated. */
function noCardNumber({ speech }: Arrival): Reply {
  return post(notices.cardNumber(speech));
}

/** The one place where a failed command is logged, and becomes a sentence with a reference. */
async function guarded<T extends Reply | undefined>(
  parts: DispatcherParts,
  arrival: Arrival,
  answer: () => Promise<T>,
): Promise<T | Reply> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof CardsUnknown) {
      parts.log.warn({ err: error, correlationId: arrival.correlationId }, 'stored cards not known');
      return post(notices.cardsUnknown(arrival.speech, arrival.correlationId));
    }
    const storage = error instanceof StorageUnavailable || error instanceof LedgerBusy;
    parts.log.error(
      { err: error, correlationId: arrival.correlationId },
      storage ? 'storage unavailable' : 'turn failed',
    );
    const say = storage ? notices.storage : notices.error;
    return post(say(arrival.speech, arrival.correlationId));
  }
}

/**
 * An edited message is answered like a new one where it holds a command, so that correcting a typo works; it gets
 * silence otherwise, since people also polish what was answered long ago. As words only open forms, neither moves money.
 */
async function answerWords(
  parts: DispatcherParts,
  words: Words,
  arrival: Arrival,
): Promise<Reply | undefined> {
  const { speech } = arrival;
  if (words.text === '') {
    if (words.edited) return undefined;
    if (words.hasAttachments) return post(notices.attachment(speech));
    return runCommand(parts, { name: 'help', phrase: '', rest: '' }, arrival);
  }
  const understood = understand(words.text, speech.language);
  if (understood.kind === 'command') return runCommand(parts, understood.match, arrival);
  if (words.edited) return undefined;
  return post(understood.kind === 'maybe' ? notices.maybe(speech, understood) : notices.unknown(speech));
}

async function runCommand(
  parts: DispatcherParts,
  { name, ...input }: CommandInput & { readonly name: CommandName },
  arrival: Arrival,
): Promise<Reply> {
  const command = parts.commands[name];
  const turn = await admit(parts, arrival, { reading: command, did: name });
  return turn === undefined ? refusal(parts, arrival) : command.run(input, turn, parts.services);
}

const clicked = z.looseObject({ verb: z.string().min(1).max(100) });
const said = z.looseObject({ text: z.string().min(1).max(200) });

async function answerClick(parts: DispatcherParts, data: unknown, arrival: Arrival): Promise<Reply> {
  const verb = clicked.safeParse(data).data?.verb;
  if (verb === SAY_VERB) return answerSaid(parts, data, arrival);
  const action = verb === undefined ? undefined : findAction(parts, verb);
  if (verb === undefined || action === undefined) return stale(arrival);
  const turn = await admit(parts, arrival, { reading: action, did: verb });
  if (turn === undefined) return refusal(parts, arrival);
  const reply = await action.run(data, turn, parts.services);
  return reply === 'malformed' ? stale(arrival) : reply;
}

function stale({ speech }: Arrival): Reply {
  return post(notices.stale(speech));
}

/** A button that stands for typing something: help's buttons, and "did you mean". */
async function answerSaid(parts: DispatcherParts, data: unknown, arrival: Arrival): Promise<Reply> {
  const parsed = said.safeParse(data);
  const words = { text: parsed.data?.text.trim() ?? '', hasAttachments: false, edited: false };
  const reply = parsed.success ? await answerWords(parts, words, arrival) : undefined;
  return reply === undefined ? stale(arrival) : post(reply.card);
}

/** `Object.hasOwn`, since a forged card may ask for `constructor.toString`. */
function findAction({ commands }: DispatcherParts, verb: string): Command['actions'][string] | undefined {
  const dot = verb.indexOf('.');
  const name = verb.slice(0, dot);
  if (dot < 1 || !Object.hasOwn(commands, name)) return undefined;
  const { actions } = commands[name as CommandName];
  const action = verb.slice(dot + 1);
  return Object.hasOwn(actions, action) ? actions[action] : undefined;
}

interface Wanted {
  readonly reading: Reading;
  readonly did: string;
}

/** The turn with its role where that is enough; a refusal is written down. */
async function admit(parts: DispatcherParts, arrival: Arrival, wanted: Wanted): Promise<Turn | undefined> {
  const { tenant, person } = arrival;
  const { reading } = wanted;
  const account = reading.readsAccount && parts.services.billing.account(tenant);
  // Whoever waits for it hears of its failure; a refused turn never does.
  account?.catch(() => undefined);
  const begun = account === undefined ? arrival : { ...arrival, account };
  if (reading.sameForAll) {
    meet(parts, begun).catch(() => undefined);
    return { ...begun, role: 'viewer' };
  }
  const role = await roleNow(parts, begun);
  if (role === 'admin') arrival.onAdmin?.();
  if (ROLES.indexOf(role) >= ROLES.indexOf(reading.role)) return { ...begun, role };
  await parts.audit.note({ tenant, personId: person.id, did: wanted.did, outcome: 'refused' });
  return undefined;
}

/** Beside an answer that is the same for everybody, and without a read: rows of before list no roles. */
async function meet({ roles }: DispatcherParts, arrival: Arrival & Pick<Turn, 'account'>): Promise<void> {
  const { account, person, conversation, onAdmin } = arrival;
  if (onAdmin === undefined) return;
  const read = await account;
  if (read?.roles === undefined) return;
  if ((await roles.roleIn(read, person, conversation.channelId)) === 'admin') onAdmin();
}

/** From the account's row where this turn reads it anyway, which is after the click came: never from one that was kept. */
async function roleNow({ roles }: DispatcherParts, arrival: Omit<Turn, 'role'>): Promise<Role> {
  const { tenant, person, conversation, account } = arrival;
  if (account === undefined) return roles.roleOf(tenant, person, conversation.channelId);
  return roles.roleIn(await account, person, conversation.channelId);
}

async function refusal(parts: DispatcherParts, arrival: Arrival): Promise<Reply> {
  return post(notices.notAllowed(arrival.speech, await parts.roles.admins(arrival.tenant)));
}
