import { autoRechargeCommand } from '../../../src/bot/commands/auto-recharge.js';
import { understand } from '../../../src/bot/matching.js';
import type { TestScenario } from '../../../src/billing/payments/processor.js';
import { money } from '../../../src/billing/money.js';
import type { Card } from '../../../src/cards/render.js';
import { ADMIN, TENANT, testBilling, usd, type TestBilling } from '../../support/billing.js';
import { button, buttonsOf, textOf } from '../../support/card-checks.js';
import { click, clicked, say, testServices, testTurn, type Scene } from '../../support/turn.js';
import type { TestTurnOptions } from '../../support/turn.js';

interface Stage {
  readonly test: TestBilling;
  scene(options?: TestTurnOptions): Scene;
}

async function stage(balance = 0): Promise<Stage> {
  const test = await testBilling();
  const services = testServices(test);
  if (balance > 0) await topUp(test, balance);
  return { test, scene: (turn = {}) => ({ turn: testTurn({ now: test.clock.now(), ...turn }), services }) };
}

let payments = 0;
async function topUp(test: TestBilling, amount: number): Promise<void> {
  const paymentId = `top-up-${(payments += 1)}`;
  const method = { id: 'sandbox-succeeds', brand: 'Visa', last4: '4242' };
  const request = {
    paymentId,
    mintedAt: test.clock.now(),
    amount: money(usd(amount), 'USD'),
    method,
    by: ADMIN,
  };
  await test.billing.requestTopUp(TENANT, request);
  await test.billing.paymentWithin(TENANT, paymentId, 1_000);
}

async function typed(at: Stage, rest: string, turn: TestTurnOptions = {}): Promise<Card> {
  return (await say(autoRechargeCommand, at.scene(turn), { rest })).card;
}

/** Time passes between two clicks of a person. */
async function press(at: Stage, card: Card, title: string): Promise<Card> {
  at.test.clock.pass({ seconds: 2 });
  return (await clicked(autoRechargeCommand, at.scene(), button(card, title).data)).card;
}

interface Filled {
  readonly trigger?: string;
  readonly amount?: string;
  readonly monthCap?: string;
  readonly method?: TestScenario;
}

async function submit(at: Stage, { method = 'succeeds', ...fields }: Filled = {}): Promise<Card> {
  const data = { trigger: '20', amount: '100', ...fields, method: `sandbox-${method}` };
  at.test.clock.pass({ seconds: 2 });
  return (await clicked(autoRechargeCommand, at.scene(), { verb: 'autoRecharge.preview', ...data })).card;
}

async function confirmed(at: Stage, filled: Filled = {}): Promise<Card> {
  const preview = await submit(at, filled);
  return press(at, preview, confirmTitle(preview));
}

function confirmTitle(preview: Card): string {
  return buttonsOf(preview).find(({ style }) => style === 'positive')?.title ?? '';
}

const accountOf = ({ test }: Stage) => test.billing.reader.account(TENANT);

async function timesCharged({ test }: Stage): Promise<bigint> {
  const charges = await test.processor.charges(TENANT);
  return charges.reduce((sum, charge) => sum + charge.timesCharged, 0n);
}

describe('the form', () => {
  test('offers amounts to start with, all cards, and that nothing is charged yet', async () => {
    const text = textOf(await typed(await stage(), ''));
    expect(text).toContain('When the balance falls below\nAn amount\n$20.00');
    expect(text).toContain('Add this amount, from $5.00 to $5,000.00\nAn amount\n$50.00');
    expect(text).toContain('You see everything once more before anything is set or charged.');
  });

  test('of a rule in force shows its numbers and turns it off', async () => {
    const at = await stage(50);
    await confirmed(at);
    const form = await typed(at, '');
    expect(textOf(form)).toContain('Change auto-recharge');
    expect(textOf(form)).toContain('$100.00');
    expect(textOf(await press(at, form, 'Turn off'))).toContain('Turn off auto-recharge?');
  });

  test.each([
    [{ trigger: '-5' }, 'trigger', '-5'],
    [{ amount: '3' }, 'The amount must be between $5.00 and $5,000.00.', '3'],
    [{ amount: '5,5,5' }, '5,5,5', '5,5,5'],
    [{ trigger: '6000' }, 'The amount to watch can be at most $5,000.00.', '6000'],
    [{ monthCap: '50' }, 'The monthly limit must be at least one recharge of $100.00.', '50'],
  ])('with %j comes back with the sentence and the values', async (fields, _sentence, kept) => {
    const form = await submit(await stage(), fields);
    const text = textOf(form);
    expect(text).toContain('⚠ ');
    if (_sentence.includes(' ')) expect(text).toContain(_sentence);
    expect(text).toContain(kept);
    expect(buttonsOf(form).map(({ title }) => title)).toContain('Continue');
  });

  test('survives 10,000 characters and a card that is gone', async () => {
    const at = await stage();
    expect(textOf(await submit(at, { amount: '9'.repeat(10_000) }))).toContain('⚠ ');
    const data = { verb: 'autoRecharge.preview', trigger: '20', amount: '50', method: 'gone' };
    const reply = await clicked(autoRechargeCommand, at.scene(), data);
    expect(textOf(reply.card)).toContain('That card is no longer stored.');
  });
});

