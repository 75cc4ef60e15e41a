/** An alert as a card that lives: while its cause lasts it carries what repairs it, afterwards it says what happened. */
import { SYSTEM, type Alert, type AlertFacts, type AlertKind, type Healed } from '../billing/ledger/model.js';
import { money } from '../billing/money.js';
import { isBoughtByPerson } from '../billing/payments/processor.js';
import { alertWords } from './alert-words.js';
import { linkButton, renderPanel, type PanelButton, type PanelFact } from './panel.js';
import { attestButton, cancelButton } from './payment-buttons.js';
import { clickButton } from './payment-view.js';
import { speechAbout } from './purchase-speech.js';
import { plain, type Card } from './render.js';
import type { Speech, StringKey } from './speech.js';

/** Where and by whom the card is read. */
export interface AlertReader {
  /** `channel` and `group` need a mention to stop alerts, and show the buttons that only admins may press. */
  readonly place: 'personal' | 'group' | 'channel';
  /** A viewer in a personal chat sees no button that would refuse them. */
  readonly canAct: boolean;
  /** `asked`: alerts are on here. `admin`: nobody asked for alerts, so the admins hear them in person. */
  readonly because: 'asked' | 'admin';
}

export function alertCard(alert: Alert, reader: AlertReader, reading: Speech): Card {
  const { healed } = alert;
  const speech = speechAbout(alert.facts.method, reading);
  return healed === undefined
    ? livingCard(alert, reader, speech)
    : healedCard({ ...alert, healed }, reader, speech);
}

function livingCard(alert: Alert, reader: AlertReader, speech: Speech): Card {
  const { style, title, number, lines, by, summary } = alertWords(alert, speech);
  const balance = speech.money(money(alert.facts.balance, alert.currency));
  const facts: readonly PanelFact[] = [
    { title: speech.say('alert.fact.when'), value: speech.dateTime(alert.at) },
    ...(by === '' ? [] : [{ title: speech.say('alert.fact.by'), value: by }]),
    ...(number === balance ? [] : [{ title: speech.say('alert.fact.then'), value: balance }]),
  ];
  const buttons = [
    ...(reader.canAct ? REPAIRS[alert.kind](alert.facts, speech) : []),
    clickButton(speech.say('payment.button.balance'), { verb: 'balance.show' }),
  ];
  return renderPanel(
    { style, title, number, lines, facts, notes: [whyLine(alert.kind, reader, speech)], buttons },
    summary,
  );
}

/** Calm: what it was, what ended it, when and by whom. Nothing is left to repair. */
function healedCard(alert: Alert & { readonly healed: Healed }, reader: AlertReader, speech: Speech): Card {
  const { healed, currency } = alert;
  const { title, lines } = alertWords(alert, speech);
  const what = healedSentence({ ...healed, currency }, speech);
  // The trouble goes on under a newer alert: this one must not say that it is over.
  const older = healed.how === 'superseded';
  // What was asked for is not settled by saying no.
  const end = endOf(healed);
  const bare = title.replace(/^[⚠✓]\s*/u, '');
  return renderPanel(
    {
      style: 'default',
      title: speech.say(ENDS[end].title, { title: bare }),
      lines: [what, ...(alert.kind === 'rechargeFailed' && !asksToBuy(alert.facts) ? lines.slice(0, 1) : [])],
      facts: [
        { title: speech.say('alert.fact.when'), value: speech.dateTime(alert.at) },
        {
          title: speech.say(older ? 'alert.fact.newerAt' : 'alert.fact.healedAt'),
          value: speech.dateTime(healed.at),
        },
        { title: speech.say('alert.fact.then'), value: speech.money(money(healed.balance, currency)) },
      ],
      notes: [whyLine(alert.kind, reader, speech)],
      buttons: [clickButton(speech.say('payment.button.balance'), { verb: 'balance.show' })],
    },
    speech.say(ENDS[end].summary, { what: `${bare}. ${what}` }),
  );
}

const ENDS = {
  older: { title: 'alert.healed.olderTitle', summary: 'alert.healed.olderSummary' },
  closed: { title: 'alert.healed.closedTitle', summary: 'alert.healed.closedSummary' },
  settled: { title: 'alert.healed.title', summary: 'alert.healed.summary' },
} as const;

function endOf({ how }: Healed): keyof typeof ENDS {
  if (how === 'superseded') return 'older';
  return how === 'notNow' || how === 'lapsed' ? 'closed' : 'settled';
}

/** Nobody is named where the bot itself did it. */
const BY_ITSELF: Readonly<Partial<Record<Healed['how'], StringKey>>> = {
  credited: 'alert.healed.creditedAuto',
  balanceBack: 'alert.healed.balanceBackAuto',
  cancelled: 'alert.healed.cancelledAuto',
};

/** What ended it, and who. */
export function healedSentence(
  { how, by, amount = 0n, currency }: Healed & Pick<Alert, 'currency'>,
  speech: Speech,
): string {
  const own = by.id === SYSTEM.id ? BY_ITSELF[how] : undefined;
  return speech.say(own ?? `alert.healed.${how}`, {
    who: plain(by.name),
    amount: speech.money(money(amount, currency)),
  });
}

