/** The admin center's export, from the command line into the running bot: the sample that is in the repository. */
import { PassThrough } from 'node:stream';
import { runUsage } from '../../scripts/usage/run.js';
import { startApp, type TestApp } from '../support/app.js';
import { ADMIN, usd } from '../support/billing.js';

let bot: TestApp;

beforeAll(async () => {
  bot = await startApp();
});

afterAll(() => bot.stop());

const JSON_SAMPLE = 'samples/busy-day.json';
const CSV_SAMPLE = 'samples/pstn-usage-export.csv';

async function play(file: string, tenant: string): Promise<string> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const terminal = { env: {}, out, err, sleep: async () => undefined, now: Date.now };
  expect(await runUsage([file, '--url', bot.url, '--tenant', tenant], terminal)).toBe(0);
  return String(out.read());
}

/** With 100 to spend. */
async function newTenant(): Promise<string> {
  return (await bot.funded('100')).setting.tenant ?? '';
}

test('npm run usage charges the export once', async () => {
  const tenant = await newTenant();
  expect(await play(CSV_SAMPLE, tenant)).toMatch(/charged +13 +USD 4\.23\n[^]*skipped +2 /u);
  expect(await play(CSV_SAMPLE, tenant)).toMatch(/charged +0 [^]*unchanged +13 /u);
  expect(await bot.balance(tenant)).toBe(usd(95.77));
});

test('of a day that came as JSON before, the export is compared, logged, and charges nothing', async () => {
  const tenant = await newTenant();
  await play(JSON_SAMPLE, tenant);
  const out = await play(CSV_SAMPLE, tenant);
  expect(out).toMatch(/charged +10 +USD 2\.88/u);
  expect(out).toMatch(/2026-11-17 was charged from HTTP[^]*now delivered +3 +USD 1\.35[^]*rounding +0 /u);
  expect(await bot.balance(tenant)).toBe(usd(37.12));
  const line = bot.logged.find((logged) => logged['tenant'] === tenant && logged['second'] === 'csv');
  expect(line).toMatchObject({ date: '2026-11-17', first: 'http', charged: { count: 130, amount: '60' } });
  expect(JSON.stringify(line)).not.toMatch(/Moreno|contoso|\+1/u);
});

test('a day of the export is not charged from JSON afterwards', async () => {
  const tenant = await newTenant();
  await play(CSV_SAMPLE, tenant);
  const out = await play(JSON_SAMPLE, tenant);
  expect(out).toMatch(/charged +0 [^]*2026-11-17 was charged from the admin center's export/u);
  expect(out).toMatch(/not charged before +127 /u);
  expect(await bot.balance(tenant)).toBe(usd(95.77));
});

test('calls from before the start of metering are kept, without a charge', async () => {
  const tenant = await newTenant();
  await bot.app.billing.billing.setMetering(tenant, { from: '2026-11-18T00:00:00.000Z', by: ADMIN });
  expect(await play(CSV_SAMPLE, tenant)).toMatch(
    /charged +10 +USD 2\.88[^]*kept +3 +USD 1\.35, not charged/u,
  );
  expect(await bot.balance(tenant)).toBe(usd(97.12));
});
