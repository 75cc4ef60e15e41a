/**
 * A purchase by a person in the real page, with the program started for the admin center: asked for, recorded, and by
 * whose word. `PICTURES=docs/screenshots npm test -- e2e/admin-center` keeps the README's pictures.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgram, type Program } from '../support/program.js';
import { PlaygroundDriver } from './playground-driver.js';
import { STEP_MS_MAX, walk } from './walk.js';

walk('where Microsoft sells the credits', () => {
  let folder: string;
  let program: Program;
  let page: PlaygroundDriver;
  let pictures: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'admin-center-'));
    pictures = process.env['PICTURES'] ?? join(folder, 'pictures');
    await mkdir(pictures, { recursive: true });
    const env = { PAYMENT_PROCESSOR: 'adminCenter' };
    program = await startProgram({ dataDir: join(folder, 'data'), env });
    page = await PlaygroundDriver.open(program.pageUrl);
  }, STEP_MS_MAX);

  afterAll(async () => {
    await page.close();
    expect(await program.stop('SIGTERM')).toBe(0);
    await rm(folder, { recursive: true, force: true });
  });

  test(
    'a request is bought by a person, recorded with its invoice, and the balance follows their word',
    async () => {
      const card = await page.ask('add 50', 'Check and ask for the purchase');
      await card.click('Ask to buy $50.00');
      await card.waitForText('The bot pays nothing');
      await card.screenshot(join(pictures, 'purchase-request.png'));
      await card.click('I have added it');
      const form = await page.waitForCard('Amount that was bought');
      await form.fill('Invoice number', 'E0400ABC12');
      await form.click('Continue');
      await form.waitForText('Check and record');
      await form.click('Record $50.00');
      await form.waitForText('Recorded, by Ada Admin’s word');
      await form.screenshot(join(pictures, 'purchase-recorded.png'));
      const seen = await page.ask('set balance 47.20', 'The admin center shows');
      await seen.screenshot(join(pictures, 'set-balance.png'));
      await seen.click('Set to $47.20');
      await seen.waitForText('Balance set, by Ada Admin’s word');
      expect(await (await page.ask('balance', 'Communications Credits balance')).text()).toContain('$47.20');
    },
    STEP_MS_MAX,
  );
});
