import { after } from '../../../src/billing/ledger/calendar.js';
import { nextRechargeDay } from '../../../src/billing/ledger/card-watch.js';
import { idsInUse, reviewCards } from '../../../src/billing/ledger/commands/review-cards.js';
import { setBackups } from '../../../src/billing/ledger/commands/set-backups.js';
import { turnOffAutoRecharge } from '../../../src/billing/ledger/commands/set-auto-recharge.js';
import { withAccount, type World } from '../../../src/billing/ledger/world.js';
import type { PaymentMethod } from '../../../src/billing/payments/processor.js';
import { ADMIN, START, usd } from '../../support/billing.js';
import { DECLINED, EXPIRED, rechargesOf, resumedBy, ruled, topUp, withDays } from '../../support/recharge.js';
import { accept, alertsOf, answered, CARD, spent, withRule, worldOf } from '../../support/world.js';

const BACKUP = { id: 'backup', brand: 'Mastercard', last4: '9995' };
const OTHER = { id: 'other', brand: 'JCB', last4: '0505' };

/** The rule's card as the processor has it, with this end; none where it has no such card. */
const own = (expires?: string) => (expires === undefined ? [] : [{ ...CARD, expires }]);

function seen(world: World, stored: readonly PaymentMethod[], at = START): World {
  return accept(reviewCards(world, { stored, inUse: idsInUse(world.account) }, at));
}

function reviewed(world: World, expires: string | undefined, at = START): World {
  return seen(world, own(expires), at);
}

function withBackup(world: World): World {
  return accept(setBackups(world, { methods: [BACKUP], by: ADMIN }, START));
}

const living = (world: World) => alertsOf(world, 'cardExpiring').filter(({ healed }) => healed === undefined);

describe('a card that comes near its end', () => {
  test.each([
    ['2026-10-30T12:00:00.000Z', undefined],
    ['2026-10-31T12:00:00.000Z', 'days30'],
    ['2026-11-22T12:00:00.000Z', 'days30'],
    ['2026-11-23T12:00:00.000Z', 'days7'],
    ['2026-11-30T12:00:00.000Z', 'ended'],
    ['2026-12-05T12:00:00.000Z', 'ended'],
  ])('with its last day on 30 November is told on %s as %s', (at, notice) => {
    const cards = living(reviewed(ruled(), '2026-11', at)).flatMap(({ facts }) => facts.cards ?? []);
    const told = { method: { brand: 'Visa', last4: '4242' }, isBackup: false, notice, lastDay: '2026-11-30' };
    expect(cards).toEqual(notice === undefined ? [] : [told]);
  });

  test('is counted in the days of the account’s time zone', () => {
    const auckland = withAccount(ruled(), { timeZone: 'Pacific/Auckland' });
    const at = '2026-11-29T12:00:00.000Z';
    expect(living(reviewed(ruled(), '2026-11', at))).toMatchObject([
      { facts: { cards: [{ notice: 'days7' }] } },
    ]);
    expect(living(reviewed(auckland, '2026-11', at))).toMatchObject([
      { facts: { cards: [{ notice: 'ended' }] } },
    ]);
  });

  test('is told once for each notice, and the newer alert takes the place of the older', () => {
    let world = ruled();
    for (const day of ['01', '02', '10', '23', '24', '30', '30'])
      world = reviewed(world, '2026-11', `2026-11-${day}T12:00:00.000Z`);
    expect(
      alertsOf(world, 'cardExpiring').map(({ facts, healed }) => [facts.cards?.[0]?.notice, healed?.how]),
    ).toEqual([
      ['days30', 'superseded'],
      ['days7', 'superseded'],
      ['ended', undefined],
    ]);
  });

  test('changes nothing where nothing is new', () => {
    const world = reviewed(ruled(), '2026-11');
    expect(reviewed(world, '2026-11')).toBe(world);
  });

  test('is told with the day of the next recharge, also where it is still far away', () => {
    const slow = withDays(ruled(100), 1, ...Array<number>(28).fill(1));
    const day = nextRechargeDay(slow.account, START);
    expect(day).toBe('2027-02-06');
    expect(living(reviewed(slow, '2027-01'))).toMatchObject([
      { facts: { nextRecharge: day, cards: [{ notice: 'beforeRecharge', lastDay: '2027-01-31' }] } },
    ]);
    expect(living(reviewed(slow, '2027-02'))).toEqual([]);
  });

  test('is not told of a recharge that nobody can foresee', () => {
    expect(nextRechargeDay(withDays(ruled(100), 1, 1).account, START)).toBeUndefined();
    expect(
      nextRechargeDay(withDays(ruled(1_000), 1, ...Array<number>(28).fill(1)).account, START),
    ).toBeUndefined();
  });

  test('is told where the next recharge comes after its last day, not on it', () => {
    const byDay = (balance: number) => withDays(ruled(balance), 1, ...Array<number>(28).fill(1));
    expect(nextRechargeDay(byDay(94).account, START)).toBe('2027-01-31');
    expect(living(reviewed(byDay(94), '2027-01'))).toEqual([]);
    expect(living(reviewed(byDay(95), '2027-01'))).toHaveLength(1);
  });

  test('is told once of a recharge that a forecast moves away and back', () => {
    const soon = withDays(ruled(100), 1, ...Array<number>(28).fill(1));
    const told = reviewed(soon, '2027-01');
    expect(reviewed(withAccount(told, { balance: usd(1_000) }), '2027-01').account.cards).toEqual(
      told.account.cards,
    );
    const stored = [
      { ...CARD, expires: '2034-01' },
      { ...BACKUP, expires: '2027-01' },
    ];
    const backup = seen(withBackup(soon), stored);
    const away = withAccount(backup, { balance: usd(1_000) });
    expect(seen(away, stored)).toBe(away);
  });

  test('is nobody’s concern while auto-recharge is off', () => {
    const off = accept(turnOffAutoRecharge(reviewed(ruled(), '2026-11'), ADMIN, START));
    expect(alertsOf(off, 'cardExpiring')).toMatchObject([{ healed: { how: 'turnedOff', by: ADMIN } }]);
    expect(living(reviewed(off, '2026-11'))).toEqual([]);
  });

  test('is told as a backup, beside the rule’s own', () => {
    const stored = [
      { ...CARD, expires: '2034-01' },
      { ...BACKUP, expires: '2026-11' },
    ];
    const world = seen(withBackup(ruled()), stored);
    expect(living(world)).toMatchObject([{ facts: { cards: [{ isBackup: true, notice: 'days30' }] } }]);
  });

  test('is settled by another card, with who chose it', () => {
    const world = withRule(reviewed(ruled(), '2026-11'), { method: OTHER });
    expect(alertsOf(world, 'cardExpiring')).toMatchObject([{ healed: { how: 'ruleSet', by: ADMIN } }]);
    expect(world.account.cards).toEqual([]);
  });

  test('is settled where its bank renews it, and told anew when that date comes near', () => {
    const renewed = reviewed(reviewed(ruled(), '2026-11'), '2029-11');
    expect(alertsOf(renewed, 'cardExpiring')).toMatchObject([{ healed: { how: 'cardRenewed' } }]);
    expect(living(reviewed(renewed, '2029-11', '2029-11-25T09:00:00.000Z'))).toHaveLength(1);
  });
});

