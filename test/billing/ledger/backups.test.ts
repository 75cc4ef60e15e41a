import { after } from '../../../src/billing/ledger/calendar.js';
import { labelOf } from '../../../src/billing/ledger/cards.js';
import { reviewCards } from '../../../src/billing/ledger/commands/review-cards.js';
import { rechargeOpenedBy, setBackups } from '../../../src/billing/ledger/commands/set-backups.js';
import type { ChosenMethod } from '../../../src/billing/ledger/model.js';
import { withAccount, type World } from '../../../src/billing/ledger/world.js';
import { ADMIN, START, usd } from '../../support/billing.js';
import {
  DECLINED,
  EXPIRED,
  PAID,
  rechargesOf,
  resumedBy,
  ruled,
  swept,
  topUp,
} from '../../support/recharge.js';
import { accept, alertsOf, answered, CARD, spent, withRule, worldOf } from '../../support/world.js';

const [ONE, TWO, THREE, FOUR] = ['one', 'two', 'three', 'four'].map((id) => ({
  ...CARD,
  id,
  fingerprint: id,
})) as [ChosenMethod, ChosenMethod, ChosenMethod, ChosenMethod];

function ask(world: World, methods: readonly ChosenMethod[], at = START) {
  return setBackups(world, { methods, by: ADMIN }, at);
}

describe('choosing backups', () => {
  test('keeps them in their order, and an empty list is none', () => {
    const chosen = accept(ask(ruled(), [TWO, ONE]));
    expect(chosen.account.backups).toEqual([TWO, ONE]);
    expect(accept(ask(chosen, [])).account.backups).toEqual([]);
  });

  test('as they stand changes nothing, whenever it is asked again', () => {
    const chosen = accept(ask(ruled(), [TWO, ONE]));
    expect(accept(ask(chosen, [TWO, ONE], after(START, { hours: 1 })))).toBe(chosen);
    expect(accept(ask(chosen, [ONE, TWO])).account.backups).toEqual([ONE, TWO]);
  });

  test('goes before there is a rule', () => {
    expect(accept(ask(worldOf(), [ONE])).account.backups).toEqual([ONE]);
  });

  test('takes three at most', () => {
    expect(ask(ruled(), [ONE, TWO, THREE]).kind).toBe('accepted');
    expect(ask(ruled(), [ONE, TWO, THREE, FOUR])).toEqual({ kind: 'refused', reason: 'limitReached' });
  });

  test.each([
    ['a card twice', [ONE, TWO, ONE]],
    ['a card that was entered twice', [ONE, { ...ONE, id: 'entered-again' }]],
    ['the rule’s own card', [ONE, CARD]],
    ['the rule’s own card once its fingerprint is known', [{ ...CARD, fingerprint: 'visa' }]],
  ])('refuses %s', (_what, methods) => {
    expect(ask(ruled(), methods)).toEqual({ kind: 'refused', reason: 'sameCard' });
  });

  test('refuses the rule’s own card where that alone has a fingerprint', () => {
    const known = ruled(30, { method: { ...CARD, fingerprint: 'visa' } });
    expect(ask(known, [CARD])).toEqual({ kind: 'refused', reason: 'sameCard' });
  });
});

test('a backup that becomes the rule’s own card is no backup any more', () => {
  const world = withRule(accept(ask(ruled(), [ONE, TWO])), { method: { ...ONE, id: 'entered-again' } });
  expect(world.account.backups).toEqual([TWO]);
});

const hours = (count: number, from = START) => after(from, { hours: count });
const chargedWith = (world: World) => rechargesOf(world).map(({ method }) => method.id);

/** A rule with these backups, whose recharge was just asked for with its own card. */
function asked(...backups: readonly ChosenMethod[]): World {
  return spent(accept(ask(ruled(), backups)), usd(15));
}

/** The same answer to one recharge after the other, for as long as one follows at once. */
function allDeclined(world: World, at = START, outcome: typeof DECLINED | typeof EXPIRED = DECLINED): World {
  return world.account.openPayments.length === 0
    ? world
    : allDeclined(answered(world, outcome, at), at, outcome);
}