describe('words', () => {
  test('with both numbers lead to the preview', async () => {
    const text = textOf(await typed(await stage(50), '100 when below 20'));
    expect(text).toContain('When the balance falls below $20.00, $100.00 is added from Visa •••• 4242.');
    expect(text).toContain('At most $400.00 a month');
    expect(text).toContain('Nothing is charged now: the balance is $50.00.');
  });

  test('in Italian do the same', async () => {
    const at = await stage(50);
    const words = understand('imposta ricarica automatica 100 sotto 20', 'it');
    expect(words).toMatchObject({ kind: 'command', match: { name: 'autoRecharge', rest: '100 sotto 20' } });
    const text = textOf(await typed(at, '100 sotto 20', { locale: 'it-IT' }));
    expect(text).toContain('Quando il saldo scende sotto 20,00 USD, Visa •••• 4242 ricarica 100,00 USD.');
  });

  test('with one number fill it into the form', async () => {
    const text = textOf(await typed(await stage(), '75'));
    expect(text).toContain('Add this amount, from $5.00 to $5,000.00\nAn amount\n75');
    expect(text).not.toContain('⚠');
  });

  test('of another currency are refused at their field', async () => {
    expect(textOf(await typed(await stage(), '€100 when below €20'))).toContain('⚠ ');
  });

  test('that turn it off ask first', async () => {
    const at = await stage(50);
    await confirmed(at);
    expect(understand('turn off auto-recharge', 'en')).toMatchObject({ match: { intent: 'off' } });
    expect(understand('disattiva ricarica automatica', 'it')).toMatchObject({ match: { intent: 'off' } });
    const asked = (await say(autoRechargeCommand, at.scene(), { intent: 'off' })).card;
    expect(textOf(asked)).toContain('Turn off auto-recharge?');
    expect((await accountOf(at)).rule?.enabled).toBe(true);
    expect(textOf(await typed(at, 'off'))).toContain('Turn off auto-recharge?');
  });
});

describe('the preview', () => {
  test('below the trigger says that it charges now, on the button too', async () => {
    const preview = await submit(await stage(10));
    expect(textOf(preview)).toContain('This charges $100.00 now, since the balance is $10.00.');
    expect(confirmTitle(preview)).toBe('Turn on and charge $100.00');
  });

  test('warns where one recharge does not reach the trigger, and what the limit leaves', async () => {
    const text = textOf(await submit(await stage(), { trigger: '200', amount: '50', monthCap: '150' }));
    expect(text).toContain('It takes 4 in a row, $200.00 in all.');
    expect(text).toContain('leaves room for 3 of them');
  });

  test('changes nothing, and goes back to the form with its values', async () => {
    const at = await stage();
    const preview = await submit(at, { trigger: '25.50' });
    expect((await accountOf(at)).rule).toBeUndefined();
    expect(textOf(await press(at, preview, 'Change'))).toContain('$25.50');
    expect(textOf(await press(at, preview, 'Cancel'))).toContain('Auto-recharge stays off.');
  });

  test('says that an expired card will probably be declined', async () => {
    expect(textOf(await submit(await stage(), { method: 'expiredCard' }))).toContain('This card expired');
  });
});

