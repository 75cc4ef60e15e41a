import { refundCommand } from '../../../src/bot/commands/refund.js';
import { understand } from '../../../src/bot/matching.js';
import type { RefundResult } from '../../../src/billing/payments/processor.js';
import { TENANT, usd } from '../../support/billing.js';
import { button, buttonsOf, textOf } from '../../support/card-checks.js';
import { chatWith, ruleOf, topUp, type Chat } from '../../support/chat.js';
import { use } from '../../support/spend.js';
import { click, clicked, say, testServices, testTurn } from '../../support/turn.js';

async function withTopUps(...amounts: readonly number[]): Promise<Chat> {
  const chat = await chatWith(refundCommand);
  for (const [index, amount] of amounts.entries()) {
    chat.test.clock.pass({ minutes: 20 });
    await topUp(chat.test, `p${index + 1}`, amount);
  }
  return chat;
}

function answers(chat: Chat, result: RefundResult): void {
  chat.test.processor.refund = async () => result;
}

async function previewOf(chat: Chat, id = 'p1') {
  return chat.send({ verb: 'refund.ask', id });
}

test.each([
  ['en', 'refund'],
  ['en', 'refund the top-up'],
  ['en', 'refund top up'],
  ['it', 'rimborso'],
  ['it', 'rimborsa la ricarica'],
] as const)('in %s “%s” asks for it', (language, words) => {
  expect(understand(words, language)).toMatchObject({ kind: 'command', match: { name: 'refund' } });
});

test('without an unspent top-up it says what could be given back', async () => {
  const card = await (await withTopUps()).typed();
  expect(textOf(card)).toContain('Nothing can be refunded');
  expect(textOf(card)).toContain('Only a top-up of which nothing was used can be given back.');
});

test('it lists the top-ups of which nothing was used, the newest first', async () => {
  const chat = await withTopUps(20, 30, 40);
  await use(chat.test, [{ id: 'c1', charge: 5 }]);
  const text = textOf(await chat.typed());
  expect(text).toContain('Top-up\nAda Admin, Nov 17, 2026\nVisa •••• 4242\n$40.00');
  expect(text.indexOf('$40.00')).toBeLessThan(text.indexOf('$30.00'));
  expect(text).not.toContain('$20.00');
});

test('more than a page of them can be turned over', async () => {
  const chat = await withTopUps(10, 11, 12, 13, 14, 15, 16);
  const first = await chat.typed();
  expect(textOf(first)).toContain('$16.00');
  const second = await chat.press(first, 'Older');
  expect(textOf(second)).toContain('$10.00');
  expect(textOf(second)).not.toContain('$16.00');
  expect(textOf(await chat.press(second, 'Newer'))).toBe(textOf(first));
});

test('the preview says what will happen, and changes nothing', async () => {
  const chat = await withTopUps(20, 30);
  const card = await chat.press(await chat.typed(), 'Refund');
  const text = textOf(card);
  expect(text).toContain('$30.00 goes off the balance at once and back to Visa •••• 4242.');
  expect(text).toContain('Balance now\n$50.00\n→\nBalance after\n$20.00');
  expect(text).toContain('It never starts a charge.');
  expect(text).toContain('Nothing happens until you press “Refund $30.00”.');
  expect(await chat.balance()).toBe(usd(50));
});

test('below the trigger it says that auto-recharge waits', async () => {
  const chat = await withTopUps(20, 30);
  await ruleOf(chat.test, { trigger: 40 });
  expect(textOf(await previewOf(chat))).toContain('below $40.00, auto-recharge waits');
});

test('the whole balance gone is said to be used up', async () => {
  const text = textOf(await previewOf(await withTopUps(20)));
  expect(text).toContain('After that the balance is used up');
});

test('confirmed, the money goes back once, however often it is clicked', async () => {
  const chat = await withTopUps(20, 30);
  const preview = await previewOf(chat);
  for (let click = 0; click < 3; click += 1) {
    const text = textOf(await chat.press(preview, 'Refund $20.00'));
    expect(text).toContain('✓ Refunded');
    expect(text).toContain('Refunded by\nAda Admin');
  }
  expect(await chat.balance()).toBe(usd(30));
  const [charge] = (await chat.test.processor.charges(TENANT)).filter(({ paymentId }) => paymentId === 'p1');
  expect(charge?.refunds.length).toBe(1);
  expect(chat.services.audit.notes[0]).toMatchObject({
    did: 'refund.confirm',
    outcome: 'done',
    subject: 'p1',
  });
});

test('a processor that refuses leaves the money in the balance, and the card says so', async () => {
  const chat = await withTopUps(20);
  answers(chat, { kind: 'refused', reason: 'processorRefused' });
  const card = await chat.press(await previewOf(chat), 'Refund $20.00');
  expect(textOf(card)).toContain('⚠ The refund was refused');
  expect(textOf(card)).toContain('did not give $20.00 back to Visa •••• 4242, so it is in the balance again');
  expect(await chat.balance()).toBe(usd(20));
  expect(textOf(await chat.typed())).toContain('The processor refused to give it back before.');
  expect(button(card, 'Refund').verb).toBe('refund.ask');
});