describe('two cards in use', () => {
  const both = (own: string, backup: string) => [
    { ...CARD, expires: own },
    { ...BACKUP, expires: backup },
  ];
  const told = (world: World) =>
    alertsOf(world, 'cardExpiring').map(({ facts, healed, version }) => [
      facts.cards?.map(({ isBackup }) => (isBackup ? 'backup' : 'own')),
      healed?.how,
      version,
    ]);

  test('are told together, and anew once the second one comes near its end too', () => {
    const first = seen(withBackup(ruled()), both('2026-11', '2026-12'));
    expect(told(first)).toEqual([[['own'], undefined, 1]]);
    expect(told(seen(first, both('2026-11', '2026-12'), after(START, { days: 4 })))).toEqual([
      [['own'], undefined, 1],
    ]);
    expect(told(seen(first, both('2026-11', '2026-12'), after(START, { days: 14 })))).toEqual([
      [['own'], 'superseded', 2],
      [['own', 'backup'], undefined, 1],
    ]);
  });

  test('of which one is renewed bring the card that told both up to date, and disturb nobody', () => {
    const at = after(START, { days: 14 });
    const first = seen(withBackup(ruled()), both('2026-11', '2026-12'), at);
    expect(told(first)).toEqual([[['own', 'backup'], undefined, 1]]);
    expect(told(seen(first, both('2026-11', '2029-11'), at))).toEqual([[['own'], undefined, 2]]);
    expect(told(seen(first, both('2029-11', '2026-12'), at))).toEqual([[['backup'], undefined, 2]]);
  });

  test('that end in the same month are told each: of one chosen later nobody heard', () => {
    const first = withBackup(reviewed(ruled(), '2026-11'));
    expect(told(seen(first, both('2026-11', '2026-11')))).toEqual([
      [['own'], 'superseded', 2],
      [['own', 'backup'], undefined, 1],
    ]);
  });

  test('are watched on where only one of them is taken away', () => {
    const first = seen(withBackup(ruled()), both('2026-11', '2026-11'));
    const alone = accept(setBackups(first, { methods: [], by: ADMIN }, START));
    expect(alone.account.cards).toEqual([{ id: CARD.id, expires: '2026-11', told: 'days30' }]);
    expect(told(alone)).toEqual([[['own'], undefined, 2]]);
  });

  test('are told no second time by a rule that is saved with the same cards', () => {
    const first = seen(withBackup(ruled()), both('2026-11', '2026-11'));
    const saved = withRule(first, { amount: usd(70) });
    expect(saved.account.cards).toEqual(first.account.cards);
    expect(told(saved)).toEqual([[['own', 'backup'], undefined, 1]]);
  });
});

