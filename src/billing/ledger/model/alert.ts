/** What people must hear. */
import type { Currency } from '../../money.js';
import type { DeclineReason } from '../../payments/processor.js';
import type { Actor } from './actor.js';
import type { CardTrouble } from './card.js';
import type { CardLabel, HoldCause, NoRechargeReason, PaymentInDoubt, Reversal, Trip } from './payment.js';

export const ALERT_KINDS = [
  'recharged',
  'rechargeFailed',
  'negative',
  'recovered',
  'low',
  'crossings',
  'paymentUnknown',
  /** Unspent funds come near the end of their twelve months. */
  'expiring',
  /** A cap of auto-recharge is used up to 80, 90 or 100 %. */
  'capNear',
  /** A card that auto-recharge depends on ends soon, has ended, or is gone. */
  'cardExpiring',
  /** The breaker paused auto-recharge. */
  'tripped',
  /** A bank withdrew the money of a payment. */
  'disputed',
  'test',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** What people are told. Facts only; words are made for each reader. */
export interface AlertFacts {
  readonly balance: bigint;
  readonly amount?: bigint;
  readonly threshold?: bigint;
  readonly declineReason?: DeclineReason | 'needsAction';
  readonly paused?: boolean;
  readonly nextTry?: string;
  /** `needsAction`: when the request lapses. */
  readonly deadline?: string;
  readonly noRecharge?: NoRechargeReason;
  /** `low`: what auto-recharge holds for, or the payment in doubt before which an admin is asked. */
  readonly heldBy?: HoldCause;
  readonly inDoubt?: PaymentInDoubt;
  readonly paymentId?: string;
  readonly actionUrl?: string;
  readonly method?: CardLabel;
  /** `recharged`: the rule's own card, where `method` is one of its backups. */
  readonly insteadOf?: CardLabel;
  /** `rechargeFailed`: the card that is tried next, at once. */
  readonly goesOnWith?: CardLabel;
  readonly count?: number;
  readonly by?: Actor;
  /** `negative`: money that went back without this bot took the balance there. */
  readonly reversal?: Reversal['kind'];
  /** `capNear`: which cap, how much of it is used in per cent (80, 90 or 100), and its limit. `amount` is what is used. */
  readonly cap?: 'day' | 'month';
  readonly percent?: number;
  readonly limit?: bigint;
  /** `cardExpiring`: which, the rule's own first; and the day (`YYYY-MM-DD`) on which the next recharge is expected. */
  readonly cards?: readonly CardTrouble[];
  readonly nextRecharge?: string;
  readonly trip?: Trip;
  /** `expiring`: what would be forfeited and when, the soonest first; bounded. */
  readonly expiring?: readonly { readonly amount: bigint; readonly expiresAt: string }[];
}

/** What ended the trouble that an alert told. */
export const HEALED_HOWS = [
  'credited',
  /** A person says that the funds were bought. */
  'attested',
  'balanceBack',
  'ruleSet',
  'turnedOff',
  'declined',
  'cancelled',
  /** Of a request to buy: somebody decided against it, or nobody answered in time. */
  'notNow',
  'lapsed',
  'superseded',
  'resumed',
  'backupsSet',
  /** The disputed money is back. */
  'reinstated',
  'cardRenewed',
] as const;
export type HealedHow = (typeof HEALED_HOWS)[number];

export interface Healed {
  readonly at: string;
  readonly by: Actor;
  readonly balance: bigint;
  readonly how: HealedHow;
  /** What was added, where a person said so. */
  readonly amount?: bigint;
}

/** A fact that people must hear (DESIGN §5). */
export interface Alert {
  readonly type: 'alert';
  readonly sequence: bigint;
  readonly kind: AlertKind;
  readonly at: string;
  readonly currency: Currency;
  readonly facts: AlertFacts;
  /** Grows with every change, so that a delivery knows whether it shows the newest. */
  readonly version: number;
  readonly healed?: Healed;
  /** A test alert goes to this conversation only. */
  readonly only?: string;
}
