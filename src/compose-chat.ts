/** Wires the chat: who may talk, what is understood, how it is answered, and how the bot speaks up by itself. */
import { randomBytes, randomUUID } from 'node:crypto';
import { machineClock } from './billing/clock.js';
import { createAdapter, type BotIdentity } from './bot/adapter.js';
import { AlertSender } from './bot/alerts/alert-sender.js';
import { DeliveryStore } from './bot/alerts/delivery-store.js';
import { DestinationStore } from './bot/alerts/destination-store.js';
import { alertDrawer } from './bot/alerts/draw-alert.js';
import { ROUND_PATIENCE } from './bot/alerts/tell-one.js';
import { TableAudit } from './bot/audit.js';
import { commands } from './bot/commands/index.js';
import { createDispatcher } from './bot/dispatcher.js';
import { formTokens, loadFormKey } from './bot/form-token.js';
import { DEFAULT_SERVICE_HOSTS, serviceUrlAllowed, type DoorRules } from './bot/front-door.js';
import { MetPeople, type LookUp } from './bot/known-people.js';
import { memberLookUp } from './bot/member-lookup.js';
import { createMessenger, EMULATOR_CHANNEL, type Messenger } from './bot/messenger.js';
import { paymentShower } from './bot/payment-shower.js';
import { LedgerRoles } from './bot/roles.js';
import { createChat, type Chat } from './bot/seam.js';
import type { Services } from './bot/services.js';
import type { AppParts } from './app-parts.js';
import type { ComposedBilling, Voice } from './compose-billing.js';
import type { Payments } from './compose-payments.js';
import type { Config } from './config.js';
import { senderLog } from './log.js';

const SEND_MS_MAX = 10_000;
/** Within a turn, whose answer has to follow. */
const LOOK_UP_MS_MAX = 2_500;

/** Builds the chat over a composed billing, and gives billing its voice. */
export async function composeChat(
  parts: AppParts,
  { composed, payments, now }: { composed: ComposedBilling; payments: Payments; now: () => string },
): Promise<Chat> {
  const { config, log, authority, sendTimeoutMs = SEND_MS_MAX } = parts;
  const rules = doorRules(config);
  const identity = identityOf(config);
  const adapter = createAdapter({ identity, sendTimeoutMs, ...(authority !== undefined && { authority }) });
  const allows = (serviceUrl: string): boolean => serviceUrlAllowed(serviceUrl, rules);
  const messenger = createMessenger({ adapter, timeoutMs: sendTimeoutMs, allows });
  const lookUp = memberLookUp({ adapter, timeoutMs: LOOK_UP_MS_MAX, allows });
  const people = peopleOf(parts, composed, { lookUp, now });
  composed.connect(voiceOf(parts, { composed, people, messenger, now }));
  const services = await servicesOf(parts, { composed, payments, people, now });
  const { roles, audit } = services;
  const dispatcher = createDispatcher({ commands, services, roles, audit, log });
  const sightings = people.destinations;
  return createChat({ adapter, messenger, dispatcher, sightings, rules, log, sendTimeoutMs, now });
}

async function servicesOf(
  { config, tables, log }: AppParts,
  { composed, payments, people, now }: Omit<VoiceParts, 'messenger'> & { readonly payments: Payments },
): Promise<Services> {
  return {
    billing: composed.billing,
    graph: composed.graph,
    paidBy: payments.kind,
    ...(payments.wallet !== undefined && { wallet: payments.wallet }),
    tokens: formTokens(await loadFormKey(tables.ledger)),
    destinations: people.destinations,
    roles: people.roles,
    people: people.met,
    audit: new TableAudit({ table: tables.ledger, now, random: () => randomBytes(6).toString('hex'), log }),
    newId: randomUUID,
    presets: config.presets,
  };
}

interface People {
  readonly destinations: DestinationStore;
  readonly met: MetPeople;
  readonly roles: LedgerRoles;
}

function peopleOf(
  { config, tables }: AppParts,
  { billing }: ComposedBilling,
  { lookUp, now }: { readonly lookUp: LookUp; readonly now: () => string },
): People {
  const destinations = new DestinationStore(tables.ledger, now);
  const met = new MetPeople({ destinations, reader: billing.reader, lookUp });
  const roles = new LedgerRoles({
    reader: billing.reader,
    configuredAdmins: config.adminIds,
    people: met,
    everyoneIsAdminOn: (channelId) =>
      config.chat.kind === 'unauthenticated' && channelId === EMULATOR_CHANNEL,
  });
  return { destinations, met, roles };
}

interface VoiceParts {
  readonly composed: ComposedBilling;
  readonly people: People;
  readonly messenger: Messenger;
  readonly now: () => string;
}

function voiceOf({ config, tables, log }: AppParts, { composed, people, messenger, now }: VoiceParts): Voice {
  const { destinations, roles } = people;
  const { timeZone } = config;
  const sender = new AlertSender({
    billing: composed.billing,
    destinations,
    deliveries: new DeliveryStore({
      table: tables.ledger,
      now,
      monotonic: () => machineClock.monotonic(),
      instance: randomUUID(),
    }),
    messenger,
    patience: ROUND_PATIENCE,
    now,
    admins: async (tenant) => {
      const isAdmin = await roles.adminsOf(tenant);
      return ({ person, conversation }) => person !== undefined && isAdmin(person, conversation.channelId);
    },
    draw: alertDrawer(timeZone),
    log: senderLog(log),
  });
  return {
    deliverAlert: (tenant, sequence) => sender.deliver(tenant, sequence),
    showPayment: paymentShower({ destinations, messenger, timeZone, log }),
  };
}

function doorRules(config: Config): DoorRules {
  return {
    authenticated: config.chat.kind === 'authenticated',
    allowedTenants: config.allowedTenants,
    devTenantId: config.devTenantId,
    serviceHosts: config.serviceHosts ?? DEFAULT_SERVICE_HOSTS,
  };
}

function identityOf({ chat }: Config): BotIdentity {
  if (chat.kind === 'unauthenticated') return { kind: 'unauthenticated' };
  const { appId, appTenantId: tenantId = '', appPassword: password = '' } = chat;
  switch (chat.appType) {
    case 'SingleTenant':
      return { kind: 'SingleTenant', appId, tenantId, password };
    case 'UserAssignedMSI':
      return { kind: 'UserAssignedMSI', appId, tenantId };
    case 'MultiTenant':
      return { kind: 'MultiTenant', appId, password };
  }
}
