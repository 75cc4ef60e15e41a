/** Wires whoever takes the money: one of the processors, and what comes with it. */
import { randomUUID } from 'node:crypto';
import type { Clock } from './billing/clock.js';
import { AdminCenterMethods } from './billing/payments/admin-center/admin-center-method.js';
import { AdminCenterProcessor } from './billing/payments/admin-center/admin-center-processor.js';
import { SandboxProcessor } from './billing/payments/sandbox/sandbox-processor.js';
import { SandboxRecord } from './billing/payments/sandbox/sandbox-record.js';
import { SandboxWallet } from './billing/payments/sandbox/sandbox-wallet.js';
import type { MethodChanges, MethodPages } from './billing/payments/method-ports.js';
import type { EventSource } from './billing/payments/event-source.js';
import type { PaymentMethods, PaymentProcessor } from './billing/payments/processor.js';
import type { ProcessorRecord } from './billing/verify/processor-record.js';
import type { AppParts } from './app-parts.js';
import type { ComposedBilling } from './compose-billing.js';
import type { PaymentSettings } from './config.js';
import { sandboxCardRoutes, sandboxRoutes } from './routes.js';
import { composeStripe } from './compose-stripe.js';
import { setupLinks } from './sandbox-cards/links.js';
import type { Route } from './server.js';

/** Whoever takes the money, as the rest of the program sees it. */
export interface Payments {
  readonly kind: PaymentSettings['kind'];
  readonly processor: PaymentProcessor;
  readonly methods: PaymentMethods;
  /** Where people may add, replace and remove stored cards; absent where cards are not this program's affair. */
  readonly wallet?: { readonly pages: MethodPages; readonly changes: MethodChanges };
  /** What its events mean; absent where it tells nothing by itself. */
  readonly events?: EventSource;
  /** The processor's own record, which the ledger is compared with. */
  readonly record: ProcessorRecord;
  /** Its pages and webhooks. */
  routes(composed: ComposedBilling): readonly Route[];
}

export type Compose<K extends PaymentSettings['kind']> = (
  parts: Pick<AppParts, 'config' | 'tables' | 'log'>,
  settings: Extract<PaymentSettings, { kind: K }>,
  clock: Clock,
) => Payments;

const COMPOSE: { readonly [K in PaymentSettings['kind']]: Compose<K> } = {
  sandbox: composeSandbox,
  stripe: composeStripe,
  adminCenter: composeAdminCenter,
};

export function composePayments(parts: Pick<AppParts, 'config' | 'tables' | 'log'>, clock: Clock): Payments {
  const { payments } = parts.config;
  // Each takes the settings of its own kind.
  const compose = COMPOSE[payments.kind] as Compose<PaymentSettings['kind']>;
  return compose(parts, payments, clock);
}

function composeSandbox(
  ...[{ config, tables, log }, { latencyMs }, clock]: Parameters<Compose<'sandbox'>>
): Payments {
  const links = setupLinks(tables.ledger);
  const common = { table: tables.sandbox, publicUrl: config.publicUrl, now: () => clock.now() };
  const wallet = new SandboxWallet({ ...common, links, newId: randomUUID });
  const processor = new SandboxProcessor({
    ...common,
    sleep: (ms) => clock.sleep(ms),
    latencyMs,
    cardOf: (tenant, methodId) => wallet.find(tenant, methodId),
  });
  return {
    kind: 'sandbox',
    processor,
    methods: wallet,
    wallet: { pages: wallet, changes: wallet },
    record: new SandboxRecord(tables.sandbox),
    routes: ({ billing }) => [
      ...sandboxRoutes(processor, billing),
      ...sandboxCardRoutes({ wallet, links, now: common.now }, async (tenant) => {
        // The card is saved, whatever comes of this: the daily look finds it too.
        await billing.reviewCards(tenant).catch((error: unknown) => {
          log.warn({ err: error, tenant }, 'stored cards not reviewed');
        });
      }),
    ],
  };
}

/** It takes no money, so it has no record of any: what people attested can't be compared. */
function composeAdminCenter(...[, { url }]: Parameters<Compose<'adminCenter'>>): Payments {
  return {
    kind: 'adminCenter',
    processor: new AdminCenterProcessor(url),
    methods: new AdminCenterMethods(),
    record: { charges: async () => [] },
    routes: () => [],
  };
}
