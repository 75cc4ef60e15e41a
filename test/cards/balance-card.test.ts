import { balanceCard } from '../../src/cards/balance-card.js';
import { LANGUAGES, speechFor } from '../../src/cards/speech.js';
import { accountWith, BALANCE_STATES, balanceFacts } from '../support/balance-states.js';
import { START, usd } from '../support/billing.js';
import { buttonsOf, expectValidCard, textOf } from '../support/card-checks.js';

const EN = speechFor('en-US');

function wordsOf(state: string): string {
  return textOf(balanceCard(BALANCE_STATES[state]!, EN));
}

test.each(
  LANGUAGES.flatMap((language) => Object.keys(BALANCE_STATES).map((state) => [language, state] as const)),
)('the balance card is valid in %s: %s', (language, state) => {
  expectValidCard(balanceCard(BALANCE_STATES[state]!, speechFor(language)));
});

test.each([
  ['off', '✓ By this ledger, calls are not blocked.'],
  ['new', 'No funds have been added yet.'],
  ['usedUp', '⚠ All used up. By this ledger, calls are blocked as soon as the next one is charged.'],
  ['negative', '⛔ Below zero. By this ledger, toll-free and international calls are blocked.'],
  ['paused', '⚠ By this ledger, calls are not blocked, but auto-recharge is not adding funds just now.'],
])('in state %s it says about calls: %s', (state, sentence) => {
  expect(wordsOf(state)).toContain(sentence);
});

test.each([
  ['off', 'Off\nFunds are only added by hand.'],
  ['notNeeded', 'On\nAdds $50.00 when the balance falls below $20.00.'],
  ['inProgress', '$50.00 is being added right now.'],
  ['inProgressByHand', 'It waits for the payment that is in progress.'],
  ['due', 'The balance is below that: $50.00 will be added in a moment.'],
  ['waitingOnce', 'The last charge failed. Next try: Nov 17, 2026, 11:00 AM UTC.'],
  ['waiting', 'The last 3 charges failed. Next try: Nov 17, 2026, 11:00 AM UTC.'],
  ['paused', 'The card has expired. Nothing is added until an admin chooses another card or tries again.'],
  ['cappedMonth', 'The monthly limit of $200.00 leaves no room for another $50.00.'],
  ['cappedDay', 'The daily limit of $100.00 leaves no room for another $50.00.'],
  [
    'held',
    'The hold came when funds expired, and an expiry never starts a recharge. ' +
      'It goes on with the next charged call, or when an admin tries again.',
  ],
  [
    'heldBefore',
    'On hold\nAdds $50.00 when the balance falls below $20.00.\nIt goes on with the next charged call',
  ],
  [
    'asksFirst',
    'A payment is past its deadline, and nobody knows yet whether it was charged. ' +
      'Nothing more is added until that is known, or an admin tries again. ' +
      'The payment in doubt: $50.00, requested Nov 17, 2026, 9:00 AM UTC.',
  ],
])('auto-recharge in state %s reads: %s', (state, sentence) => {
  expect(wordsOf(state)).toContain(sentence);
});

test('spend, next expiry and how far calls are known stand on the card', () => {
  const words = wordsOf('off');
  expect(words).toContain('Spent, last 7 days\n$7.50\nSpent, last 30 days\n$31.12');
  expect(words).toContain('Next expiry\n$42.50 after Nov 17, 2027');
  expect(words).toContain('Calls known until\nNov 17, 2026, 8:05 AM UTC');
  expect(words).toContain('As of Nov 17, 2026, 9:00 AM UTC');
});

test('an expiry date is never shown a day late, however far east the reader is', () => {
  const words = textOf(balanceCard(BALANCE_STATES['off']!, speechFor('en-US', 'Asia/Tokyo')));
  expect(words).toContain('$42.50 after Nov 17, 2027');
});

test('an account without usage and funds says so', () => {
  expect(wordsOf('new')).toContain('No usage yet');
  expect(wordsOf('new')).toContain('Nothing will expire');
});

test('an admin reads what reached nobody and what could not be charged, a viewer does not', () => {
  expect(wordsOf('troubled')).toContain('⚠ 2 alerts reached nobody.');
  expect(wordsOf('troubled')).toContain('⚠ 3 call records could not be charged.');
  expect(wordsOf('viewer')).not.toContain('⚠');
});

