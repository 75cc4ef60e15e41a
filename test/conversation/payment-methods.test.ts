/** The stored cards through the chat and the hosted page: each button in each state, and what is refused. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { partitionOf } from '../../src/billing/lane/account-rows.js';
import { toJson } from '../../src/billing/rows/columns.js';
import { TEST_NUMBERS } from '../../src/billing/payments/sandbox/cards.js';
import type { TestScenario } from '../../src/billing/payments/processor.js';
import { CARD_FIELDS, type TypedCard } from '../../src/sandbox-cards/form.js';
import { BEA, VERA, startApp, type TestApp } from '../support/app.js';
import { usd } from '../support/billing.js';
import { buttonsOf } from '../support/card-checks.js';
import { typedCardNumber } from '../support/card-numbers.js';
import type { Answer, ChatClient, ShownCard } from '../support/client.js';
import { GOOD_CARD } from '../support/sandbox-wallet.js';
import { manage, recharge } from '../support/stored-cards.js';

let bot: TestApp;

beforeAll(async () => {
  bot = await startApp();
});

afterAll(() => bot.stop());

function client(options: Parameters<TestApp['client']>[0] = {}): ChatClient {
  return bot.client({ tenant: randomUUID(), ...options });
}

const DEFAULT = 'Visa •••• 4242';
const DECLINING = 'Mastercard •••• 9995';

function titlesOf(card: ShownCard): readonly string[] {
  return buttonsOf(card).map(({ title }) => title);
}

/** The page behind the link of a card, as a browser reaches it. */
function pageOf(card: ShownCard): { readonly path: string; readonly form: string } {
  const url = new URL(buttonsOf(card).find(({ title }) => title === 'Open the page')?.url ?? '');
  return { path: url.pathname, form: url.searchParams.get('form') ?? '' };
}

async function send(
  card: ShownCard,
  typed: Partial<TypedCard> = {},
): Promise<{ status: number; html: string }> {
  const { path, form } = pageOf(card);
  const body = new URLSearchParams({ form, ...GOOD_CARD, ...typed });
  const response = await fetch(`${bot.url}${path}`, { method: 'POST', body });
  return { status: response.status, html: await response.text() };
}

/** @returns what the chat says after “Done”. */
async function add(chat: ChatClient, scenario: TestScenario): Promise<Answer> {
  const link = await chat.say('add a card');
  expect((await send(link.card, { number: TEST_NUMBERS[scenario] })).status).toBe(200);
  return chat.click(link.card, 'Done');
}

async function idsOf(chat: ChatClient): Promise<readonly string[]> {
  return (await bot.app.payments.methods.list(chat.setting.tenant!)).map(({ id }) => id);
}

describe('the list', () => {
  test('says of each card its name, until when it is valid, and what it is used for', async () => {
    const chat = await bot.funded('50');
    await recharge(chat, 'needsAction');
    const { text } = await chat.say('payment methods');
    expect(text).toContain('6 cards are stored.');
    expect(text).toMatch(
      /Visa •••• 4242\nDefault for top-ups\nValid until December 2034\nTest card: succeeds/u,
    );
    expect(text).toContain('American Express •••• 0069\n⚠ Expired at the end of January 2024');
    expect(text).toContain('Discover •••• 3220\nAuto-recharge\n');
  });

  test('says in words that a card expires soon', async () => {
    const chat = client();
    const link = await chat.say('add a card');
    const month = bot.clock.now().slice(5, 7);
    await send(link.card, { expiry: `${month}/${bot.clock.now().slice(2, 4)}` });
    expect((await chat.click(link.card, 'Done')).text).toContain('⚠ Expires soon, at the end of');
  });

  test('reads in Italian, its buttons too', async () => {
    const chat = client({ locale: 'it-IT' });
    const { text, card } = await chat.say('metodi di pagamento');
    expect(text).toContain('Predefinita per le ricariche');
    expect(text).toContain('Valida fino a dicembre 2034');
    expect(titlesOf(card)).toContain('Aggiungi una carta');
    const link = await chat.click(card, 'Aggiungi una carta');
    expect(link.text).toContain('I numeri delle carte non passano mai da questa chat.');
  });

  test('goes on where more cards are stored than fit', async () => {
    const chat = client();
    await add(chat, 'succeeds');
    const first = await chat.say('cards');
    expect(first.text).toContain('Cards 1 to 6 of 7.');
    const next = await chat.click(first.card, 'More');
    expect(next.text).toContain('Cards 7 to 7 of 7.');
    expect((await chat.click(next.card, 'First cards')).text).toContain('Cards 1 to 6 of 7.');
  });

  test('is for admins only, and so is every button', async () => {
    const chat = client();
    const card = (await manage(chat, DECLINING)).card;
    const vera = chat.as({ person: VERA });
    expect((await vera.say('payment methods')).text).toContain('Only an admin can do this');
    for (const title of ['Replace', 'Make default', 'Remove', 'Use as backup 1', 'Use for auto-recharge'])
      expect((await vera.click(card, title)).text).toContain('Only an admin can do this');
    expect(await idsOf(chat)).toHaveLength(6);
  });
});