function whyLine(kind: AlertKind, { place, because }: AlertReader, speech: Speech): string {
  // A test also goes where nobody asked for alerts.
  if (kind === 'test' && because !== 'asked') return speech.say('alert.why.test');
  if (because === 'admin') return speech.say('alert.why.admin');
  return speech.say(place === 'personal' ? 'alert.why.here' : 'alert.why.channel');
}

type RepairsOf = (facts: AlertFacts, speech: Speech) => readonly PanelButton[];

const main = (title: StringKey, verb: string, speech: Speech): PanelButton =>
  clickButton(speech.say(title), { verb }, 'positive');
const other = (title: StringKey, verb: string, speech: Speech): PanelButton =>
  clickButton(speech.say(title), { verb });

const why = (speech: Speech): PanelButton => other('alert.button.why', 'why.show', speech);

const retryFirst: RepairsOf = (_facts, speech) => [
  main('autoRecharge.button.retry', 'autoRecharge.retry', speech),
  other('alert.button.otherCard', 'autoRecharge.form', speech),
  other('payment.button.addFunds', 'addFunds.form', speech),
  why(speech),
];

/** What helps in each case, the most likely first; each of them also works long after. */
const REPAIRS: Readonly<Record<AlertKind, RepairsOf>> = {
  recharged: (_facts, speech) => [why(speech), other('payment.button.history', 'history.show', speech)],
  rechargeFailed: (facts, speech) =>
    facts.declineReason === 'needsAction' ? approval(facts, speech) : retryFirst(facts, speech),
  negative: (_facts, speech) => [
    main('payment.button.addFunds', 'addFunds.form', speech),
    other('alert.button.rule', 'autoRecharge.form', speech),
  ],
  recovered: (_facts, speech) => [other('payment.button.history', 'history.show', speech)],
  low: (facts, speech) => lowRepairs(facts, speech),
  crossings: (_facts, speech) => [
    main('payment.button.addFunds', 'addFunds.form', speech),
    other('alert.button.rule', 'autoRecharge.form', speech),
  ],
  paymentUnknown: (_facts, speech) => [other('payment.button.payments', 'payments.show', speech)],
  expiring: (_facts, speech) => [why(speech), other('payment.button.history', 'history.show', speech)],
  capNear: (_facts, speech) => [main('alert.button.raise', 'autoRecharge.form', speech), why(speech)],
  cardExpiring: (_facts, speech) => [
    main('alert.button.otherCard', 'autoRecharge.form', speech),
    other('alert.button.cards', 'paymentMethods.list', speech),
    why(speech),
  ],
  tripped: (_facts, speech) => [
    main('autoRecharge.button.resume', 'autoRecharge.retry', speech),
    other('alert.button.change', 'autoRecharge.form', speech),
    why(speech),
  ],
  disputed: ({ paymentId: id, paused }, speech) => [
    ...(id === undefined
      ? []
      : [clickButton(speech.say('alert.button.payment'), { verb: 'payments.one', id }, 'positive')]),
    ...(paused === true ? [other('autoRecharge.button.resume', 'autoRecharge.retry', speech)] : []),
    other('payment.button.addFunds', 'addFunds.form', speech),
    why(speech),
  ],
  test: () => [],
};

function asksToBuy({ declineReason, method }: AlertFacts): boolean {
  return declineReason === 'needsAction' && method !== undefined && isBoughtByPerson(method);
}

function approval({ actionUrl, method, paymentId = '' }: AlertFacts, speech: Speech): readonly PanelButton[] {
  if (method !== undefined && isBoughtByPerson(method)) {
    return [
      ...linkButton(speech.say('payment.action.open'), actionUrl),
      attestButton(paymentId, speech),
      cancelButton(paymentId, speech),
    ];
  }
  return [
    ...linkButton(speech.say('payment.action.open'), actionUrl),
    other('payment.button.payments', 'payments.show', speech),
    other('alert.button.otherCard', 'autoRecharge.form', speech),
  ];
}

/** Another card would help no more than this one: what became of the payment in doubt is the question. */
function askedFirst(speech: Speech): readonly PanelButton[] {
  return [
    main('autoRecharge.button.retry', 'autoRecharge.retry', speech),
    other('payment.button.payments', 'payments.show', speech),
    other('payment.button.addFunds', 'addFunds.form', speech),
    why(speech),
  ];
}

const RETRIABLE: readonly AlertFacts['noRecharge'][] = ['waiting', 'paused', 'held', 'notBought'];

/** Where a limit is reached only a higher one helps; where auto-recharge is off, turning it on. */
function lowRepairs(facts: AlertFacts, speech: Speech): readonly PanelButton[] {
  const { noRecharge } = facts;
  if (noRecharge === 'asksFirst') return askedFirst(speech);
  if (noRecharge !== undefined && RETRIABLE.includes(noRecharge)) return retryFirst(facts, speech);
  const rule = noRecharge === 'capped' ? 'alert.button.raise' : 'autoRecharge.button.set';
  const stopped = noRecharge === 'tripped' || noRecharge === 'disputed';
  const resume = stopped ? [other('autoRecharge.button.resume', 'autoRecharge.retry', speech)] : [];
  return [
    main('payment.button.addFunds', 'addFunds.form', speech),
    ...resume,
    other(stopped ? 'alert.button.change' : rule, 'autoRecharge.form', speech),
    why(speech),
  ];
}
