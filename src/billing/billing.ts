/** Billing as the bot sees it: every change goes through the ledger's lane, every look through the reader. */
import type { Clock } from './clock.js';
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
import { watchLow } from './ledger/watch.js';
import { accepted, refused, rowKeys, type Decision, type World } from './ledger/world.js';
import { paymentCommands } from './payments/payment-commands.js';
import type { PaymentMethods } from './payments/processor.js';
import type { PaymentSaga } from './payments/saga.js';
import type { LedgerReader } from './reader.js';
import type { JobRunner } from './due/job-runner.js';
import { within } from './due/within.js';
import type { UsageIntake } from './usage/intake.js';
import { callOfIssue } from './usage/issue-call.js';

export interface BillingDeps {
  readonly ledger: Ledger;
  readonly reader: LedgerReader;
  readonly saga: PaymentSaga;
  readonly intake: UsageIntake;
  readonly methods: PaymentMethods;
  readonly runner: JobRunner;
  readonly clock: Clock;
  readonly limits: { readonly minimum: bigint; readonly maximum: bigint };
  readonly lowBalance: bigint;
  readonly configuredAdmins: readonly string[];
}

const FEW_ROWS = 8;

/** A confirmation of a person, by the id minted when it was offered. */
export type Click = NonNullable<LedgerCommand<unknown>['operation']>;

/** Charging or dismissing a call record that the rules had put aside. */
export interface IssueDecision {
  readonly issue: UsageIssue;
  readonly by: Actor;
  /** In micros of the account's currency; absent to dismiss. */
  readonly charge?: bigint;
}

export interface DecidedIssue {
  readonly issue: UsageIssue;
  readonly balanceBefore: bigint;
  readonly balanceAfter: bigint;
}

interface Verdict {
  readonly issue: UsageIssue;
  readonly by: Actor;
  readonly call: StoredCall | undefined;
}

export class Billing {
  readonly reader: LedgerReader;
  readonly intake: UsageIntake;
  readonly methods: PaymentMethods;
  readonly limits: BillingDeps['limits'];
  /** Entra object ids that the configuration makes admins unless a member row says otherwise. */
  readonly configuredAdmins: readonly string[];
  private readonly deps: BillingDeps;

  constructor(deps: BillingDeps) {
    this.deps = deps;
    this.reader = deps.reader;
    this.intake = deps.intake;
    this.methods = deps.methods;
    this.limits = deps.limits;
    this.configuredAdmins = deps.configuredAdmins;
  }

  /** Commits the payment and starts charging it. The answer is the payment as committed, not its outcome. */
  requestTopUp(tenant: string, request: Omit<TopUpRequest, 'limits'>): Promise<Outcome<Payment>> {
    const { limits, lowBalance } = this.deps;
    return this.deps.ledger.submit(tenant, paymentCommands(lowBalance).request({ ...request, limits }));
  }

  /** Waits for the outcome of a payment that is being charged, at most so long; then answers as it stands. */
  async paymentWithin(tenant: string, id: string, withinMs: number): Promise<Payment | undefined> {
    await within(
      this.deps.clock,
      withinMs,
      this.deps.runner.settled({ tenant, name: 'payment', subject: id }),
    );
    return this.reader.payment(tenant, id);
  }

  /** Something new is known about a payment (a webhook, a page): ask the processor now. */
  lookAtPayment(tenant: string, id: string): Promise<void> {
    return this.deps.runner.kick({ tenant, name: 'payment', subject: id });
  }

  cancelPayment(tenant: string, id: string, by: Actor): Promise<Payment | undefined> {
    return this.deps.saga.cancel(tenant, id, by);
  }

  setAutoRecharge(
    tenant: string,
    request: Omit<RuleRequest, 'limits'>,
    click?: Click,
  ): Promise<Outcome<AutoRechargeRule>> {
    const { limits, lowBalance } = this.deps;
    const decide: LedgerCommand<AutoRechargeRule>['decide'] = (world, now) =>
      alsoWatched(setAutoRecharge(world, { ...request, limits }, now), {
        at: now,
        by: request.by,
        lowBalance,
      });
    return this.deps.ledger.submit(tenant, { ...once('setAutoRecharge', click), reads: () => ({}), decide });
  }