describe('adding a card', () => {
  test('leads by a fresh link to the page; “Done” shows the card and what can be done with it', async () => {
    const chat = client();
    const link = await chat.click((await chat.say('payment methods')).card, 'Add a card');
    expect(link.text).toMatch(/The link adds one card, and works until .+ UTC\./u);
    expect((await chat.click(link.card, 'Done')).text).toContain('No new card yet');
    expect((await send(link.card, { number: TEST_NUMBERS.insufficientFunds })).html).toContain('Card saved');
    const added = await chat.click(link.card, 'Done');
    expect(added.text).toContain(`${DECLINING}\n✓ The card is stored.`);
    expect(await idsOf(chat)).toHaveLength(7);
    expect((await send(link.card)).html).toContain('This link was used already');
    expect(await idsOf(chat)).toHaveLength(7);
  });

  test('is offered by the forms of top-up and auto-recharge, also where no card is stored', async () => {
    const chat = client();
    for (const words of ['add funds', 'set auto-recharge']) {
      const form = await chat.say(words);
      expect((await chat.click(form.card, 'Add a card')).text).toContain('Open the page and enter the card');
    }
    for (const id of await idsOf(chat))
      await bot.app.payments.wallet!.changes.remove(chat.setting.tenant!, id);
    for (const words of ['add funds', 'set auto-recharge', 'payment methods']) {
      const form = await chat.say(words);
      expect(form.text).toMatch(/No card is stored/u);
      expect(titlesOf(form.card)).toContain('Add a card');
    }
    expect((await add(chat, 'succeeds')).text).toContain('Default for top-ups');
    const paid = await chat.click((await chat.say('add $50')).card, 'Pay $50.00');
    expect(paid.text).toContain('✓ Funds added');
    expect(paid.text).toContain('Test card: no real money moves.');
  });

  test('gives no link where others read along', async () => {
    for (const scope of ['channel', 'group'] as const) {
      const answer = await client({ scope }).say('add a card');
      expect(answer.text).toContain('Whoever reads along here could open the link.');
      expect(titlesOf(answer.card)).toEqual([]);
    }
  });

  test('does not work with the link of another tenant, or after an hour', async () => {
    const own = await startApp({ connector: bot.connector });
    const chat = own.client({ tenant: randomUUID() });
    const { path, form } = pageOf((await chat.say('add a card')).card);
    const open = (at: string) => fetch(`${own.url}${at}?${new URLSearchParams({ form }).toString()}`);
    expect((await open('/sandbox/cards/other')).status).toBe(404);
    expect((await open(path)).status).toBe(200);
    own.clock.pass({ minutes: 61 });
    expect((await open(path)).status).toBe(410);
    await own.stop();
  });

  test('says that the link could not be made where nobody answers', async () => {
    const chat = client();
    const list = await chat.say('payment methods');
    jest.spyOn(bot.app.payments.wallet!.pages, 'addLink').mockResolvedValueOnce({ kind: 'unknown' });
    const answer = await chat.click(list.card, 'Add a card');
    expect(answer.text).toContain('Nothing was changed; please ask again.');
    expect((await chat.click(answer.card, 'New link')).text).toContain('Open the page');
  });
});