describe('the confirmation', () => {
  test('below the trigger charges once, and says what came of it', async () => {
    const at = await stage(10);
    const text = textOf(await confirmed(at));
    expect(text).toContain('Auto-recharge is on');
    expect(text).toContain('$100.00 was added. The balance is $110.00.');
    expect(text).toContain('Ada Admin, Nov 17, 2026');
    expect((await accountOf(at)).balance).toBe(usd(110));
  });

  test('lets one recharge follow another, up to the trigger and within the limit', async () => {
    const at = await stage();
    const text = textOf(await confirmed(at, { trigger: '120', amount: '50' }));
    expect(text).toContain('$150.00 was added in 3 recharges. The balance is $150.00.');
    const capped = await stage();
    await confirmed(capped, { trigger: '120', amount: '50', monthCap: '100' });
    expect((await accountOf(capped)).balance).toBe(usd(100));
  });

  test('above the trigger charges nothing', async () => {
    const at = await stage(50);
    expect(textOf(await confirmed(at))).toContain('Nothing was charged: the balance is $50.00.');
    expect(await timesCharged(at)).toBe(1n);
  });

  test('clicked twice, also at the same time, charges once and reads the same', async () => {
    const at = await stage(10);
    const preview = await submit(at);
    const { data } = button(preview, 'Turn on and charge $100.00');
    const both = await Promise.all([1, 2].map(() => clicked(autoRechargeCommand, at.scene(), data)));
    both.push(await clicked(autoRechargeCommand, at.scene(), data));
    at.test.clock.pass({ hours: 3 });
    both.push(await clicked(autoRechargeCommand, at.scene(), data));
    for (const { card } of both) expect(textOf(card)).toContain('Auto-recharge is on');
    expect(await timesCharged(at)).toBe(2n);
  });

  test('clicked again after a decline neither ends the wait nor tries again', async () => {
    const at = await stage();
    const preview = await submit(at, { method: 'insufficientFunds' });
    const first = await press(at, preview, confirmTitle(preview));
    expect(textOf(first)).toContain('There is not enough money on the card.');
    const again = await press(at, preview, confirmTitle(preview));
    expect(textOf(again)).toContain('It tries again by itself after');
    expect((await accountOf(at)).health.failures).toBe(1);
    expect(await at.test.processor.charges(TENANT)).toHaveLength(1);
  });

  test('of an older preview does not undo what somebody set since', async () => {
    const at = await stage(50);
    const older = await submit(at, { amount: '50' });
    await confirmed(at, { amount: '200' });
    expect(textOf(await press(at, older, 'Turn on'))).toContain(
      'Somebody set auto-recharge after your preview',
    );
    expect((await accountOf(at)).rule?.amount).toBe(usd(200));
  });

  test('never starts a charge that its preview did not announce', async () => {
    const at = await stage(50);
    const preview = await submit(at);
    await at.test.billing.intake.take(TENANT, [callOf(45)], 'http');
    const again = await press(at, preview, 'Turn on');
    expect(textOf(again)).toContain('changed since that preview, so nothing was changed by your click');
    expect(textOf(again)).toContain('This charges $100.00 now');
    expect((await accountOf(at)).rule).toBeUndefined();
  });

  test('a day later shows a new preview; forged or from elsewhere it changes nothing', async () => {
    const at = await stage(50);
    const preview = await submit(at);
    const { data } = button(preview, 'Turn on');
    const elsewhere = at.scene({ conversation: { key: 'conversation-2' } });
    const moved = (await clicked(autoRechargeCommand, elsewhere, data)).card;
    expect(textOf(moved)).toContain('This card no longer works');
    const forged = { ...data, token: `${String(data['token'])}x` };
    expect(textOf((await clicked(autoRechargeCommand, at.scene(), forged)).card)).toContain(
      'no longer works',
    );
    expect(await click(autoRechargeCommand, at.scene(), { verb: 'autoRecharge.confirm' })).toBe('malformed');
    at.test.clock.pass({ hours: 25 });
    expect(textOf(await press(at, preview, 'Turn on'))).toContain('more than a day old');
    expect((await accountOf(at)).rule).toBeUndefined();
  });

  test('with a card that needs approval gives the link', async () => {
    const card = await confirmed(await stage(), { method: 'needsAction' });
    expect(textOf(card)).toContain('The bank asks for approval of $100.00.');
    expect(button(card, 'Open the bank’s page').url).toMatch(/^http/u);
  });
});

let calls = 0;
function callOf(charge: number) {
  const id = `call-${(calls += 1)}`;
  const call = { id, charge, startDateTime: '2026-11-17T08:00:00Z', duration: 60, currency: 'USD' };
  return { ...call, licenseCapability: 'MCOPSTNPP', destinationName: 'France' };
}