describe('when the rule’s card is declined', () => {
  test('the first backup is charged at once, and says in whose place', () => {
    const world = answered(asked(ONE, TWO), DECLINED);
    expect(rechargesOf(world)).toMatchObject([
      { method: CARD, status: 'declined' },
      { method: ONE, status: 'requested', insteadOf: { brand: 'Visa', last4: '4242' } },
    ]);
    expect(world.account.health).toMatchObject({ failures: 1 });
    expect(world.account.health.notBefore).toBeUndefined();
    expect(alertsOf(world, 'rechargeFailed')).toMatchObject([
      { facts: { paused: false, method: labelOf(CARD), goesOnWith: { brand: ONE.brand } } },
    ]);
  });

  test('a backup that pays ends the failures, is named in the alert, and the rule keeps its own card', () => {
    const world = answered(answered(asked(ONE), DECLINED), PAID);
    expect(world.account.health).toMatchObject({ failures: 0, held: false });
    expect(world.account.health.pausedBy).toBeUndefined();
    expect(world.account.rule?.method).toEqual(CARD);
    expect(alertsOf(world, 'recharged')).toMatchObject([
      { facts: { method: labelOf(ONE), insteadOf: { last4: '4242' } } },
    ]);
    expect(alertsOf(world, 'rechargeFailed')).toMatchObject([{ healed: { how: 'credited' } }]);
  });

  test('nobody is told twice while one card after the other is declined', () => {
    expect(alertsOf(allDeclined(asked(ONE, TWO)), 'rechargeFailed')).toMatchObject([
      { version: 3, facts: { paused: false, nextTry: hours(1) } },
    ]);
  });

  test('within a cap that has no room nothing is charged, and nothing else is promised', () => {
    const tight = withRule(accept(ask(ruled(100, { monthCap: usd(50) }), [ONE])), { monthCap: usd(50) });
    const used = answered(spent(tight, usd(85)), PAID);
    const world = spent(used, usd(60));
    expect(rechargesOf(world)).toHaveLength(1);
  });

  test('never two are open at once', () => {
    const world = answered(asked(ONE, TWO), DECLINED);
    expect(rechargesOf(spent(world, usd(1))).filter(({ status }) => status === 'requested')).toHaveLength(1);
  });
});