test('a replaced card stays: auto-recharge goes on with it until an admin says otherwise', async () => {
  const chat = await bot.funded('50');
  await recharge(chat, 'insufficientFunds');
  const link = await chat.click((await manage(chat, DECLINING)).card, 'Replace');
  expect(link.text).toContain(`Replace ${DECLINING}`);
  expect((await send(link.card)).html).toContain('The old card stays stored');
  const done = await chat.click(link.card, 'Done');
  expect(done.text).toContain(`Auto-recharge still charges ${DECLINING}.`);
  expect(titlesOf(done.card)).not.toContain(`Remove ${DECLINING}`);
  const preview = await chat.click(done.card, 'Use for auto-recharge');
  expect(preview.text).toContain('$50.00 is added from Visa •••• 4242');
  await chat.click(preview.card, 'Turn on');
  const again = await chat.click(link.card, 'Done');
  const question = await chat.click(again.card, `Remove ${DECLINING}`);
  expect((await chat.click(question.card, 'Remove')).text).toContain(`✓ ${DECLINING} was removed.`);
});

test('the default is charged where no card is named', async () => {
  const chat = client();
  const changed = await chat.click((await manage(chat, 'Discover')).card, 'Make default');
  expect(changed.text).toContain('✓ It is the default for top-ups now.');
  expect((await idsOf(chat))[0]).toBe('sandbox-needsAction');
  expect((await chat.say('add $50')).text).toContain('Discover •••• 3220');
});

test('an unknown answer is never called done, and the same button works again', async () => {
  const chat = client();
  const card = (await manage(chat, 'Discover')).card;
  const { changes } = bot.app.payments.wallet!;
  jest.spyOn(changes, 'makeDefault').mockResolvedValueOnce({ kind: 'unknown' });
  expect((await chat.click(card, 'Make default')).text).toContain('It is not known whether that was done.');
  expect((await chat.click(card, 'Make default')).text).toContain('default for top-ups now');
  const question = await chat.click(card, 'Remove');
  jest.spyOn(changes, 'remove').mockResolvedValueOnce({ kind: 'unknown' });
  const unknown = await chat.click(question.card, 'Remove');
  expect(unknown.text).toContain('It is not known whether Discover •••• 3220 was removed');
  expect((await chat.click(unknown.card, 'All cards')).text).toContain('6 cards are stored.');
});

test('where the cards can’t be listed, nothing is said to be missing', async () => {
  const chat = client();
  bot.storage.sandbox = 'down';
  const answer = await chat.say('payment methods');
  bot.storage.sandbox = 'works';
  expect(answer.text).toContain('The stored cards are not known just now');
  expect((await chat.say('payment methods')).text).toContain('6 cards are stored.');
});

