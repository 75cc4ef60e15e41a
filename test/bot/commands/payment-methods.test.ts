/** Where the wallet is another than the sandbox's, or none; test/conversation has the rest. */
import { paymentMethodsCommand } from '../../../src/bot/commands/payment-methods.js';
import type { MethodChanges, MethodPages } from '../../../src/billing/payments/method-ports.js';
import { testBilling } from '../../support/billing.js';
import { button, buttonsOf, textOf } from '../../support/card-checks.js';
import { clicked, click, say, testServices, testTurn, type Scene } from '../../support/turn.js';

const PAGES: MethodPages = {
  addLink: async () => ({ kind: 'link', url: 'https://example.com/add' }),
  replaceLink: async () => ({ kind: 'noCustomer' }),
};
const CHANGES: MethodChanges = {
  remove: async () => ({ kind: 'notFound' }),
  makeDefault: async () => ({ kind: 'notFound' }),
};

async function scene(wallet?: { pages: MethodPages; changes: MethodChanges }): Promise<Scene> {
  const services = testServices(await testBilling());
  return { turn: testTurn(), services: { ...services, ...(wallet !== undefined && { wallet }) } };
}

test('without a wallet the command and all its buttons say that this bot charges no cards', async () => {
  const at = await scene();
  const data = { method: 'x', token: 'x', to: '0', from: '0' };
  const answers = [await say(paymentMethodsCommand, at)];
  for (const name of Object.keys(paymentMethodsCommand.actions))
    answers.push(await clicked(paymentMethodsCommand, at, { verb: `paymentMethods.${name}`, ...data }));
  for (const { card } of answers) expect(textOf(card)).toContain('This bot charges no cards');
});

test('a link whose end only the processor knows is said to work for a short time', async () => {
  const { card } = await say(paymentMethodsCommand, await scene({ pages: PAGES, changes: CHANGES }), {
    intent: 'add',
  });
  expect(textOf(card)).toContain('The link works for a short time only.');
  expect(button(card, 'Open the page').url).toBe('https://example.com/add');
});

test('where the processor knows nobody whose card could be replaced, one is added', async () => {
  const at = await scene({ pages: PAGES, changes: CHANGES });
  const data = { verb: 'paymentMethods.replace', method: 'sandbox-succeeds' };
  const { card } = await clicked(paymentMethodsCommand, at, data);
  expect(button(card, 'Open the page').url).toBe('https://example.com/add');
});

test('only web addresses become a link', async () => {
  const pages = { ...PAGES, addLink: async () => ({ kind: 'link', url: 'javascript:alert(1)' }) as const };
  const { card } = await say(paymentMethodsCommand, await scene({ pages, changes: CHANGES }), {
    intent: 'add',
  });
  expect(buttonsOf(card).map(({ title }) => title)).not.toContain('Open the page');
});

test('a card that the processor no longer has is said to be gone', async () => {
  const at = await scene({ pages: PAGES, changes: CHANGES });
  const method = 'sandbox-succeeds';
  const moved = await clicked(paymentMethodsCommand, at, { verb: 'paymentMethods.makeDefault', method });
  expect(textOf(moved.card)).toContain('That card is no longer stored.');
  const question = await clicked(paymentMethodsCommand, at, { verb: 'paymentMethods.askRemove', method });
  const removed = await clicked(paymentMethodsCommand, at, button(question.card, 'Remove').data);
  expect(textOf(removed.card)).toContain('That card is no longer stored.');
});

test('data of another shape is malformed', async () => {
  const at = await scene({ pages: PAGES, changes: CHANGES });
  for (const data of [
    { verb: 'paymentMethods.manage' },
    { verb: 'paymentMethods.page', from: '-1' },
    { verb: 'paymentMethods.backup', method: 'x', to: '10' },
    { verb: 'paymentMethods.done', token: '' },
  ])
    expect(await click(paymentMethodsCommand, at, data)).toBe('malformed');
});