describe('once all were declined', () => {
  test('all wait together, 1, 2, 4 and 8 hours, each tried once a round, and pause then', () => {
    let world = asked(ONE, TWO);
    let at = START;
    for (const wait of [1, 2, 4, 8]) {
      world = allDeclined(world, at);
      expect(world.account.health.notBefore).toBe(hours(wait, at));
      expect(rechargesOf(swept(world, after(hours(wait, at), { seconds: -1 })))).toHaveLength(
        rechargesOf(world).length,
      );
      at = hours(wait, at);
      world = swept(world, at);
    }
    world = allDeclined(world, at);
    expect(world.account.health).toMatchObject({ pausedBy: 'insufficientFunds', failures: 15 });
    expect(rechargesOf(swept(world, after(at, { days: 9 })))).toHaveLength(15);
    expect(new Set(chargedWith(world))).toEqual(new Set([CARD.id, ONE.id, TWO.id]));
  });

  test('a card with a final reason is left out of the next round', () => {
    const first = answered(asked(ONE), EXPIRED);
    const world = swept(answered(first, DECLINED), hours(1));
    expect(chargedWith(world)).toEqual([CARD.id, ONE.id, ONE.id]);
  });

  test('for reasons that can not heal it pauses at once', () => {
    const world = allDeclined(asked(ONE, TWO), START, EXPIRED);
    expect(world.account.health).toMatchObject({ pausedBy: 'expiredCard', failures: 3 });
    expect(alertsOf(world, 'rechargeFailed').at(-1)).toMatchObject({ facts: { paused: true } });
  });

  test('another backup ends the wait and the pause, and is charged at once', () => {
    for (const outcome of [DECLINED, EXPIRED]) {
      const world = allDeclined(asked(ONE), START, outcome);
      const more = accept(ask(world, [ONE, TWO], hours(0.5)));
      expect(chargedWith(more)).toEqual([CARD.id, ONE.id, TWO.id]);
    }
  });

  test('another backup where nothing is to be charged settles the alert, and says by whom', () => {
    const world = allDeclined(asked(ONE), START, EXPIRED);
    const capped = {
      ...world,
      account: { ...world.account, rule: { ...world.account.rule!, monthCap: 0n } },
    };
    const more = accept(ask(capped, [ONE, TWO], hours(0.5)));
    expect(rechargesOf(more)).toHaveLength(2);
    expect(more.account.health.pausedBy).toBeUndefined();
    expect(alertsOf(more, 'rechargeFailed').at(-1)).toMatchObject({
      healed: { how: 'backupsSet', by: ADMIN },
    });
  });

  test('the same backups, or fewer, end nothing', () => {
    for (const methods of [[ONE], []]) {
      const world = accept(ask(allDeclined(asked(ONE)), methods, hours(0.5)));
      expect(world.account.health.notBefore).toBe(hours(1));
      expect(rechargesOf(world)).toHaveLength(2);
      expect(alertsOf(world, 'rechargeFailed').at(-1)).not.toHaveProperty('healed');
    }
  });

  test('another order, or fewer, ends nothing either where one of them has rested before the others', () => {
    const waiting = answered(answered(asked(ONE, TWO), DECLINED), DECLINED, hours(0.5));
    const all = answered(waiting, DECLINED, hours(0.5));
    for (const methods of [[TWO, ONE], [ONE], []]) {
      const world = accept(ask(all, methods, hours(1.2)));
      expect(world.account.health.notBefore).toBe(hours(1.5));
      expect(rechargesOf(world)).toHaveLength(3);
    }
  });

  test('they wait as long as the card that was declined least often rests', () => {
    const paid = answered(answered(asked(ONE), DECLINED), PAID);
    const again = answered(spent(paid, usd(50), hours(1.1)), DECLINED, hours(1.1));
    const waiting = answered(again, DECLINED, hours(1.1));
    expect(waiting.account.health.declined).toMatchObject([
      { card: CARD.id, times: 2 },
      { card: ONE.id, times: 1 },
    ]);
    expect(waiting.account.health.notBefore).toBe(hours(1, hours(1.1)));
  });

  test('a single backup that is chosen again ends nothing, though the rule’s card has rested by then', () => {
    const all = answered(answered(asked(ONE), DECLINED), DECLINED, hours(0.5));
    const same = accept(ask(all, [ONE], hours(1.2)));
    expect(same.account.health.notBefore).toBe(hours(1.5));
    expect(rechargesOf(same)).toHaveLength(2);
    expect(rechargesOf(swept(same, hours(1.2)))).toHaveLength(2);
  });

  test('the rule saved with one of the declined backups ends nothing', () => {
    const world = withRule(allDeclined(asked(ONE)), { method: ONE }, hours(0.5));
    expect(world.account.health.notBefore).toBe(hours(1));
    expect(rechargesOf(world)).toHaveLength(2);
  });

  test('a person’s “try again now” begins anew with the rule’s own card', () => {
    const world = resumedBy(allDeclined(asked(ONE), START, EXPIRED), hours(0.5));
    expect(chargedWith(world)).toEqual([CARD.id, ONE.id, CARD.id]);
  });
});

describe('after a backup paid', () => {
  const paid = (outcome: typeof DECLINED | typeof EXPIRED) => answered(answered(asked(ONE), outcome), PAID);
  const nextOf = (world: World, at: string) => chargedWith(spent(world, usd(50), at)).at(-1);

  test('the rule’s card rests as long as after any decline, then it is tried first again', () => {
    const world = paid(DECLINED);
    expect(nextOf(world, hours(0.9))).toBe(ONE.id);
    expect(nextOf(world, hours(1))).toBe(CARD.id);
  });

  test('declined again it rests longer', () => {
    const second = answered(
      answered(spent(paid(DECLINED), usd(50), hours(1)), DECLINED, hours(1)),
      PAID,
      hours(1),
    );
    expect(nextOf(second, hours(2.9))).toBe(ONE.id);
    expect(nextOf(second, hours(3))).toBe(CARD.id);
  });

  test('a card with a final reason is not tried again by itself', () => {
    expect(nextOf(paid(EXPIRED), after(START, { days: 20 }))).toBe(ONE.id);
  });

  test('without that backup auto-recharge waits for the rest of the rule’s card, or is paused', () => {
    const resting = spent(accept(ask(paid(DECLINED), [], hours(0.1))), usd(50), hours(0.1));
    expect(rechargesOf(resting)).toHaveLength(2);
    expect(resting.jobs).toContainEqual({ name: 'recharge', subject: 'evaluate', at: hours(1) });
    expect(rechargesOf(swept(resting, hours(1)))).toHaveLength(3);
    const never = spent(accept(ask(paid(EXPIRED), [], hours(0.1))), usd(50), hours(0.1));
    expect(rechargesOf(swept(never, after(START, { days: 20 })))).toHaveLength(2);
    expect(alertsOf(never, 'low')).toMatchObject([{ facts: { noRecharge: 'paused' } }]);
  });

  test('a top-up by hand forgets the declines of all', () => {
    const world = answered(accept(topUp(paid(EXPIRED), 'm1', hours(0.1))), PAID, hours(0.1));
    expect(chargedWith(spent(world, usd(100), hours(0.2))).at(-1)).toBe(CARD.id);
  });
});

