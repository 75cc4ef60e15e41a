/** Billing as the bot sees it: every change goes through the ledger's lane, every look through the reader. */
import { fromDecimal, type Money } from './money.js';
import type { Ledger } from './lane/ledger.js';
import type { LedgerCommand, Outcome } from './lane/command.js';
import { chargeUsage, type UsageReceipt } from './ledger/commands/charge-usage.js';
import type { TopUpRequest } from './ledger/commands/request-top-up.js';
import {
  resumeAutoRecharge,
  setAutoRecharge,
  sweepAutoRecharge,
  turnOffAutoRecharge,
  type RuleRequest,
} from './ledger/commands/set-auto-recharge.js';
import { setRole, type RoleRequest } from './ledger/commands/set-role.js';
import { noteUndelivered, tellGatheredCrossings, tellTest } from './ledger/commands/tell.js';
import { resolveIssue } from './ledger/commands/usage-issues.js';
import { dayKeysOf } from './ledger/days.js';
import type {
  Actor,
  Alert,
  AutoRechargeRule,
  Member,
  Payment,
  StoredCall,
  UsageIssue,
} from './ledger/model.js';
import { accepted, rowKeys } from './ledger/world.js';
import { paymentCommands } from './payments/payment-commands.js';
import type { PaymentMethods } from './payments/processor.js';
import type { PaymentSaga } from './payments/saga.js';
import type { LedgerReader } from './reader.js';
import type { JobRunner } from './due/job-runner.js';
import type { UsageIntake } from './usage/intake.js';

export interface BillingDeps {
  readonly ledger: Ledger;
  readonly reader: LedgerReader;
  readonly saga: PaymentSaga;
  readonly intake: UsageIntake;
  readonly methods: PaymentMethods;
  readonly runner: JobRunner;
  readonly limits: { readonly minimum: bigint; readonly maximum: bigint };
  readonly lowBalance: bigint;
  readonly configuredAdmins: readonly string[];
}

const FEW_ROWS = 8;

/** Charging or dismissing a call record that the rules had put aside. */
export interface IssueDecision {
  readonly issue: UsageIssue;
  readonly by: Actor;
  /** In micros of the account's currency; absent to dismiss. */
  readonly charge?: bigint;
}

export class Billing {
  readonly reader: LedgerReader;
  readonly intake: UsageIntake;
  readonly methods: PaymentMethods;
  readonly limits: BillingDeps['limits'];
  private readonly deps: BillingDeps;

  constructor(deps: BillingDeps) {
    this.deps = deps;
    this.reader = deps.reader;
    this.intake = deps.intake;
    this.methods = deps.methods;
    this.limits = deps.limits;
  }

  /** Commits the payment and starts charging it. The answer is the payment as committed, not its outcome. */
  requestTopUp(tenant: string, request: Omit<TopUpRequest, 'limits'>): Promise<Outcome<Payment>> {
    const { limits, lowBalance } = this.deps;
    return this.deps.ledger.submit(tenant, paymentCommands(lowBalance).request({ ...request, limits }));
  }

