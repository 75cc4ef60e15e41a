/** A bot with stubs for commands, started over real HTTP against the stub connector: for tests of everything but commands. */
import pino from 'pino';
import { z } from 'zod';
import { createAdapter, type BotIdentity, type TokenAuthority } from '../../src/bot/adapter.js';
import { COMMAND_NAMES, type CommandName } from '../../src/bot/command-name.js';
import { action, post, replace, type Command, type CommandInput } from '../../src/bot/command.js';
import { createDispatcher } from '../../src/bot/dispatcher.js';
import { DEFAULT_SERVICE_HOSTS, serviceUrlAllowed, type DoorRules } from '../../src/bot/front-door.js';
import { createMessenger, type Messenger } from '../../src/bot/messenger.js';
import type { AuditNote, Sighting, Sightings } from '../../src/bot/ports.js';
import { createChat, type Chat } from '../../src/bot/seam.js';
import type { Services } from '../../src/bot/services.js';
import type { Person, Role, Turn } from '../../src/bot/turn.js';
import { StorageUnavailable } from '../../src/billing/storage/table.js';
import { noticeCard } from '../../src/cards/notice.js';
import type { Card } from '../../src/cards/render.js';
import { createServer, type BotServer } from '../../src/server.js';
import { ADA } from './activities.js';

export class FakeSightings implements Sightings {
  readonly known = new Map<string, Sighting>();
  readonly seenAll: Sighting[] = [];
  fails = false;

  async seen(sighting: Sighting): Promise<{ readonly isNew: boolean }> {
    if (this.fails) throw new StorageUnavailable('the table is away');
    this.seenAll.push(sighting);
    const key = `${sighting.tenant}|${sighting.conversation.key}`;
    const before = this.known.get(key);
    this.known.set(key, { ...before, ...sighting });
    return { isNew: before === undefined };
  }

  async gone(tenant: string, conversationKey: string): Promise<void> {
    this.known.delete(`${tenant}|${conversationKey}`);
  }

  async localeOf(tenant: string, conversationKey: string): Promise<string | undefined> {
    if (this.fails) throw new StorageUnavailable('the table is away');
    return this.known.get(`${tenant}|${conversationKey}`)?.locale;
  }
}

/** What a stub was asked. */
export interface Asked {
  readonly name: CommandName;
  readonly input: CommandInput;
  readonly turn: Turn;
}

export interface ToyBot {
  readonly url: string;
  readonly chat: Chat;
  readonly messenger: Messenger;
  readonly sightings: FakeSightings;
  readonly asked: Asked[];
  readonly clicks: Turn[];
  readonly audited: AuditNote[];
  /** One object for each line. */
  readonly logged: Record<string, unknown>[];
  /** Thrown by the next command or click. */
  failWith: Error | undefined;
  /** What a person's role is; Ada is the only admin. */
  roleOf: (person: Person) => Role;
  stop(): Promise<void>;
}

export interface ToyOptions {
  readonly identity?: BotIdentity;
  readonly authority?: TokenAuthority;
  readonly rules?: Partial<DoorRules>;
  readonly sendTimeoutMs?: number;
}

export const DEV_TENANT = 'dev-tenant';

function card(title: string, mode: 'form' | 'plain' = 'plain'): Card {
  const buttons = ['replace', 'post', 'broken', 'admin'].map((verb) => ({
    title: verb,
    data: { verb: `balance.${verb}`, nonce: 'n1' },
  }));
  return noticeCard({ tone: 'info', title, text: 'Toy.', buttons: mode === 'form' ? buttons : [] });
}

const clickData = z.looseObject({ nonce: z.string() });

/** `balance` shows a form whose buttons answer in every way; the others say their name, phrase and rest. */
function toyCommand(bot: ToyBot, name: CommandName): Command {
  const ready = (turn: Turn): void => {
    bot.clicks.push(turn);
    if (bot.failWith !== undefined) throw bot.failWith;
  };
  const click = (role: Role, mode: typeof post): Command['actions'][string] =>
    action(role, clickData, async (data, turn) => {
      ready(turn);
      return mode(card(`clicked ${data.nonce} by ${turn.person.name}`, 'form'));
    });
  return {
    role: name === 'members' ? 'admin' : 'viewer',
    run: async (input, turn) => {
      bot.asked.push({ name, input, turn });
      if (bot.failWith !== undefined) throw bot.failWith;
      if (input.rest === 'huge') return post(card('x'.repeat(30_000)));
      return post(card(`${name}|${input.phrase}|${input.rest}`, name === 'balance' ? 'form' : 'plain'));
    },
    actions: {
      replace: click('viewer', replace),
      post: click('viewer', post),
      admin: click('admin', replace),
    },
  };
}

export async function startToyBot(options: ToyOptions = {}): Promise<ToyBot> {
  const { identity = { kind: 'unauthenticated' }, authority, sendTimeoutMs = 2_000 } = options;
  const logged: Record<string, unknown>[] = [];
  const log = pino(
    { level: 'debug' },
    { write: (line) => void logged.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const rules: DoorRules = {
    authenticated: identity.kind !== 'unauthenticated',
    allowedTenants: [],
    devTenantId: DEV_TENANT,
    serviceHosts: DEFAULT_SERVICE_HOSTS,
    ...options.rules,
  };
  const adapter = createAdapter({
    identity,
    sendTimeoutMs,
    ...(authority === undefined ? {} : { authority }),
  });
  const allows = (serviceUrl: string): boolean => serviceUrlAllowed(serviceUrl, rules);
  const messenger = createMessenger({ adapter, timeoutMs: sendTimeoutMs, allows });
  const sightings = new FakeSightings();
  const roleOf = ({ id }: Person): Role => (id === ADA.aadObjectId.toLowerCase() ? 'admin' : 'viewer');
  const shared = {
    messenger,
    sightings,
    logged,
    roleOf,
    asked: [],
    clicks: [],
    audited: [],
    failWith: undefined,
  };
  const bot = shared as unknown as { -readonly [Key in keyof ToyBot]: ToyBot[Key] };
  const dispatcher = createDispatcher({
    commands: Object.fromEntries(COMMAND_NAMES.map((name) => [name, toyCommand(bot, name)])) as Record<
      CommandName,
      Command
    >,
    services: {} as Services,
    roles: {
      roleOf: async (_tenant, person) => bot.roleOf(person),
      roleIn: async (_account, person) => bot.roleOf(person),
      admins: async () => ['Ada *Admin*'],
    },
    audit: { note: async (note) => void bot.audited.push(note) },
    log,
  });
  const now = (): string => '2026-11-22T12:00:00.000Z';
  bot.chat = createChat({ adapter, messenger, dispatcher, sightings, rules, log, sendTimeoutMs, now });
  const server = toyServer(bot.chat, log);
  bot.url = `http://127.0.0.1:${(await server.listen()).port}`;
  bot.stop = () => server.close();
  return bot;
}

function toyServer(chat: Chat, log: pino.Logger): BotServer {
  return createServer({
    host: '127.0.0.1',
    port: 0,
    log,
    loopbackOnly: true,
    messages: (delivery) => chat.receive(delivery),
    settled: () => chat.settled(),
    ready: async () => ({ ready: true }),
    routes: [],
  });
}