describe('the backups of auto-recharge', () => {
  async function backupsOf(chat: ChatClient): Promise<readonly string[]> {
    const { backups } = await bot.app.billing.billing.reader.account(chat.setting.tenant!);
    return backups.map(({ id }) => id.replace('sandbox-', ''));
  }

  test('are added, moved and taken off one by one; a click that is delivered twice moves once', async () => {
    const chat = await bot.funded('50');
    await recharge(chat, 'succeeds');
    expect((await manage(chat, DEFAULT)).text).toContain('can’t be its own backup');
    for (const [index, name] of [DECLINING, 'Discover', 'JCB'].entries()) {
      const answer = await chat.click((await manage(chat, name)).card, `Use as backup ${index + 1}`);
      expect(answer.text).toContain(`✓ It is backup ${index + 1} of auto-recharge now.`);
    }
    expect((await manage(chat, 'Diners Club')).text).toContain('There are 3 backups already');
    const last = (await manage(chat, 'JCB')).card;
    await chat.click(last, 'Move up');
    expect((await chat.click(last, 'Move up')).text).toContain('backup 2');
    expect(await backupsOf(chat)).toEqual(['insufficientFunds', 'timeoutBeforeCharging', 'needsAction']);
    await chat.click((await manage(chat, 'Discover')).card, 'Try first');
    await chat.click((await manage(chat, 'Discover')).card, 'Move down');
    expect(await backupsOf(chat)).toEqual(['insufficientFunds', 'needsAction', 'timeoutBeforeCharging']);
    const off = await chat.click((await manage(chat, 'Discover')).card, 'Not a backup');
    expect(off.text).toContain('✓ It is no longer a backup of auto-recharge.');
    expect((await chat.say('cards')).text).toContain(`${DECLINING}\nBackup 1\n`);
  });

  test('lose a card that is removed', async () => {
    const chat = await bot.funded('50');
    await recharge(chat, 'succeeds');
    await chat.click((await manage(chat, 'JCB')).card, 'Use as backup 1');
    const question = await chat.click((await manage(chat, 'JCB')).card, 'Remove');
    expect(question.text).toContain('It is a backup of auto-recharge');
    await chat.click(question.card, 'Remove');
    expect(await backupsOf(chat)).toEqual([]);
    expect(await idsOf(chat)).not.toContain('sandbox-timeoutBeforeCharging');
  });

  test('that became auto-recharge’s own card meanwhile are refused with a sentence', async () => {
    const chat = await bot.funded('50');
    const card = (await manage(chat, DECLINING)).card;
    await recharge(chat, 'insufficientFunds');
    expect((await chat.click(card, 'Use as backup 1')).text).toContain('Somebody changed auto-recharge');
    expect(await backupsOf(chat)).toEqual([]);
  });
});

describe('removing a card', () => {
  test('is asked first, says what becomes the default, and is done once', async () => {
    const chat = client();
    const question = await chat.click((await manage(chat, DEFAULT)).card, 'Remove');
    expect(question.text).toContain(`${DECLINING} becomes the default for top-ups.`);
    expect((await chat.click(question.card, 'Keep it')).text).toContain('Used for\nDefault for top-ups');
    const answers = [await chat.click(question.card, 'Remove'), await chat.click(question.card, 'Remove')];
    expect(answers[0]!.text).toContain(`✓ ${DEFAULT} was removed.`);
    expect(answers[1]!.text).toContain('That card is no longer stored.');
    expect(await idsOf(chat)).toHaveLength(5);
    expect(await bot.audited(chat.setting.tenant!)).toContainEqual(
      expect.objectContaining({ did: 'paymentMethods.remove', outcome: 'done', subject: 'sandbox-succeeds' }),
    );
  });

  test('is refused while auto-recharge charges it, with the buttons that end that', async () => {
    const chat = await bot.funded('50');
    await recharge(chat, 'succeeds');
    const refused = await chat.click((await manage(chat, DEFAULT)).card, 'Remove');
    expect(refused.text).toContain('Choose another card for auto-recharge or turn it off');
    expect(titlesOf(refused.card)).toEqual(['Use another card', 'Turn off', 'All cards']);
    expect((await chat.click(refused.card, 'Use another card')).text).toContain('Pay with');
    const off = await chat.click(refused.card, 'Turn off');
    await chat.click(off.card, 'Turn off');
    const question = await chat.click((await manage(chat, DEFAULT)).card, 'Remove');
    expect((await chat.click(question.card, 'Remove')).text).toContain('was removed');
  });

  test('is refused at the confirmation where auto-recharge came to depend on it since the question', async () => {
    const chat = await bot.funded('50');
    const question = await chat.click((await manage(chat, DEFAULT)).card, 'Remove');
    await recharge(chat.as({ person: BEA }), 'succeeds');
    expect((await chat.click(question.card, 'Remove')).text).toContain('can’t be removed yet');
    expect(await idsOf(chat)).toHaveLength(6);
  });

  test('is refused while a payment with it is open', async () => {
    const chat = client();
    const form = await chat.say('add funds');
    const preview = await chat.click(form.card, 'Continue', { amount: '50', method: 'sandbox-needsAction' });
    await chat.click(preview.card, 'Pay $50.00');
    const refused = await chat.click((await manage(chat, 'Discover')).card, 'Remove');
    expect(refused.text).toContain('A payment of $50.00 with it is not finished yet.');
    const open = await chat.click(refused.card, 'Open payments');
    await chat.click(open.card, 'Cancel payment');
    expect((await chat.click((await manage(chat, 'Discover')).card, 'Remove')).text).toContain(
      'Remove Discover',
    );
  });

  test('of the last one says that no funds can be added after that', async () => {
    const chat = client();
    for (const id of (await idsOf(chat)).slice(1))
      await bot.app.payments.wallet!.changes.remove(chat.setting.tenant!, id);
    const question = await chat.click((await manage(chat, DEFAULT)).card, 'Remove');
    expect(question.text).toContain('It is the only card');
    expect((await chat.click(question.card, 'Remove')).text).toContain('No card is stored yet.');
  });

  test('with a forged or foreign question does nothing', async () => {
    const chat = client();
    const question = await chat.click((await manage(chat, DEFAULT)).card, 'Remove');
    const foreign = chat.as({ tenant: randomUUID() });
    expect((await foreign.click(question.card, 'Remove')).text).toContain('This card no longer works');
    expect(await idsOf(foreign)).toHaveLength(6);
    expect(await idsOf(chat)).toHaveLength(6);
  });
});

