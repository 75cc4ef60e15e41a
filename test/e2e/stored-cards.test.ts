/**
 * Stored cards in the real page: a card that declines is entered on the hosted page, auto-recharge fails with it, another
 * card takes its place, and the balance recovers. `PICTURES=docs/screenshots npm test -- stored-cards` keeps the pictures.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TEST_NUMBERS } from '../../src/billing/payments/sandbox/cards.js';
import { PLAYGROUND_TENANT } from '../../src/settings.js';
import { graphRow } from '../support/graph-rows.js';
import { startProgram, type Program } from '../support/program.js';
import { CardPage, type TypedCard } from './card-page.js';
import type { PlaygroundCard } from './playground-card.js';
import { PlaygroundDriver } from './playground-driver.js';
import { STEP_MS_MAX, walk } from './walk.js';

const DECLINING = 'Mastercard •••• 9995';
const CARD: TypedCard = { number: TEST_NUMBERS.succeeds, expiry: '12/34', code: '123', name: 'Ada Admin' };

walk('stored cards in the real page', () => {
  let folder: string;
  let pictures: string;
  let program: Program;
  let page: PlaygroundDriver;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cards-'));
    pictures = process.env['PICTURES'] ?? join(folder, 'pictures');
    await mkdir(pictures, { recursive: true });
    program = await startProgram({ dataDir: join(folder, 'data') });
    page = await PlaygroundDriver.open(program.pageUrl);
  }, STEP_MS_MAX);

  afterAll(async () => {
    await page.close();
    await program.stop('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  async function picture(shown: PlaygroundCard | CardPage, name: string): Promise<void> {
    await shown.screenshot(join(pictures, `${name}.png`));
  }

  async function use(charge: number): Promise<void> {
    const row = graphRow(charge, { id: randomUUID(), startDateTime: new Date().toISOString() });
    const response = await fetch(`${program.botUrl}/api/usage/${PLAYGROUND_TENANT}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([row]),
    });
    expect(response.status).toBe(200);
  }

  /** Presses the link of a card: the page opens in a second tab. */
  async function open(link: PlaygroundCard): Promise<CardPage> {
    const tab = page.page.context().waitForEvent('page');
    await link.click('Open the page');
    return new CardPage(await tab);
  }

  test(
    'a card that declines is entered on the page, auto-recharge fails with it, and another card repairs it',
    async () => {
      const preview = await page.ask('add $50', 'Check and pay');
      await preview.click('Pay $50.00');
      await preview.waitForText('Funds added');

      const list = await page.ask('payment methods', 'cards are stored');
      await picture(list, 'payment-methods');
      await list.click('Add a card');
      const link = await page.waitForCard('Open the page and enter the card there');
      await picture(link, 'add-card-link');
      const form = await open(link);
      await form.waitForHeading('Add a card');
      await picture(form, 'add-card-page');
      await form.enter({ ...CARD, number: '4111 1111 1111 1111', expiry: '01/20' });
      await form.waitForHeading('The card was not saved');
      expect(await form.focused()).toContain('That is none of the test numbers');
      expect(await form.text()).not.toMatch(/4111/u);
      await picture(form, 'add-card-problems');
      await form.enter({ ...CARD, number: TEST_NUMBERS.insufficientFunds });
      await form.waitForHeading('Card saved');
      await picture(form, 'add-card-saved');
      await form.close();

      await link.click('Done');
      await link.waitForText('The card is stored');
      await picture(link, 'card-added');
      await link.click('Use for auto-recharge');
      await link.waitForText('When the balance falls below');
      await link.fill('When the balance falls below', '20');
      await link.fill('Add this amount, from $5.00 to $5,000.00', '50');
      await link.click('Continue');
      await link.waitForText(DECLINING);
      await link.click('Turn on');
      await link.waitForText('Auto-recharge is on');
      await page.ask('alerts here', 'Alerts are on here');

      await use(60);
      const failed = await page.waitForCard('Auto-recharge failed');
      await failed.click('Try again now');
      const retry = await page.waitForCard('Charge $50.00 now?');
      await retry.click('Charge $50.00');
      await retry.waitForText('Declined again');

      const cards = await page.ask('payment methods', 'Cards 1 to 6 of 7');
      await cards.click('More');
      await cards.waitForText('Cards 7 to 7 of 7');
      await cards.click('Manage');
      await cards.waitForText('Backup order');
      await picture(cards, 'payment-method');
      await cards.click('Replace');
      const replace = await page.waitForCard(`Replace ${DECLINING}`);
      const second = await open(replace);
      await second.waitForHeading('Replace a card');
      await second.enter(CARD);
      await second.waitForHeading('New card saved');
      await second.close();
      await replace.click('Done');
      await replace.waitForText('Auto-recharge still charges');
      await picture(replace, 'card-replaced');
      await replace.click('Use for auto-recharge');
      await replace.waitForText('This charges $50.00 now');
      await replace.click('Turn on and charge $50.00');
      await replace.waitForText('The balance is $40.00');
      await page.waitForCard('Settled: Auto-recharge failed');
      await page.waitForCard('The balance is back');
    },
    STEP_MS_MAX,
  );

  test(
    'the page is readable in a dark theme and in a narrow window, and does not scroll sideways',
    async () => {
      const link = await page.ask('add a card', 'Open the page and enter the card there');
      const form = await open(link);
      await form.waitForHeading('Add a card');
      for (const dark of [false, true]) {
        await form.look({ dark, width: 320 });
        await picture(form, `add-card-page-narrow${dark ? '-dark' : ''}`);
        const sideways = await form.page.evaluate<boolean>(
          'document.documentElement.scrollWidth > document.documentElement.clientWidth',
        );
        expect(sideways).toBe(false);
      }
      await form.close();
    },
    STEP_MS_MAX,
  );
});
