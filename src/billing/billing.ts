/** Billing as the bot sees it: every change goes through the ledger's lane, every look through the reader. */
import { lookAtCards } from './card-review.js';
import type { Clock } from './clock.js';
import { Corrections } from './corrections.js';
import type { Ledger } from './lane/ledger.js';
import type { LedgerCommand, LedgerCommandName, Outcome } from './lane/command.js';
import type { Adjusted } from './ledger/commands/adjust.js';
import type { UsageReceipt } from './ledger/commands/charge-usage.js';
import type { DecidedIssue } from './ledger/commands/decide-issue.js';
import type { TopUpRequest } from './ledger/commands/request-top-up.js';
import type { BackupsRequest } from './ledger/commands/set-backups.js';
import type { RuleRequest } from './ledger/commands/set-auto-recharge.js';
import type { MeteringRequest } from './ledger/commands/set-metering.js';
import { setRole, type RoleRequest } from './ledger/commands/set-role.js';
import { tellGatheredCrossings, tellTest } from './ledger/commands/tell.js';
import type {
  Account,
  Actor,
  AutoRechargeRule,
  ChosenMethod,
  Member,
  Metering,
  Payment,
  StoredCall,
} from './ledger/model.js';
import { nothingElse, type Also } from './payments/event-commands.js';
import { paymentCommands } from './payments/payment-commands.js';
import { PeoplesWord } from './peoples-word.js';
import type { PaymentMethods } from './payments/processor.js';
import type { PaymentSaga } from './payments/saga.js';
import type { LedgerReader } from './reader.js';
import { rechargeCommands, type RechargeCommands } from './recharge-commands.js';
import type { JobRunner } from './due/job-runner.js';
import { within } from './due/within.js';
import type { UndeliveredAlerts, UndeliveredNote } from './undelivered.js';
import type { UsageIntake } from './usage/intake.js';
import { UsageDecisions, type IssueDecision } from './usage-decisions.js';

export interface BillingDeps {
  readonly ledger: Ledger;
  readonly reader: LedgerReader;
  readonly saga: PaymentSaga;
  readonly intake: UsageIntake;
  readonly methods: PaymentMethods;
  readonly runner: JobRunner;
  readonly undelivered: UndeliveredAlerts;
  /** A call as it may be stored, by its age. */
  readonly kept: (call: StoredCall) => StoredCall;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly limits: { readonly minimum: bigint; readonly maximum: bigint };
  readonly lowBalance: bigint;
  readonly configuredAdmins: readonly string[];
}

/** Account, operation, a row of its own, and the alerts that it tells or heals. */
const FEW_ROWS = 6;

/** A confirmation of a person, by the id minted when it was offered. */
export type Click = NonNullable<LedgerCommand<unknown>['operation']>;

/** For a click whose answer replaces this card (its activity's id), so that nobody else has to bring it up to date. */
export interface CardWait {
  readonly withinMs: number;
  readonly card?: string;
}

export class Billing {
  readonly reader: LedgerReader;
  readonly intake: UsageIntake;
  readonly methods: PaymentMethods;
  readonly word: PeoplesWord;
  readonly limits: BillingDeps['limits'];
  /** Entra object ids that the configuration makes admins unless a member row says otherwise. */
  readonly configuredAdmins: readonly string[];
  private readonly deps: BillingDeps;
  private readonly recharge: RechargeCommands;
  private readonly corrections: Corrections;
  private readonly usage: UsageDecisions;

  constructor(deps: BillingDeps) {
    this.deps = deps;
    this.recharge = rechargeCommands(deps);
    this.corrections = new Corrections(deps);
    this.word = new PeoplesWord(deps);
    this.usage = new UsageDecisions(deps);
    this.reader = deps.reader;
    this.intake = deps.intake;
    this.methods = deps.methods;
    this.limits = deps.limits;
    this.configuredAdmins = deps.configuredAdmins;
  }

  /** The account as it stands in the table; what is changed right after it needs no reading of its own. */
  account(tenant: string): Promise<Account> {
    return this.deps.ledger.look(tenant);
  }

  /** Commits the payment and starts charging it. The answer is the payment as committed, not its outcome. */
  requestTopUp(tenant: string, request: Omit<TopUpRequest, 'limits'>): Promise<Outcome<Payment>> {
    const { limits, lowBalance } = this.deps;
    return this.deps.ledger.submit(tenant, paymentCommands(lowBalance).request({ ...request, limits }));
  }

  /** Waits for the outcome of a payment that is being charged, at most so long; then answers as it stands. */
  paymentWithin(tenant: string, id: string, wait: number | CardWait): Promise<Payment | undefined> {
    const { withinMs, ...answering } = typeof wait === 'number' ? { withinMs: wait } : wait;
    return this.within(tenant, { name: 'payment', subject: id, ...answering }, withinMs);
  }

  private async within(
    tenant: string,
    { name, subject, card }: { name: 'payment' | 'refund'; subject: string; card?: string },
    withinMs: number,
  ): Promise<Payment | undefined> {
    const news = this.deps.saga.listen(tenant, subject, card);
    try {
      await within(this.deps.clock, withinMs, this.deps.runner.settled({ tenant, name, subject }));
    } finally {
      news.end();
    }
    return news.last() ?? this.reader.payment(tenant, subject);
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
    return this.deps.ledger.submit(tenant, this.recharge.set(request, click));
  }