test('a button for a card that is gone says so, whatever it was', async () => {
  const chat = client();
  const card = (await manage(chat, 'JCB')).card;
  await bot.app.payments.wallet!.changes.remove(chat.setting.tenant!, 'sandbox-timeoutBeforeCharging');
  for (const title of ['Use for auto-recharge', 'Make default', 'Replace', 'Use as backup 1', 'Remove'])
    expect((await chat.click(card, title)).text).toContain('That card is no longer stored.');
});

test('an auto-recharge card that was removed at the processor is named, with the way to choose another', async () => {
  const chat = await bot.funded('50');
  await recharge(chat, 'succeeds');
  await bot.app.payments.wallet!.changes.remove(chat.setting.tenant!, 'sandbox-succeeds');
  const list = await chat.say('payment methods');
  expect(list.text).toContain(`⚠ Auto-recharge is set to ${DEFAULT}, which is no longer stored.`);
  expect((await chat.click(list.card, 'Auto-recharge')).text).toContain('Pay with');
});

test('a recharge that failed is repaired: another card on the page, auto-recharge set to it, funds added', async () => {
  const chat = await bot.funded('50');
  await add(chat, 'insufficientFunds');
  await recharge(chat, 'insufficientFunds');
  await bot.use(chat.setting.tenant, 60);
  // Alerts come into the same chat: not between a word and its answer.
  for (const alert of ['Auto-recharge failed', 'below zero']) await bot.heard(chat, alert);
  const link = await chat.say('add a card');
  await send(link.card, { number: TEST_NUMBERS.succeeds });
  const added = await chat.click(link.card, 'Done');
  const preview = await chat.click(added.card, 'Use for auto-recharge');
  expect(preview.text).toContain('⚠ This charges $50.00 now, since the balance is -$10.00.');
  const repaired = await chat.click(preview.card, 'Turn on and charge $50.00');
  expect(repaired.text).toContain('$50.00 was added. The balance is $40.00.');
  expect(await bot.balance(chat.setting.tenant!)).toBe(usd(40));
});

test('a real card number typed on the page reaches no table, no log and no page', async () => {
  const chat = client();
  const tenant = chat.setting.tenant!;
  const tests: readonly string[] = Object.values(TEST_NUMBERS);
  const { card } = await chat.say('add a card');
  await fc.assert(
    fc.asyncProperty(typedCardNumber, fc.constantFrom(...CARD_FIELDS, 'form'), async (number, field) => {
      const digits = number.replace(/[ \u00a0-]/gu, '');
      fc.pre(!tests.includes(digits));
      const { html } = await send(card, { [field]: number });
      const rows = await Promise.all(
        [bot.tables.ledger, bot.tables.sandbox].map((table) =>
          table.query(partitionOf(tenant), { from: '!', to: '~', limit: 1_000 }),
        ),
      );
      expect(`${html}${toJson([rows, bot.logged])}`.replace(/[ \u00a0-]/gu, '')).not.toContain(digits);
    }),
    { numRuns: 40 },
  );
  expect(await idsOf(chat)).toHaveLength(6);
});
