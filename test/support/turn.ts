/** Everything a command is handed, without a chat: a turn, services over a test billing, and fakes that can be looked at. */
import { formTokens } from '../../src/bot/form-token.js';
import type { Command, Reply } from '../../src/bot/command.js';
import type { Account } from '../../src/billing/ledger/model.js';
import type { Destination, Destinations } from '../../src/bot/alerts/destinations.js';
import type { Audit, AuditNote, KnownPeople, KnownPerson, Roles } from '../../src/bot/ports.js';
import type { Services } from '../../src/bot/services.js';
import type { ConversationRef, Mention, Person, Role, Turn } from '../../src/bot/turn.js';
import { speechFor } from '../../src/cards/speech.js';
import { ADMIN, START, TENANT, TEST_SETTINGS, usd, type TestBilling } from './billing.js';

/** Fixed, so that a token of one test can be opened by another services object over the same billing. */
const FORM_KEY = Buffer.alloc(32, 7);

export const VIEWER: Person = { id: 'viewer-1', channelAccountId: '29:viewer-1', name: 'Vera Viewer' };
export const ADMIN_PERSON: Person = { id: ADMIN.id, channelAccountId: '29:admin-1', name: ADMIN.name };

export interface TestTurnOptions {
  readonly role?: Role;
  readonly locale?: string;
  readonly timeZone?: string;
  readonly tenant?: string;
  readonly person?: Person;
  readonly conversation?: Partial<ConversationRef>;
  readonly mentions?: readonly Mention[];
  readonly cardActivityId?: string;
  readonly now?: string;
}

/** A turn in Ada's personal chat, unless told otherwise. A viewer is Vera. */
export function testTurn(options: TestTurnOptions = {}): Turn {
  const { locale = 'en-US', timeZone, conversation: place, ...rest } = options;
  const conversation = { ...PERSONAL_CHAT, ...place };
  return {
    tenant: TENANT,
    role: 'admin',
    person: options.role === 'viewer' ? VIEWER : ADMIN_PERSON,
    speech: speechFor(locale, timeZone),
    conversation,
    replyIn: conversation.id,
    mentions: [],
    now: START,
    correlationId: 'correlation-1',
    ...rest,
  };
}

const PERSONAL_CHAT: ConversationRef = {
  key: 'conversation-1',
  id: 'a:personal-1',
  kind: 'personal',
  channelId: 'msteams',
  serviceUrl: 'https://smba.trafficmanager.net/emea/',
  bot: { id: '28:bot', name: 'Credits' },
};

/** Remembers places in the order in which they first asked for alerts. */
export class FakeDestinations implements Destinations {
  readonly known = new Map<string, Destination>();

  async setAlerts(tenant: string, conversation: ConversationRef, alerts: 'on' | 'off'): Promise<void> {
    const key = `${tenant}|${conversation.key}`;
    const { locale = '', person } = this.known.get(key) ?? {};
    this.known.set(key, { conversation, locale, alerts, ...(person !== undefined && { person }) });
  }

  async find(tenant: string, conversationKey: string): Promise<Destination | undefined> {
    return this.known.get(`${tenant}|${conversationKey}`);
  }

  async list(tenant: string): Promise<readonly Destination[]> {
    return [...this.known].filter(([key]) => key.startsWith(`${tenant}|`)).map(([, value]) => value);
  }
}

/** The person behind a mention is found by the channel's id, `29:<id>`. */
export class FakePeople implements KnownPeople {
  people: readonly KnownPerson[] = [];

  async list(): Promise<readonly KnownPerson[]> {
    return this.people;
  }

  async find(_tenant: string, channelAccountId: string): Promise<KnownPerson | undefined> {
    return this.people.find((person) => channelAccountId === `29:${person.id}`);
  }
}

export class FakeAudit implements Audit {
  readonly notes: AuditNote[] = [];

  async note(note: AuditNote): Promise<void> {
    this.notes.push(note);
  }
}

/** Configured admins, and whoever the ledger made one. */
class LedgerRoles implements Roles {
  private readonly billing: TestBilling;
  constructor(billing: TestBilling) {
    this.billing = billing;
  }

  async roleOf(tenant: string, person: Person): Promise<Role> {
    if (TEST_SETTINGS.configuredAdmins.includes(person.id)) return 'admin';
    return (await this.billing.billing.reader.member(tenant, person.id))?.role ?? 'viewer';
  }

  roleIn({ tenant }: Account, person: Person): Promise<Role> {
    return this.roleOf(tenant, person);
  }

  async admins(tenant: string): Promise<readonly string[]> {
    const members = await this.billing.billing.reader.members(tenant);
    return [ADMIN.name, ...members.filter(({ role }) => role === 'admin').map(({ name }) => name)];
  }
}

export interface TestServices extends Services {
  readonly destinations: FakeDestinations;
  readonly people: FakePeople;
  readonly audit: FakeAudit;
}

/** What a command gets from the composition root, over a test's billing; ids are `new-1`, `new-2`, … */
export function testServices(billing: TestBilling, more: Partial<TestServices> = {}): TestServices {
  let ids = 0;
  return {
    billing: billing.billing,
    graph: billing.graph,
    tokens: formTokens(FORM_KEY),
    destinations: new FakeDestinations(),
    roles: new LedgerRoles(billing),
    people: new FakePeople(),
    audit: new FakeAudit(),
    newId: () => `new-${(ids += 1)}`,
    paidBy: 'sandbox',
    presets: [usd(20), usd(50), usd(100), usd(250)],
    ...more,
  };
}

export interface Scene {
  readonly turn: Turn;
  readonly services: Services;
}

/** Types the command's phrase, and `rest` behind it. */
export function say(
  command: Command,
  scene: Scene,
  typed: { phrase?: string; intent?: string; rest?: string } = {},
) {
  return command.run({ phrase: '', rest: '', ...typed }, scene.turn, scene.services);
}

/**
 * Clicks a button: what its card sends back goes to the action that its verb names, as the dispatcher does it.
 * @throws where the command has no such action; the role is not checked.
 */
export async function click(command: Command, scene: Scene, data: unknown): Promise<Reply | 'malformed'> {
  const { verb = '' } = data as { verb?: string };
  const name = verb.slice(verb.indexOf('.') + 1);
  const action = Object.hasOwn(command.actions, name) ? command.actions[name] : undefined;
  if (action === undefined) throw new Error(`no action for ${verb}`);
  return action.run(data, scene.turn, scene.services);
}

/** Like `click`, where anything but a card is a failure of the test. */
export async function clicked(command: Command, scene: Scene, data: unknown): Promise<Reply> {
  const reply = await click(command, scene, data);
  if (reply === 'malformed') throw new Error(`malformed: ${JSON.stringify(data)}`);
  return reply;
}