test('open payments are shown as in progress, with the way to them', () => {
  const card = balanceCard(BALANCE_STATES['troubled']!, EN);
  expect(textOf(card)).toContain('$50.00 in progress. It counts once the payment is done.');
  expect(buttonsOf(card).map(({ verb }) => verb)).toContain('payments.show');
});

test('a viewer gets no button that only admins may press', () => {
  const waiting = { ...BALANCE_STATES['waiting']!, isAdmin: false, pending: usd(50) };
  const verbs = buttonsOf(balanceCard(waiting, EN)).map(({ verb }) => verb);
  expect(verbs.filter((verb) => verb !== undefined)).toEqual([
    ...['payments.show', 'why.show', 'history.show', 'spend.show', 'balance.refresh', 'balance.on'],
  ]);
});

test.each([
  ['tripped', 'Paused for safety'],
  ['tripped', '$180.00 was spent in a day, more than four times the usual $30.00.'],
  ['tripped', 'Nothing is added until an admin resumes it.\nResume'],
  ['tripped', '⚠ By this ledger, calls are not blocked, but auto-recharge is not adding funds just now.'],
])('auto-recharge in state %s reads, too: %s', (state, sentence) => {
  expect(wordsOf(state)).toContain(sentence);
});

test('funds are listed with their dates, the soonest first, as many as are read at a glance', () => {
  expect(wordsOf('manyLots')).toContain(
    'Funds and when they expire\n$1.00\nafter Jan 15, 2027\n$2.00\nafter Feb 15, 2027\n$3.00\nafter Mar 15, 2027\n' +
      '$4.00\nafter Apr 15, 2027\n$3.00\nnever expires\nand 2 more',
  );
});

test('where the account lists not all funds it does not count the rest', () => {
  expect(wordsOf('endlessLots')).toContain('after Apr 15, 2027\nand more, later');
});

test('a single purchase needs no list, and credit that never expires has nothing that will', () => {
  expect(wordsOf('off')).not.toContain('Funds and when they expire');
  expect(wordsOf('neverExpires')).toContain('Nothing will expire');
  expect(wordsOf('neverExpires')).not.toContain('Funds and when they expire');
});

test('“why?” is offered where something can have happened', () => {
  expect(wordsOf('new')).not.toContain('Why?');
  expect(wordsOf('notNeeded')).toContain('Why?');
});

test('“try again now” is offered only where something is to be tried', () => {
  const offered = Object.keys(BALANCE_STATES).filter((state) => wordsOf(state).includes('Try again now'));
  expect(offered).toEqual(['waitingOnce', 'waiting', 'paused', 'held', 'heldBefore', 'asksFirst']);
});

test('the notification tells the balance in the currency of the account', () => {
  const card = balanceCard(
    balanceFacts(accountWith({ currency: 'JPY', balance: usd(1200) })),
    speechFor('it-IT'),
  );
  expect(card.summary.replace(/\u00a0/gu, ' ')).toBe(
    'Saldo 1200 JPY. ✓ Secondo questo registro le chiamate non sono bloccate.',
  );
});

test('what has probably not come yet stands beside how far calls are known, rounded to whole units', () => {
  const low = { ...BALANCE_STATES['off']!, usage: { unreported: { low: 3_400_000n, high: 8_100_000n } } };
  expect(textOf(balanceCard(low, EN))).toContain('Not reported yet: likely between $3.00 and $9.00 more.');
  const upTo = { ...low, usage: { unreported: { low: 0n, high: 8_100_000n } } };
  expect(textOf(balanceCard(upTo, EN))).toContain('Not reported yet: likely up to $9.00 more.');
  const nothing = { ...low, usage: { unreported: { low: 0n, high: 0n } } };
  expect(textOf(balanceCard(nothing, EN))).not.toContain('Not reported yet');
});

test('call records that do not come in are told, with the way to the reason', () => {
  const trouble = { reason: 'consentMissing', since: START, at: START } as const;
  const card = balanceCard({ ...BALANCE_STATES['off']!, usage: { trouble } }, EN);
  expectValidCard(card);
  expect(textOf(card)).toContain('Call records don’t come in as they should.');
  expect(buttonsOf(card).map(({ title }) => title)).toContain('See why');
});