test('a processor that does not answer leaves it in progress, never said to have failed', async () => {
  const chat = await withTopUps(20);
  answers(chat, { kind: 'unknown' });
  const card = await chat.press(await previewOf(chat), 'Refund $20.00');
  expect(textOf(card)).toContain('Refund in progress');
  expect(textOf(card)).toContain('Press “Refresh” to see the outcome.');
  expect(buttonsOf(card).map(({ title }) => title)).toEqual(['Refresh', 'Balance', 'History']);
  expect(await chat.balance()).toBe(0n);
});

test('a preview whose top-up was used meanwhile refunds nothing, and says why', async () => {
  const chat = await withTopUps(20);
  const preview = await previewOf(chat);
  await use(chat.test, [{ id: 'c1', charge: 5 }]);
  expect(textOf(await chat.press(preview, 'Refund $20.00'))).toContain(
    'Part of it was used, or it has expired. Nothing was changed.',
  );
  expect(textOf(await previewOf(chat))).toContain('This top-up can’t be refunded any more');
  expect(await chat.balance()).toBe(usd(15));
});

test('what was refunded already is shown as it is, by another preview too', async () => {
  const chat = await withTopUps(20);
  const [one, other] = [await previewOf(chat), await previewOf(chat)];
  await chat.press(one, 'Refund $20.00');
  expect(textOf(await chat.press(other, 'Refund $20.00'))).toContain('✓ Refunded');
  expect(textOf(await previewOf(chat))).toContain('✓ Refunded');
  expect(await chat.balance()).toBe(0n);
});

test('a preview of yesterday refunds nothing and comes anew', async () => {
  const chat = await withTopUps(20);
  const preview = await previewOf(chat);
  chat.test.clock.pass({ hours: 25 });
  const card = await chat.press(preview, 'Refund $20.00');
  expect(textOf(card)).toContain('The preview was more than a day old, so nothing was refunded.');
  expect(await chat.balance()).toBe(usd(20));
  expect(textOf(await chat.press(card, 'Refund $20.00'))).toContain('✓ Refunded');
});

test('a token of another conversation, or a payment of another tenant, changes nothing', async () => {
  const chat = await withTopUps(20);
  const preview = await previewOf(chat);
  const elsewhere = { conversation: { key: 'conversation-2' } };
  expect(textOf(await chat.press(preview, 'Refund $20.00', elsewhere))).toContain(
    'This card no longer works',
  );
  const stranger = await chat.send({ verb: 'refund.ask', id: 'p1' }, { tenant: 'tenant-two' });
  expect(textOf(stranger)).toContain('This card no longer works');
  expect(await chat.balance()).toBe(usd(20));
});

test.each([{ from: '-1' }, { from: 'x' }, { from: 5 }, {}])('a forged page %j is refused', async (data) => {
  const chat = await withTopUps();
  const scene = { turn: testTurn(), services: chat.services };
  expect(await click(refundCommand, scene, { verb: 'refund.page', ...data })).toBe('malformed');
});

test('dropped, it says that nothing was refunded', async () => {
  const chat = await withTopUps(20);
  expect(textOf(await chat.press(await previewOf(chat), 'Cancel'))).toContain('Nothing was refunded');
});

test('words and every button are for admins', () => {
  const roles = Object.values(refundCommand.actions).map(({ role }) => role);
  expect([refundCommand.role, ...new Set(roles)]).toEqual(['admin', 'admin']);
});

test('it works in Italian, in a channel too', async () => {
  const chat = await withTopUps(20);
  const turn = { locale: 'it-IT', conversation: { kind: 'channel' } } as const;
  const preview = await chat.press(await chat.typed('', turn), 'Rimborsa', turn);
  expect(textOf(preview)).toContain('20,00 USD escono subito dal saldo e tornano su Visa •••• 4242.');
  expect(textOf(await chat.press(preview, 'Rimborsa 20,00 USD', turn))).toContain('✓ Rimborso eseguito');
});

describe('where the admin center took over from whoever charged the top-up', () => {
  async function takenOver() {
    const chat = await withTopUps(20);
    const before = await previewOf(chat);
    const scene = { turn: testTurn(), services: testServices(chat.test, { paidBy: 'adminCenter' }) };
    return { chat, before, scene };
  }

  test('it is given back there, and nothing is taken off the balance, also by a preview from before', async () => {
    const { chat, before, scene } = await takenOver();
    for (const data of [{ verb: 'refund.ask', id: 'p1' }, button(before, 'Refund $20.00').data]) {
      const { card } = await clicked(refundCommand, scene, data);
      expect(textOf(card)).toContain('This top-up can’t be refunded from here');
      expect(textOf(card)).toContain('Once it is given back there, “adjust” takes it off the balance.');
    }
    expect(await chat.balance()).toBe(usd(20));
  });

  test('none is listed', async () => {
    const { scene } = await takenOver();
    const text = textOf((await say(refundCommand, scene)).card);
    expect(text).toContain('Nothing can be refunded');
    expect(text).toContain('What another payment processor took before is given back there.');
  });
});
