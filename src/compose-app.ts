/** Wires the whole program over its tables; see docs/decisions/0005. */
import { randomUUID } from 'node:crypto';
import { machineClock, type Clock } from './billing/clock.js';
import type { AppParts } from './app-parts.js';
import { composeBilling, type ComposedBilling } from './compose-billing.js';
import { composeChat } from './compose-chat.js';
import { composeGraph } from './compose-graph.js';
import { composePayments, type Payments } from './compose-payments.js';
import type { Config } from './config.js';
import { jobLog, scanLog, usageLog } from './log.js';
import { usageRoute } from './routes.js';
import { createServer, type BotServer, type ReadyReport } from './server.js';

export interface App {
  readonly billing: ComposedBilling;
  readonly payments: Payments;
  readonly server: BotServer;
  start(): Promise<{ readonly port: number }>;
  /** Finishes the turns and the work in progress, bounded in time. */
  stop(): Promise<void>;
}

const ROUND_MS = 3_000;
const ROUNDS_PER_LEASE = 10;
const STOP_MS_MAX = 8_000;

export async function composeApp(parts: AppParts): Promise<App> {
  const { config, tables, log } = parts;
  await Promise.all([tables.ledger.ensure(), tables.due.ensure(), tables.sandbox.ensure()]);
  const clock: Clock = parts.now === undefined ? machineClock : { ...machineClock, now: parts.now };
  const payments = composePayments(parts, clock);
  const composed = billingOf(parts, { payments, clock });
  const chat = await composeChat(parts, { composed, payments, now: () => clock.now() });
  const server = createServer({
    host: config.host,
    port: config.port,
    log,
    loopbackOnly: config.chat.kind === 'unauthenticated',
    messages: (delivery) => chat.receive(delivery),
    ready: () => readiness(composed),
    routes: [usageRoute(usageDeps(config, composed)), ...payments.routes(composed)],
    settled: () => chat.settled(),
  });
  return {
    billing: composed,
    payments,
    server,
    start: async () => {
      const { port } = await server.listen();
      composed.runner.startRounds(parts.roundMs ?? ROUND_MS);
      return { port };
    },
    stop: async () => {
      await server.close();
      await composed.runner.stop(STOP_MS_MAX);
    },
  };
}

function billingOf(
  parts: AppParts,
  { payments, clock }: { payments: Payments; clock: Clock },
): ComposedBilling {
  const { config, tables, log, roundMs } = parts;
  const calls = composeGraph(parts, clock);
  const { currency, timeZone, limits, lowBalance, adminIds, addConnectionCharge, callDetailDays } = config;
  return composeBilling({
    table: tables.ledger,
    dueTable: tables.due,
    processor: payments.processor,
    methods: payments.methods,
    ...(payments.events !== undefined && { events: payments.events }),
    accounts: tables.ledger,
    ...(calls !== undefined && { graph: calls }),
    log: { ...jobLog(log), ...scanLog(log), ...usageLog(log) },
    clock,
    random: Math.random,
    newId: randomUUID,
    settings: {
      defaults: { currency, timeZone },
      limits,
      lowBalance,
      configuredAdmins: adminIds,
      addConnectionCharge,
      callDetailDays,
    },
    ...(roundMs !== undefined && { leaseMs: roundMs * ROUNDS_PER_LEASE }),
  });
}

/** A tenant is known when it may talk to the bot, or has an account already. */
function usageDeps(config: Config, { billing }: ComposedBilling) {
  const listed = (tenant: string): boolean =>
    config.allowedTenants.includes(tenant) ||
    (config.chat.kind === 'unauthenticated' && tenant === config.devTenantId);
  return {
    intake: billing.intake,
    keys: config.usageKeys,
    isKnownTenant: async (tenant: string) => listed(tenant) || billing.reader.exists(tenant),
  };
}

/** Storage answers; what waits for an operator is a number that never changes the status. */
async function readiness({ queue }: ComposedBilling): Promise<ReadyReport> {
  const [parkedJobs, undeliveredAlerts] = await Promise.all([queue.countParked(), queue.countUndelivered()]);
  return { ready: true, details: { parkedJobs, undeliveredAlerts } };
}
