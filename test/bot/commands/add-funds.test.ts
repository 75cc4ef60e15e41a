import { addFundsCommand } from '../../../src/bot/commands/add-funds.js';
import type { Card } from '../../../src/cards/render.js';
import type { TestScenario } from '../../../src/billing/payments/processor.js';
import { ADMIN, TENANT, testBilling, usd, type TestBilling } from '../../support/billing.js';
import { button, buttonsOf, textOf } from '../../support/card-checks.js';
import { click, clicked, say, testServices, testTurn, type Scene } from '../../support/turn.js';
import type { TestTurnOptions } from '../../support/turn.js';

interface Stage {
  readonly test: TestBilling;
  scene(options?: TestTurnOptions): Scene;
}

async function stage(options: Parameters<typeof testBilling>[0] = {}): Promise<Stage> {
  const test = await testBilling(options);
  const services = testServices(test);
  return { test, scene: (turn = {}) => ({ turn: testTurn({ now: test.clock.now(), ...turn }), services }) };
}

async function typed(at: Stage, rest: string, turn: TestTurnOptions = {}): Promise<Card> {
  return (await say(addFundsCommand, at.scene(turn), { rest })).card;
}

async function press(at: Stage, card: Card, title: string): Promise<Card> {
  return (await clicked(addFundsCommand, at.scene(), button(card, title).data)).card;
}

async function preview(at: Stage, scenario: TestScenario = 'succeeds', amount = '$50'): Promise<Card> {
  const data = { verb: 'addFunds.preview', amount, method: `sandbox-${scenario}` };
  return (await clicked(addFundsCommand, at.scene(), data)).card;
}

async function pay(at: Stage, card: Card, turn: TestTurnOptions = {}): Promise<Card> {
  return (await clicked(addFundsCommand, at.scene(turn), button(card, 'Pay $50.00').data)).card;
}

async function balanceOf({ test }: Stage): Promise<bigint> {
  return (await test.billing.reader.account(TENANT)).balance;
}

async function entriesOf({ test }: Stage) {
  return (await test.billing.reader.entries(TENANT, { limit: 20 })).entries;
}

async function timesCharged({ test }: Stage): Promise<bigint> {
  const charges = await test.processor.charges(TENANT);
  return charges.reduce((sum, charge) => sum + charge.timesCharged, 0n);
}