test('a card that comes near another end is told anew, with the same words', () => {
  const first = reviewed(ruled(), '2026-11', '2026-11-05T12:00:00.000Z');
  const next = reviewed(first, '2026-12', '2026-12-02T12:00:00.000Z');
  expect(alertsOf(next, 'cardExpiring').map(({ facts }) => facts.cards)).toMatchObject([
    [{ notice: 'days30', lastDay: '2026-11-30' }],
    [{ notice: 'days30', lastDay: '2026-12-31' }],
  ]);
});

describe('the day of the next recharge', () => {
  const usual = (balance: number, spend = 1, days = 28) =>
    withDays(ruled(balance), spend, ...Array<number>(days).fill(spend));
  const next = ({ account }: World) => nextRechargeDay(account, START);

  test('is today below the trigger, and tomorrow at exactly the trigger', () => {
    expect(next(withAccount(usual(30), { balance: usd(15) }))).toBe('2026-11-17');
    expect(next(usual(20))).toBe('2026-11-18');
    expect(next(usual(21))).toBe('2026-11-19');
  });

  test('is known from a week of days on, and up to ninety days ahead', () => {
    expect(next(usual(20, 1, 6))).toBeUndefined();
    expect(next(usual(20, 1, 7))).toBe('2026-11-18');
    expect(next(usual(109))).toBe('2027-02-15');
    expect(next(usual(110))).toBeUndefined();
  });

  test('is later by what is on its way', () => {
    expect(next(accept(topUp(usual(20))))).toBe('2027-01-07');
  });

  test('is none without spend, and none without auto-recharge', () => {
    expect(next(usual(30, 0))).toBeUndefined();
    expect(next(accept(turnOffAutoRecharge(usual(30), ADMIN, START)))).toBeUndefined();
    expect(next(withDays(worldOf(), 1, ...Array<number>(28).fill(1)))).toBeUndefined();
  });
});

describe('the rule’s card that is gone', () => {
  const gone = () => reviewed(ruled(30), undefined);

  test('pauses auto-recharge with a reason, and is told', () => {
    const world = spent(gone(), usd(15));
    expect(world.account.health).toMatchObject({ pausedBy: 'unusableCard', pausedMethod: CARD.id });
    expect(rechargesOf(world)).toEqual([]);
    expect(living(world)).toMatchObject([{ facts: { cards: [{ notice: 'gone' }] } }]);
  });

  test('pauses nothing while a backup is there, which is charged in its place', () => {
    const stored = [{ ...BACKUP, expires: '2034-01' }];
    const world = spent(seen(withBackup(ruled()), stored), usd(15));
    expect(world.account.health.pausedBy).toBeUndefined();
    expect(rechargesOf(world)).toMatchObject([{ method: BACKUP, insteadOf: { last4: CARD.last4 } }]);
  });

  test('goes on at once when it is back, when another is chosen, or a backup', () => {
    const low = spent(gone(), usd(15));
    const back = reviewed(low, '2034-01');
    const other = withRule(low, { method: OTHER });
    const backup = withBackup(low);
    for (const world of [back, other, backup]) {
      expect(rechargesOf(world)).toHaveLength(1);
      expect(world.account.health.pausedBy).toBeUndefined();
    }
    expect(living(back)).toEqual([]);
    expect(living(other)).toEqual([]);
  });

  test('stays gone where something else is heard of it; with its backup gone too it pauses', () => {
    const stored = [{ ...BACKUP, expires: '2034-01' }];
    const alone = seen(withBackup(ruled(30)), stored);
    const both = seen(alone, []);
    expect(alone.account.health.pausedBy).toBeUndefined();
    expect(both.account.health).toMatchObject({ pausedBy: 'unusableCard', pausedMethod: CARD.id });
  });

  test('is charged once more where a person says “try again now”: the processor’s answer is the newest', () => {
    expect(rechargesOf(resumedBy(spent(gone(), usd(15))))).toHaveLength(1);
  });
});