describe('the forecast of a list', () => {
  const forecast = (world: World, methods: readonly ChosenMethod[], at = hours(0.5)) =>
    rechargeOpenedBy(world.account, { methods, by: ADMIN }, at);

  test('is the very recharge that it opens', () => {
    for (const outcome of [DECLINED, EXPIRED]) {
      const world = allDeclined(asked(ONE), START, outcome);
      const methods = [ONE, TWO];
      const opened = rechargesOf(accept(ask(world, methods, hours(0.5)))).at(-1);
      expect(forecast(world, methods)).toEqual(opened);
      expect(opened).toMatchObject({ method: TWO, insteadOf: { last4: CARD.last4 }, amount: usd(50) });
    }
  });

  test('names the rule’s own card where that has rested by then', () => {
    const world = answered(answered(asked(ONE), DECLINED), DECLINED, hours(0.5));
    expect(forecast(world, [ONE, TWO], hours(1.2))?.method).toEqual(CARD);
  });

  test('is none where nothing waits, fewer are left, the cap has no room, or the list is refused', () => {
    const stopped = allDeclined(asked(ONE));
    expect(forecast(ruled(), [ONE])).toBeUndefined();
    expect(forecast(stopped, [])).toBeUndefined();
    expect(forecast(stopped, [ONE, TWO, ONE])).toBeUndefined();
    const capped = withAccount(stopped, { rule: { ...stopped.account.rule!, monthCap: 0n } });
    expect(forecast(capped, [ONE, TWO])).toBeUndefined();
  });
});

describe('an account from before each declined card was kept', () => {
  const old = (health: World['account']['health'], ...backups: readonly ChosenMethod[]) =>
    accept(ask(withAccount(ruled(), { balance: usd(15), health }), backups));

  test('goes by the rule’s card: that waits, and a backup is charged in its place', () => {
    const waits = { failures: 1, held: false, notBefore: hours(1) };
    expect(chargedWith(swept(old(waits), START))).toEqual([]);
    expect(chargedWith(swept(old(waits), hours(1)))).toEqual([CARD.id]);
    expect(chargedWith(old(waits, ONE))).toEqual([ONE.id]);
  });

  test('counts on from there, and keeps the reason of its pause', () => {
    const tried = answered(
      swept(old({ failures: 1, held: false, notBefore: hours(1) }), hours(1)),
      DECLINED,
      hours(1),
    );
    expect(tried.account.health).toMatchObject({ failures: 2, notBefore: hours(3) });
    const paused = old({ failures: 1, held: false, pausedBy: 'expiredCard' as const });
    expect(chargedWith(swept(paused, hours(9)))).toEqual([]);
    const gone = { ...CARD, expires: '2034-01' };
    const seen = accept(
      reviewCards(paused, { stored: [{ ...gone, expires: '2026-11' }], inUse: [CARD.id] }, START),
    );
    const renewed = accept(reviewCards(seen, { stored: [gone], inUse: [CARD.id] }, START));
    expect(chargedWith(renewed)).toEqual([CARD.id]);
  });
});

test('an account from before there were backups keeps its wait and its pause', () => {
  const old = (world: World): World => {
    const { declined: _new, ...health } = world.account.health;
    return { ...world, account: { ...world.account, health } };
  };
  const paused = accept(ask(old(allDeclined(asked(), START, EXPIRED)), [], hours(0.5)));
  expect(paused.account.health.pausedBy).toBe('expiredCard');
  const next = allDeclined(swept(old(allDeclined(asked())), hours(1)), hours(1));
  expect(next.account.health).toMatchObject({ failures: 2, notBefore: hours(3) });
});