describe('the form', () => {
  test('offers the presets, the stored cards by what they do, and says the balance and the limits', async () => {
    const form = await typed(await stage(), '');
    expect(buttonsOf(form).map(({ title }) => title)).toEqual([
      ...['$20.00', '$50.00', '$100.00', '$250.00'],
      ...['Continue', 'Cancel'],
    ]);
    const text = textOf(form);
    expect(text).toContain('Balance now: $0.00');
    expect(text).toContain('from $5.00 to $5,000.00');
    expect(text).toContain('Visa •••• 4242 (test card: succeeds)');
    expect(text).toContain('Mastercard •••• 9995 (test card: declined, not enough money)');
  });

  test('a preset leads to its preview with the chosen card', async () => {
    const at = await stage();
    const chosen = {
      ...button(await typed(at, ''), '$100.00').data,
      method: 'sandbox-needsAction',
      amount: '',
    };
    const shown = (await clicked(addFundsCommand, at.scene(), chosen)).card;
    expect(textOf(shown)).toContain('Pay $100.00');
    expect(textOf(shown)).toContain('Discover •••• 3220');
  });

  test.each([
    ['-5', 'The amount must be above zero, so without a minus.'],
    ['0', 'The amount must be above zero.'],
    ['1e9', 'I can’t read that as an amount.'],
    ['5,5,5', 'I can’t read that as an amount.'],
    ['١٢', 'Please write the amount with the digits 0 to 9'],
    ['$', 'I can’t read that as an amount.'],
    ['', 'Please write an amount, such as $50.00.'],
    ['4.99', 'The amount must be between $5.00 and $5,000.00.'],
    ['5000.01', 'The amount must be between $5.00 and $5,000.00.'],
    ['50 €', 'This account is in USD.'],
    ['${amount}', 'I can’t read that as an amount.'],
    ['<b>50</b>', 'I can’t read that as an amount.'],
    ['x'.repeat(61) + '😀😀', 'That is too long for an amount.'],
  ])('after %j it comes back with the reason', async (amount, sentence) => {
    const at = await stage();
    const data = { verb: 'addFunds.preview', amount, method: 'sandbox-expiredCard' };
    const reply = await clicked(addFundsCommand, at.scene(), data);
    expect(reply.mode).toBe('replace');
    expect(textOf(reply.card)).toContain(sentence);
    expect(textOf(reply.card)).toContain(
      amount
        .replace(/[{}]/gu, '')
        .slice(0, 64)
        .replace(/\p{Cs}/gu, ''),
    );
    expect(JSON.stringify(reply.card.content)).toContain('"value":"sandbox-expiredCard","wrap"');
    expect(buttonsOf(reply.card).map(({ title }) => title)).toContain('Continue');
  });

  test('ten thousand characters get a sentence', async () => {
    const at = await stage();
    const data = { verb: 'addFunds.preview', amount: '9'.repeat(10_000) };
    const { card } = await clicked(addFundsCommand, at.scene(), data);
    expect(textOf(card)).toContain('That is too long for an amount.');
  });

  test('a card that is gone is said at its field, and the amount is kept', async () => {
    const at = await stage();
    const data = { verb: 'addFunds.preview', amount: '75', method: 'another' };
    const { card } = await clicked(addFundsCommand, at.scene(), data);
    expect(textOf(card)).toContain('That card is no longer stored.');
    expect(textOf(card)).toContain('75');
  });

  test('a forged preset is checked like any amount', async () => {
    const at = await stage();
    for (const preset of ['1000000', '-50', 'abc', '0.000001', '']) {
      const { card } = await clicked(addFundsCommand, at.scene(), { verb: 'addFunds.preview', preset });
      expect(textOf(card)).toContain('The amount must be between $5.00 and $5,000.00.');
    }
  });

  test('data of another shape is malformed', async () => {
    const at = await stage();
    expect(await click(addFundsCommand, at.scene(), { verb: 'addFunds.preview', amount: 50 })).toBe(
      'malformed',
    );
    expect(await click(addFundsCommand, at.scene(), { verb: 'addFunds.confirm' })).toBe('malformed');
  });

  test('an account without a stored card is told so', async () => {
    const at = await stage();
    jest.spyOn(at.test.methods, 'list').mockResolvedValue([]);
    for (const rest of ['', '$50']) {
      const form = await typed(at, rest);
      expect(textOf(form)).toContain('No card is stored for this account');
      expect(buttonsOf(form).map(({ title }) => title)).toEqual(['Cancel']);
    }
  });

  test('presets that can’t be charged are left out', async () => {
    const at = await stage({ settings: { limits: { minimum: usd(50), maximum: usd(100) } } });
    const titles = buttonsOf(await typed(at, '')).map(({ title }) => title);
    expect(titles).toEqual(['$50.00', '$100.00', 'Continue', 'Cancel']);
  });
});

describe('typing the amount', () => {
  test('“add $50” shows the preview with the default card at once', async () => {
    const card = await typed(await stage(), '$50');
    expect(textOf(card)).toContain('Visa •••• 4242');
    expect(textOf(card)).toContain('Nothing is charged until you press “Pay $50.00”.');
    expect(textOf(card)).toContain('Test card: no real money moves.');
  });

  test('“aggiungi 50 €” is read and answered in Italian', async () => {
    const at = await stage({ settings: { defaults: { currency: 'EUR', timeZone: 'UTC' } } });
    const text = textOf(await typed(at, '1.000,50 €', { locale: 'it-IT' }));
    expect(text).toContain('Paga 1000,50 €');
    expect(text).toContain('Saldo attuale');
  });

  test('an amount that can’t be read leads to the form, with what was typed', async () => {
    const text = textOf(await typed(await stage(), '5,5,5'));
    expect(text).toContain('I can’t read that as an amount.');
    expect(text).toContain('5,5,5');
  });
});

describe('the preview', () => {
  test('says the balance before and after, and charges nothing', async () => {
    const at = await stage();
    await pay(at, await preview(at));
    at.test.clock.pass({ minutes: 11 });
    const text = textOf(await preview(at, 'succeeds', '20'));
    expect(text).toContain('Balance now\n$50.00');
    expect(text).toContain('Balance after\n$70.00');
    expect(text).not.toContain('Only pay if');
    expect(await timesCharged(at)).toBe(1n);
  });

  test('“Change” leads back to the form with the same values', async () => {
    const at = await stage();
    const form = await press(at, await preview(at, 'needsAction'), 'Change');
    expect(textOf(form)).toContain('$50.00');
    expect(JSON.stringify(form.content)).toContain('"value":"sandbox-needsAction","wrap"');
  });

  test('“Cancel” charges nothing and says so', async () => {
    const at = await stage();
    expect(textOf(await press(at, await preview(at), 'Cancel'))).toContain('Nothing was charged');
    expect(await at.test.processor.charges(TENANT)).toEqual([]);
  });

  test('mentions a top-up of the last ten minutes and by whom', async () => {
    const at = await stage();
    await pay(at, await preview(at));
    at.test.clock.pass({ minutes: 9 });
    const text = textOf(await preview(at));
    expect(text).toContain('Already added: $50.00 by Ada Admin, Nov 17, 2026, 9:00 AM UTC.');
    expect(text).toContain('Only pay if this one comes on top.');
  });

  test('mentions a top-up that is still open', async () => {
    const at = await stage();
    await pay(at, await preview(at, 'needsAction'));
    at.test.clock.pass({ minutes: 20 });
    expect(textOf(await preview(at))).toContain('Still open: $50.00 by Ada Admin, since Nov 17, 2026');
  });

  test('warns of a card that has expired', async () => {
    expect(textOf(await preview(await stage(), 'expiredCard'))).toContain(
      'This card expired at the end of January 2024',
    );
  });
});