  /** Waits for the outcome of a payment that is being charged, at most so long; then answers as it stands. */
  async paymentWithin(tenant: string, id: string, withinMs: number): Promise<Payment | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const bound = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, withinMs);
    });
    await Promise.race([this.deps.runner.settled({ tenant, name: 'payment', subject: id }), bound]);
    clearTimeout(timer);
    return this.reader.payment(tenant, id);
  }

  /** Something new is known about a payment (a webhook, a page): ask the processor now. */
  lookAtPayment(tenant: string, id: string): Promise<void> {
    return this.deps.runner.kick({ tenant, name: 'payment', subject: id });
  }

  cancelPayment(tenant: string, id: string, by: Actor): Promise<Payment | undefined> {
    return this.deps.saga.cancel(tenant, id, by);
  }

  setAutoRecharge(tenant: string, request: Omit<RuleRequest, 'limits'>): Promise<Outcome<AutoRechargeRule>> {
    const { limits } = this.deps;
    return this.change(tenant, 'setAutoRecharge', (world, now) =>
      setAutoRecharge(world, { ...request, limits }, now),
    );
  }

  turnOffAutoRecharge(tenant: string, by: Actor): Promise<Outcome<AutoRechargeRule>> {
    return this.change(tenant, 'turnOffAutoRecharge', (world, now) => turnOffAutoRecharge(world, by, now));
  }

  /** "Try again now": ends wait, pause and hold; caps stay. */
  resumeAutoRecharge(tenant: string): Promise<Outcome<AutoRechargeRule>> {
    return this.change(tenant, 'resumeAutoRecharge', resumeAutoRecharge);
  }

  async sweepAutoRecharge(tenant: string): Promise<void> {
    await this.change(tenant, 'sweepAutoRecharge', sweepAutoRecharge);
  }

  async tellGatheredCrossings(tenant: string): Promise<void> {
    await this.change(tenant, 'tellGatheredCrossings', tellGatheredCrossings);
  }

  /** Writes a test alert for one conversation; it takes the path of real ones. */
  async testAlert(tenant: string, test: { only: string; by: Actor }): Promise<void> {
    await this.change(tenant, 'testAlert', (world, now) => tellTest(world, test, now));
  }

  async noteUndelivered(tenant: string, note: { sequence: bigint; undelivered: boolean }): Promise<void> {
    const keys = [rowKeys.alert(note.sequence)];
    await this.deps.ledger.submit<Alert>(tenant, {
      ...quick('noteUndelivered'),
      reads: () => ({ keys }),
      decide: (world) => noteUndelivered(world, note),
    });
  }

  setRole(tenant: string, request: Omit<RoleRequest, 'configuredAdmins'>): Promise<Outcome<Member>> {
    const { configuredAdmins } = this.deps;
    return this.deps.ledger.submit(tenant, {
      ...quick('setRole'),
      reads: () => ({ prefixes: ['member:'] }),
      decide: (world, now) => setRole(world, { ...request, configuredAdmins }, now),
    });
  }

  /** One transaction: the verdict, and the debit that goes with it. */
  decideIssue(tenant: string, { issue, by, charge }: IssueDecision): Promise<Outcome<UsageIssue>> {
    const call = charge === undefined ? undefined : callOf(issue, charge);
    const { lowBalance } = this.deps;
    return this.deps.ledger.submit<UsageIssue>(tenant, {
      ...quick('decideIssue'),
      reads: (account) => ({
        keys: [
          rowKeys.issue(issue.id),
          ...(call === undefined
            ? []
            : [rowKeys.call(call.id), ...dayKeysOf([call.start], account.timeZone)]),
        ],
      }),
      decide: (world, now) => {
        const state = call === undefined ? 'dismissed' : 'charged';
        const resolved = resolveIssue(world, { id: issue.id, state, by }, now);
        if (resolved.kind === 'refused' || call === undefined) return resolved;
        const batch = { reference: issue.id, calls: [call], lowBalance, by };
        const charged = chargeUsage(resolved.world, batch, now);
        return charged.kind === 'refused' ? charged : accepted(charged.world, resolved.answer);
      },
    });
  }

  private change<A>(tenant: string, name: string, decide: LedgerCommand<A>['decide']): Promise<Outcome<A>> {
    return this.deps.ledger.submit(tenant, { ...quick(name), reads: () => ({}), decide });
  }
}

function quick(name: string): Pick<LedgerCommand<unknown>, 'name' | 'priority' | 'rowsMax'> {
  return { name, priority: 'person', rowsMax: FEW_ROWS };
}

/** The call of an issue, as far as the row could be read; the charge is the admin's word. */
function callOf(issue: UsageIssue, charge: bigint): StoredCall {
  const raw = parseRaw(issue.raw);
  const text = (name: string): string => (typeof raw[name] === 'string' ? raw[name] : '');
  const start = new Date(text('startDateTime'));
  const known = Number.isNaN(start.getTime()) ? issue.at : start.toISOString();
  const texts = Object.entries(raw).filter(
    (field): field is [string, string] => typeof field[1] === 'string',
  );
  return {
    type: 'call',
    id: text('id') === '' ? issue.id : text('id'),
    charge,
    connectionCharge: 0n,
    start: known,
    durationSeconds: typeof raw['duration'] === 'number' ? raw['duration'] : 0,
    source: issue.source,
    details: Object.fromEntries(texts.filter(([name]) => !NOT_DETAILS.includes(name))),
  };
}

const NOT_DETAILS = ['id', 'startDateTime', 'currency'];

function parseRaw(raw: string): Readonly<Record<string, unknown>> {
  const parsed: unknown = JSON.parse(raw);
  return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
}

/** What the biller asked for in the row, where it is a number in the account's own currency: offered, never assumed. */
export function suggestedCharge(issue: UsageIssue, currency: Money['currency']): bigint | undefined {
  const raw = parseRaw(issue.raw);
  if (raw['currency'] !== currency || typeof raw['charge'] !== 'number' || raw['charge'] < 0)
    return undefined;
  return fromDecimal(raw['charge'].toFixed(6));
}

export type { UsageReceipt };