  turnOffAutoRecharge(tenant: string, by: Actor): Promise<Outcome<AutoRechargeRule>> {
    return this.deps.ledger.submit(tenant, this.recharge.turnOff(by));
  }

  /** "Try again now": ends wait, pause, hold and what the breaker stopped; caps stay. */
  resumeAutoRecharge(tenant: string, by: Actor, click?: Click): Promise<Outcome<AutoRechargeRule>> {
    return this.deps.ledger.submit(tenant, this.recharge.resume(by, click ?? this.asked()));
  }

  /** See {@link BackupsRequest}: refused where there are too many, or one of them twice. */
  setBackups(
    tenant: string,
    request: BackupsRequest,
    click?: Click,
  ): Promise<Outcome<readonly ChosenMethod[]>> {
    return this.deps.ledger.submit(tenant, this.recharge.backups(request, click));
  }

  /**
   * Looks at the stored cards, and tells the ledger what that means for auto-recharge. Asking again changes nothing. Where
   * people chose others meanwhile, it looks again: the list may be older than their choice.
   *
   * @throws CardsUnknown where they go on choosing, and whatever the processor's adapter throws where it has no clear answer: then nothing is changed
   */
  async reviewCards(tenant: string, also: Also = nothingElse): Promise<void> {
    const { ledger, reader } = this.deps;
    await lookAtCards({ ledger, reader, methods: this.methods, commands: this.recharge }, tenant, also);
  }

  async sweepAutoRecharge(tenant: string): Promise<void> {
    await this.deps.ledger.submit(tenant, this.recharge.sweep(this.asked()));
  }

  async tellGatheredCrossings(tenant: string): Promise<void> {
    await this.change(tenant, 'tellGatheredCrossings', tellGatheredCrossings);
  }

  /** Writes a test alert for one conversation; it takes the path of real ones. */
  async testAlert(tenant: string, test: { only: string; by: Actor }): Promise<void> {
    await this.deps.ledger.submit<{ readonly sequence: bigint }>(tenant, {
      ...quick('testAlert'),
      operation: this.asked(),
      reads: () => ({}),
      decide: (world, now) => tellTest(world, test, now),
    });
  }

  /** See {@link UndeliveredAlerts.tell}. */
  tellUndelivered(tenant: string): Promise<void> {
    return this.deps.undelivered.tell(tenant);
  }

  /** See {@link UndeliveredAlerts.note}. */
  noteUndelivered(tenant: string, note: UndeliveredNote): Promise<void> {
    return this.deps.undelivered.note(tenant, note);
  }

  /** See {@link Corrections.expireLots}. */
  expireLots(tenant: string): Promise<void> {
    return this.corrections.expireLots(tenant);
  }

  requestRefund(
    tenant: string,
    request: { readonly paymentId: string; readonly by: Actor },
    click: Click,
  ): Promise<Outcome<Payment>> {
    return this.corrections.requestRefund(tenant, request, click);
  }

  /** Waits for what becomes of a refund, at most so long; then answers with its payment as it stands. */
  refundWithin(tenant: string, paymentId: string, withinMs: number): Promise<Payment | undefined> {
    return this.within(tenant, { name: 'refund', subject: paymentId }, withinMs);
  }

  adjust(...asked: Parameters<Corrections['adjust']>): Promise<Outcome<Adjusted>> {
    return this.corrections.adjust(...asked);
  }

  /** From when on calls are charged. */
  setMetering(tenant: string, request: MeteringRequest, click?: Click): Promise<Outcome<Metering>> {
    return this.usage.setMetering(tenant, request, click ?? this.asked());
  }

  setRole(tenant: string, request: Omit<RoleRequest, 'configuredAdmins'>): Promise<Outcome<Member>> {
    const { configuredAdmins } = this.deps;
    return this.deps.ledger.submit(tenant, {
      ...quick('setRole'),
      reads: () => ({ prefixes: ['member:'] }),
      decide: (world, now) => setRole(world, { ...request, configuredAdmins }, now),
    });
  }

  /** See {@link UsageDecisions.decideIssue}. */
  decideIssue(tenant: string, decision: IssueDecision): Promise<Outcome<DecidedIssue>> {
    return this.usage.decideIssue(tenant, decision, this.asked());
  }

  /** An asking of its own: where its answer is lost, the state alone could not tell that it was this one that did it. */
  private asked(): Click {
    return { id: this.deps.newId(), mintedAt: this.deps.clock.now() };
  }

  private change<A>(
    tenant: string,
    name: LedgerCommandName,
    decide: LedgerCommand<A>['decide'],
  ): Promise<Outcome<A>> {
    return this.deps.ledger.submit(tenant, { ...quick(name), reads: () => ({}), decide });
  }
}

function quick(name: LedgerCommandName): Pick<LedgerCommand<unknown>, 'name' | 'priority' | 'rowsMax'> {
  return { name, priority: 'person', rowsMax: FEW_ROWS };
}

export { suggestedCharge } from './usage/issue-call.js';
export type { DecidedIssue, IssueDecision, UsageReceipt };