describe('the confirmation', () => {
  test.each(['succeeds', 'timeoutAfterCharging'] as const)(
    'with the card “%s” it credits the balance and gives a receipt',
    async (scenario) => {
      const at = await stage();
      const reply = await clicked(
        addFundsCommand,
        at.scene(),
        button(await preview(at, scenario), 'Pay $50.00').data,
      );
      expect(reply.mode).toBe('replace');
      const text = textOf(reply.card);
      expect(text).toContain('✓ Funds added');
      expect(text).toContain('Balance before\n$0.00');
      expect(text).toContain('New balance\n$50.00');
      expect(text).toContain('Added by\nAda Admin');
      expect(text).toContain('Reference\nnew-1');
      expect(await balanceOf(at)).toBe(usd(50));
      expect(await timesCharged(at)).toBe(1n);
      expect(await entriesOf(at)).toMatchObject([{ kind: 'topUp', by: ADMIN, reference: 'new-1' }]);
    },
  );

  test.each([
    ['insufficientFunds', 'There is not enough money on the card.'],
    ['expiredCard', 'The card has expired.'],
  ] as const)('with the card “%s” it says why nothing was charged', async (scenario, sentence) => {
    const at = await stage();
    const text = textOf(await pay(at, await preview(at, scenario)));
    expect(text).toContain('Not charged: the payment was declined');
    expect(text).toContain(sentence);
    expect(await balanceOf(at)).toBe(0n);
    expect(await timesCharged(at)).toBe(0n);
  });

  test('after a decline another card is tried under a new id', async () => {
    const at = await stage();
    const declined = await pay(at, await preview(at, 'insufficientFunds'));
    const form = await press(at, declined, 'Try another card');
    expect(JSON.stringify(form.content)).toContain('"value":"sandbox-succeeds","wrap"');
    await pay(at, await preview(at, 'succeeds'));
    const charges = await at.test.processor.charges(TENANT);
    expect(charges.map(({ paymentId, state }) => [paymentId, state])).toEqual([
      ['new-1', 'declined'],
      ['new-2', 'succeeded'],
    ]);
    expect(await balanceOf(at)).toBe(usd(50));
  });

  test('a bank that asks for approval gets its link, and the payment is finished after it', async () => {
    const at = await stage();
    const waiting = await pay(at, await preview(at, 'needsAction'));
    expect(button(waiting, 'Open the bank’s page')).toMatchObject({
      type: 'Action.OpenUrl',
      url: 'http://127.0.0.1:3978/sandbox/payments/tenant-one/new-1',
    });
    expect(textOf(await press(at, waiting, 'I’ve done it'))).toContain('The bank asks for your approval');
    await at.test.processor.decide({ tenant: TENANT, paymentId: 'new-1' }, 'approve');
    expect(textOf(await press(at, waiting, 'I’ve done it'))).toContain('✓ Funds added');
    expect(await balanceOf(at)).toBe(usd(50));
  });

  test('an approval that is refused is a decline', async () => {
    const at = await stage();
    const waiting = await pay(at, await preview(at, 'needsAction'));
    await at.test.processor.decide({ tenant: TENANT, paymentId: 'new-1' }, 'refuse');
    expect(textOf(await press(at, waiting, 'I’ve done it'))).toContain('not approved with the bank');
  });

  test('an unknown outcome is never called a failure, and becomes known by asking', async () => {
    const at = await stage();
    const unknown = await pay(at, await preview(at, 'timeoutBeforeCharging'));
    expect(textOf(unknown)).toContain('Outcome not known yet');
    expect(textOf(unknown)).toContain('you won’t be charged twice');
    expect(textOf(unknown)).not.toMatch(/fail|declin|not charged/iu);
    expect(textOf(await press(at, unknown, 'Refresh'))).toContain('✓ Funds added');
    expect(await timesCharged(at)).toBe(1n);
  });
});
