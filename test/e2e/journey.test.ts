/**
 * The journey of a newcomer in the real page: Chromium, the Agents Playground, the started program, Azurite. Pictures
 * for the README are taken on the way: `PICTURES=docs/screenshots npm test -- journey` keeps them there.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startProgram, type Program } from '../support/program.js';
import { PlaygroundDriver } from './playground-driver.js';
import type { PlaygroundCard } from './playground-card.js';
import { STEP_MS_MAX, walk } from './walk.js';

const run = promisify(execFile);
walk('a newcomer in the real page', () => {
  let folder: string;
  let program: Program;
  let page: PlaygroundDriver;
  let pictures: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'journey-'));
    pictures = process.env['PICTURES'] ?? join(folder, 'pictures');
    await mkdir(pictures, { recursive: true });
  }, STEP_MS_MAX);

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  afterEach(async () => {
    // A step that failed leaves its program behind: nothing of it may outlive the test.
    await page.close();
    await program.stop('SIGKILL');
  });

  async function begin(name: string): Promise<void> {
    program = await startProgram({ dataDir: join(folder, name) });
    page = await PlaygroundDriver.open(program.pageUrl);
  }

  async function end(): Promise<void> {
    expect(await program.stop('SIGTERM')).toBe(0);
  }

  async function picture(card: PlaygroundCard, name: string): Promise<void> {
    await card.screenshot(join(pictures, `${name}.png`));
  }

  /** The sample day, in two parts so that the recharge lands between them, as it does over a real day. */
  async function playBusyDay(): Promise<string> {
    const args = ['--import', 'tsx', 'scripts/usage.ts', 'samples/busy-day.json'];
    const { stdout } = await run(process.execPath, args, {
      env: { ...process.env, PORT: String(program.port) },
    });
    return stdout;
  }

  async function topUp50(): Promise<PlaygroundCard> {
    const form = await page.ask('add funds', 'Balance now: ');
    await form.click('$50.00');
    await form.waitForText('Nothing is charged until you press');
    await picture(form, 'preview');
    await form.click('Pay $50.00');
    return form.waitForText('Funds added');
  }

  test(
    'tops up, sets auto-recharge, and sees a busy day go through one recharge',
    async () => {
      await begin('good-card');
      await picture(await page.ask('help', 'What I can do'), 'help');
      expect(await (await page.ask('balance', 'Communications Credits balance')).text()).toContain('$0.00');
      const receipt = await topUp50();
      expect(await receipt.text()).toMatch(/Added by\s+Ada Admin/u);
      expect(await receipt.buttons()).not.toContain('Pay $50.00');
      await picture(receipt, 'receipt');

      const preview = await page.ask('set auto-recharge 50 when below 20', 'Check auto-recharge');
      expect(await preview.text()).toContain('At most $200.00 a month');
      await picture(preview, 'auto-recharge');
      await preview.click('Turn on');
      await preview.waitForText('Auto-recharge is on');
      await page.ask('alerts here', 'Alerts are on here');

      const printed = await playBusyDay();
      expect(printed).toMatch(/charged\s+130\s+USD 60\.00/u);
      expect(printed).toMatch(/skipped\s+30/u);
      await picture(await page.waitForCard('Auto-recharge added funds'), 'recharged');

      const balance = await page.ask('balance', 'Communications Credits balance');
      expect(await balance.text()).toContain('$40.00');
      await picture(balance, 'balance');
      const history = await page.ask('history', 'newest first');
      expect(await history.text()).toMatch(/Auto-recharge/u);
      await picture(history, 'history');
      await picture(await page.ask('spend by destination', 'Spend'), 'spend');

      expect(await playBusyDay()).toMatch(/unchanged\s+130/u);
      await end();
    },
    STEP_MS_MAX,
  );

  test(
    'gives a top-up back, corrects the balance with a reason, and asks why',
    async () => {
      await begin('good-card');
      await topUp50();
      const refund = await page.ask('refund', 'Only a top-up of which nothing was used');
      await picture(refund, 'refund-list');
      await refund.click('Refund');
      const preview = await page.waitForCard('Nothing happens until you press');
      await picture(preview, 'refund-preview');
      await preview.click('Refund $50.00');
      await picture(await preview.waitForText('Refunded'), 'refund');

      const form = await page.ask('adjust', 'Corrects the balance by hand');
      await picture(form, 'adjust-form');
      const adjust = await page.ask('adjust -25 duplicate credit', 'Check the adjustment');
      await picture(adjust, 'adjust-preview');
      await adjust.click('Take off $25.00');
      await picture(await adjust.waitForText('Balance adjusted'), 'adjust');

      const balance = await page.ask('balance', 'Communications Credits balance');
      expect(await balance.text()).toContain('$15.00');
      await picture(balance, 'balance-held');
      const why = await page.ask('why', 'newest first');
      expect(await why.text()).toContain('auto-recharge was on hold');
      await picture(why, 'why');
      await picture(await page.ask('balance on yesterday', 'Balance at the end of'), 'balance-at');
      await picture(
        await page.ask('set auto-recharge', 'When the balance falls below'),
        'auto-recharge-form',
      );
      await end();
    },
    STEP_MS_MAX,
  );

  test(
    'keeps everything across a restart, and understands Italian in a channel',
    async () => {
      await begin('good-card');
      await page.openChannel('On call');
      const balance = await page.ask('balance', 'Communications Credits balance');
      expect(await balance.text()).toContain('$15.00');
      await page.ask('alerts here', 'Alerts are on here');
      await page.ask('aggiungi 50 €', 'Write the amount in USD');
      await end();
    },
    STEP_MS_MAX,
  );

  test(
    'hears in the channel that a declining card let the balance go below zero, and repairs it from that card',
    async () => {
      await begin('declining-card');
      await topUp50();
      await page.openChannel('On call');
      await page.ask('alerts here', 'Alerts are on here');
      await page.openPersonalChat();
      const form = await page.ask('set auto-recharge', 'When the balance falls below');
      await form.fill('When the balance falls below', '20');
      await form.fill('Add this amount, from $5.00 to $5,000.00', '50');
      await form.choose('Pay with', 'Mastercard •••• 9995 (test card: declined, not enough money)');
      await form.click('Continue');
      await form.waitForText('Check auto-recharge');
      await form.click('Turn on');
      await form.waitForText('Auto-recharge is on');

      await playBusyDay();
      await page.openChannel('On call');
      await page.waitForCard('Auto-recharge failed');
      const negative = await page.waitForCard('The balance is below zero');
      await picture(negative, 'channel-negative');
      expect(await negative.text()).toContain('-$10.00');

      await negative.click('Add funds');
      const repair = await page.waitForCard('Balance now: -$10.00');
      await repair.click('$50.00');
      await repair.waitForText('Nothing is charged until you press');
      await repair.click('Pay $50.00');
      await repair.waitForText('Funds added');
      await negative.waitForText('Settled');
      await picture(negative, 'channel-healed');
      await end();
    },
    STEP_MS_MAX,
  );
});