describe('a declined card', () => {
  const failed = (outcome: typeof EXPIRED | typeof DECLINED) =>
    answered(spent(reviewed(ruled(), '2026-11'), usd(15)), outcome);

  test('that had expired goes on when its bank gives the same card a later end', () => {
    const paused = failed(EXPIRED);
    expect(reviewed(paused, '2026-11').account.health.pausedBy).toBe('expiredCard');
    const renewed = reviewed(paused, '2029-11', after(START, { hours: 2 }));
    expect(renewed.account.health).toMatchObject({ failures: 0 });
    expect(renewed.account.health.pausedBy).toBeUndefined();
    expect(rechargesOf(renewed)).toHaveLength(2);
    // What becomes of that charge will say what becomes of the failure.
    expect(alertsOf(renewed, 'rechargeFailed').map(({ healed }) => healed)).toEqual([undefined]);
  });

  test('that had no funds rests all the same', () => {
    const renewed = reviewed(failed(DECLINED), '2029-11', after(START, { minutes: 10 }));
    expect(renewed.account.health.notBefore).toBe(after(START, { hours: 1 }));
    expect(rechargesOf(renewed)).toHaveLength(1);
    expect(alertsOf(renewed, 'rechargeFailed').map(({ healed }) => healed)).toEqual([undefined]);
  });

  test('that had expired stays so while its end is told once more, and is the same', () => {
    const later = reviewed(failed(EXPIRED), '2026-11', '2026-11-24T09:00:00.000Z');
    expect(living(later)).toMatchObject([{ facts: { cards: [{ notice: 'days7' }] } }]);
    expect(later.account.health.pausedBy).toBe('expiredCard');
    expect(rechargesOf(later)).toHaveLength(1);
  });

  test('that had expired gives its reason to the pause, where its backup is gone', () => {
    const stored = [
      { ...CARD, expires: '2026-11' },
      { ...BACKUP, expires: '2034-01' },
    ];
    const own = answered(spent(seen(withBackup(ruled()), stored), usd(15)), EXPIRED);
    expect(rechargesOf(own)).toHaveLength(2);
    const alone = reviewed(own, '2026-11');
    expect(alone.account.health).toMatchObject({ pausedBy: 'expiredCard', pausedMethod: CARD.id });
  });

  test('whose renewal finds enough in the account only settles the failure', () => {
    const enough = withAccount(failed(EXPIRED), { rule: { ...ruled().account.rule!, trigger: usd(5) } });
    const renewed = reviewed(enough, '2029-11');
    expect(rechargesOf(renewed)).toHaveLength(1);
    expect(alertsOf(renewed, 'rechargeFailed')).toMatchObject([{ healed: { how: 'cardRenewed' } }]);
  });
});

describe('two declined cards that had expired', () => {
  const both = (own: string, backup: string) => [
    { ...CARD, expires: own },
    { ...BACKUP, expires: backup },
  ];
  const paused = () => {
    const world = spent(seen(withBackup(ruled()), both('2034-01', '2026-11')), usd(15));
    return answered(answered(world, EXPIRED), EXPIRED);
  };
  const chargedWith = (world: World) => rechargesOf(world).map(({ method }) => method.id);

  test('go on with the one that its bank renews', () => {
    expect(paused().account.health.pausedBy).toBe('expiredCard');
    const renewed = seen(paused(), both('2034-01', '2029-11'));
    expect(chargedWith(renewed)).toEqual([CARD.id, BACKUP.id, BACKUP.id]);
  });

  test('go on with the rule’s own where both are renewed', () => {
    const renewed = seen(paused(), both('2035-01', '2029-11'));
    expect(chargedWith(renewed)).toEqual([CARD.id, BACKUP.id, CARD.id]);
    expect(renewed.account.health).not.toHaveProperty('declined');
  });
});

test('“try again now” forgets no card that is there: what was told of it is told once', () => {
  const world = reviewed(ruled(), '2026-11');
  const resumed = resumedBy(world);
  expect(resumed.account.cards).toEqual(world.account.cards);
});

test('a list that was asked for before other cards were chosen says nothing of them', () => {
  const before = ruled();
  const list = { stored: own('2031-03'), inUse: idsInUse(before.account) };
  const refused = { kind: 'refused', reason: 'notFound' };
  expect(reviewCards(withBackup(before), list, START)).toMatchObject(refused);
  expect(reviewCards(withRule(before, { method: OTHER }), list, START)).toMatchObject(refused);
});