  turnOffAutoRecharge(tenant: string, by: Actor): Promise<Outcome<AutoRechargeRule>> {
    const { lowBalance } = this.deps;
    return this.change(tenant, 'turnOffAutoRecharge', (world, now) =>
      alsoWatched(turnOffAutoRecharge(world, by, now), { at: now, by, lowBalance }),
    );
  }

  /** "Try again now": ends wait, pause and hold; caps stay. */
  resumeAutoRecharge(tenant: string, click?: Click): Promise<Outcome<AutoRechargeRule>> {
    const command = { ...once('resumeAutoRecharge', click), reads: () => ({}), decide: resumeAutoRecharge };
    return this.deps.ledger.submit(tenant, command);
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

  /** Somebody hears alerts again: what reached nobody is told now. */
  async tellUndelivered(tenant: string): Promise<void> {
    const { undelivered } = await this.reader.account(tenant);
    for (const sequence of undelivered)
      void this.deps.runner.kick({ tenant, name: 'alert', subject: sequence.toString() });
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

  /**
   * One transaction: the verdict, and the debit that goes with it. Refused as `otherContent` where the record was charged
   * from another source already, which alone may correct it.
   */
  decideIssue(tenant: string, { issue, by, charge }: IssueDecision): Promise<Outcome<DecidedIssue>> {
    const call = charge === undefined ? undefined : callOfIssue(issue, charge);
    return this.deps.ledger.submit<DecidedIssue>(tenant, {
      ...quick('decideIssue'),
      reads: (account) => ({
        keys: [
          rowKeys.issue(issue.id),
          ...(call === undefined
            ? []
            : [rowKeys.call(call.id), ...dayKeysOf([call.start], account.timeZone)]),
        ],
      }),
      decide: (world, now) => this.decided(world, { issue, by, call }, now),
    });
  }

  private decided(world: World, verdict: Verdict, now: string): Decision<DecidedIssue> {
    const { issue, by, call } = verdict;
    const state = call === undefined ? 'dismissed' : 'charged';
    const resolved = resolveIssue(world, { id: issue.id, state, by }, now);
    if (resolved.kind === 'refused') return resolved;
    const balanceBefore = world.account.balance;
    const answer = { issue: resolved.answer, balanceBefore, balanceAfter: balanceBefore };
    if (call === undefined) return accepted(resolved.world, answer);
    const { lowBalance } = this.deps;
    const charged = chargeUsage(resolved.world, { reference: issue.id, calls: [call], lowBalance, by }, now);
    if (charged.kind === 'refused') return charged;
    if (charged.answer.otherSource > 0) return refused('otherContent');
    return accepted(charged.world, { ...answer, balanceAfter: charged.answer.balance });
  }

  private change<A>(tenant: string, name: string, decide: LedgerCommand<A>['decide']): Promise<Outcome<A>> {
    return this.deps.ledger.submit(tenant, { ...quick(name), reads: () => ({}), decide });
  }
}

/** The same click again is answered like the first time: it neither resets a pause nor charges twice. */
function once(name: string, click: Click | undefined): ReturnType<typeof quick> & { operation?: Click } {
  return { ...quick(name), ...(click !== undefined && { operation: click }) };
}

/** Another rule is another threshold: the balance may be low by it, or no longer. */
function alsoWatched<A>(decision: Decision<A>, cause: Parameters<typeof watchLow>[1]): Decision<A> {
  if (decision.kind === 'refused') return decision;
  return accepted(watchLow(decision.world, cause), decision.answer);
}

function quick(name: string): Pick<LedgerCommand<unknown>, 'name' | 'priority' | 'rowsMax'> {
  return { name, priority: 'person', rowsMax: FEW_ROWS };
}

export { suggestedCharge } from './usage/issue-call.js';
export type { UsageReceipt };