describe('try again now', () => {
  const retry = async (at: Stage): Promise<Card> =>
    (await clicked(autoRechargeCommand, at.scene(), { verb: 'autoRecharge.retry' })).card;

  test('asks with the amount before it charges, and answers what came of it', async () => {
    const at = await stage();
    await confirmed(at, { method: 'insufficientFunds' });
    const asked = await retry(at);
    expect(textOf(asked)).toContain('Charge $100.00 now?');
    expect(await at.test.processor.charges(TENANT)).toHaveLength(1);
    expect(textOf(await press(at, asked, 'Charge $100.00'))).toContain('Declined again');
    expect(await at.test.processor.charges(TENANT)).toHaveLength(2);
  });

  test('confirmed twice tries once', async () => {
    const at = await stage();
    await confirmed(at, { method: 'insufficientFunds' });
    const asked = await retry(at);
    await press(at, asked, 'Charge $100.00');
    expect(textOf(await press(at, asked, 'Charge $100.00'))).toContain('It tries again by itself after');
    expect(await at.test.processor.charges(TENANT)).toHaveLength(2);
  });

  test('after a card expired is paused until another card is chosen, which charges', async () => {
    const at = await stage();
    expect(textOf(await confirmed(at, { method: 'expiredCard' }))).toContain('Auto-recharge is paused');
    expect(textOf(await confirmed(at))).toContain('$100.00 was added.');
    expect((await accountOf(at)).livingAlerts.rechargeFailed).toBeUndefined();
  });

  test('is still needed where the rule is saved again with the declined card', async () => {
    const at = await stage();
    await confirmed(at, { method: 'expiredCard' });
    expect(textOf(await submit(at, { method: 'expiredCard', amount: '50' }))).toContain('stays paused');
    const text = textOf(await confirmed(at, { method: 'expiredCard', amount: '50' }));
    expect(text).toContain('Auto-recharge is set, but still paused');
    expect(await accountOf(at)).toMatchObject({
      rule: { amount: usd(50) },
      health: { failures: 1, pausedMethod: 'sandbox-card-0069' },
    });
    expect(await at.test.processor.charges(TENANT)).toHaveLength(1);
  });

  test('after four recharges were called for within an hour resumes what the breaker stopped', async () => {
    const at = await stage();
    const stopped = textOf(await confirmed(at, { trigger: '200', amount: '50' }));
    expect(stopped).toContain('$150.00 was added in 3 recharges. The balance is $150.00.');
    expect((await accountOf(at)).health.tripped).toMatchObject({ reason: 'recharges', recharges: 3 });
    const asked = await retry(at);
    expect(textOf(await press(at, asked, 'Charge $50.00'))).toContain('The balance is $200.00.');
    expect((await accountOf(at)).health.tripped).toBeUndefined();
  });

  test('above the trigger, at the limit, in progress, or off says so and charges nothing', async () => {
    const above = await stage(50);
    await confirmed(above);
    expect(textOf(await retry(above))).toContain('Nothing to recharge');
    const capped = await stage();
    await confirmed(capped, { trigger: '500', monthCap: '100' });
    expect(textOf(await retry(capped))).toContain('leaves no room for another $100.00 before Dec 1, 2026');
    const open = await stage();
    await confirmed(open, { method: 'needsAction' });
    expect(textOf(await retry(open))).toContain('A payment is already in progress');
    expect(textOf(await retry(await stage()))).toContain('Auto-recharge has not been set');
  });

  test('after another rule was set asks anew', async () => {
    const at = await stage();
    await confirmed(at, { method: 'insufficientFunds' });
    const asked = await retry(at);
    await confirmed(at, { method: 'insufficientFunds', amount: '300' });
    const again = await press(at, asked, 'Charge $100.00');
    expect(textOf(again)).toContain('Charge $300.00 now?');
    expect(await at.test.processor.charges(TENANT)).toHaveLength(1);
  });
});

describe('turning off', () => {
  test('asks once, then is off, with who did it', async () => {
    const at = await stage(50);
    const asked = await press(at, await confirmed(at), 'Turn off');
    const text = textOf(await press(at, asked, 'Turn off'));
    expect(text).toContain('Auto-recharge is off');
    expect(text).toContain('Turned off by\nAda Admin');
    expect((await accountOf(at)).rule).toMatchObject({ enabled: false, amount: usd(100) });
    expect(textOf(await press(at, asked, 'Turn off'))).toContain('Auto-recharge is off');
  });

  test('names a recharge in progress, which is not stopped', async () => {
    const at = await stage();
    await confirmed(at, { method: 'needsAction' });
    const asked = (await say(autoRechargeCommand, at.scene(), { intent: 'off' })).card;
    const sentence = '$100.00 in progress is not stopped; “payments” can cancel it.';
    expect(textOf(asked)).toContain(sentence);
    expect(textOf(await press(at, asked, 'Turn off'))).toContain(sentence);
    expect((await accountOf(at)).openPayments).toHaveLength(1);
  });

  test('asks anew where the rule was changed after the question', async () => {
    const at = await stage(50);
    const asked = await press(at, await confirmed(at), 'Turn off');
    await confirmed(at, { amount: '200' });
    expect(textOf(await press(at, asked, 'Turn off'))).toContain('$200.00 is added');
    expect((await accountOf(at)).rule?.enabled).toBe(true);
  });
});

test('every action is for admins', () => {
  const roles = Object.values(autoRechargeCommand.actions).map(({ role }) => role);
  expect(new Set([autoRechargeCommand.role, ...roles])).toEqual(new Set(['admin']));
});
