/**
 * Three bots on one table service, eight clients, and SIGKILL at random: afterwards the ledger must explain every cent.
 * `PROCESSES_KILLS=200 npx jest test/processes` runs longer, `PROCESSES_SEED=7` chooses who is killed when.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { fromColumns } from '../../src/billing/rows/columns.js';
import { callChargeSchema } from '../../src/billing/rows/schemas.js';
import { connectTable } from '../../src/billing/storage/connect.js';
import { seededRandom } from '../../scripts/usage/random.js';
import { StubConnector } from '../support/connector.js';
import { freshTableName } from '../support/azurite.js';
import { startAzuriteProcess, type AzuriteProcess } from '../support/azurite-process.js';
import { verifiedBilling, type VerifiedBilling } from '../support/verified.js';
import { Client, type Acknowledged } from './clients.js';
import { buildProgram, startFleet, verify, type Instance, type Verified } from './fleet.js';

const SEED = Number(process.env['PROCESSES_SEED'] ?? Date.now() % 100_000);
const KILLS = Number(process.env['PROCESSES_KILLS'] ?? 20);
const INSTANCES = 3;
const TENANTS = ['tenant-a', 'tenant-b'];
const CLIENTS = 8;
const PAUSE_MS_MIN = 400;
const PAUSE_MS_MORE = 1_800;
const TEST_MS_MAX = Math.max(120_000, 6_000 * KILLS);

let azurite: AzuriteProcess;
let connector: StubConnector;
let fleet: readonly Instance[] = [];
const tableName = freshTableName('processes');

beforeAll(async () => {
  [azurite, connector] = await Promise.all([startAzuriteProcess(), StubConnector.start(), buildProgram()]);
}, 180_000);

afterAll(async () => {
  await Promise.all(fleet.map((instance) => instance.kill()));
  await connector.stop();
  await azurite.stop();
});

function clients(random: () => number): readonly Client[] {
  const anywhere = (): string => fleet[Math.floor(random() * fleet.length)]!.url;
  return Array.from({ length: CLIENTS }, (_, index) => {
    const tenant = TENANTS[index % TENANTS.length]!;
    return new Client(`c${index}`, tenant, { anywhere, random, connector });
  });
}

async function killAtRandom(random: () => number): Promise<void> {
  for (let kill = 0; kill < KILLS; kill += 1) {
    await sleep(PAUSE_MS_MIN + random() * PAUSE_MS_MORE);
    const instance = fleet[Math.floor(random() * fleet.length)]!;
    await instance.kill();
    instance.start();
  }
}

/** What was left open: one more instance, on a clock that runs ahead to when the rest is due. */
async function settle(): Promise<VerifiedBilling> {
  const table = (suffix: string) => connectTable(azurite, `${tableName}${suffix}`);
  const tables = { ledger: table(''), due: table('due'), sandbox: table('sandbox') };
  const program = verifiedBilling(tables, { start: new Date().toISOString() });
  for (let round = 0; round < 12; round += 1) {
    program.clock.pass({ minutes: 1 });
    await program.runner.round();
  }
  expect(program.failures).toEqual([]);
  return program;
}

/** Every account without a difference, and no payment under way; a call that was corrected often is allowed to be noted. */
function expectExplained({ code, lines }: Verified): void {
  const told = lines.slice(0, -1).filter((line) => !line.startsWith('  (of '));
  const verdicts = told.map((line) => line.replace(/: .*: /u, ': '));
  expect(verdicts.sort()).toEqual(TENANTS.map((tenant) => `${tenant}: no difference`));
  expect(JSON.parse(lines.at(-1)!)).toMatchObject({ accounts: TENANTS.length, differences: 0 });
  expect(code).toBe(0);
}

async function expectAcknowledged(
  { billing, tables }: VerifiedBilling,
  tenant: string,
  acknowledged: readonly Acknowledged[],
): Promise<void> {
  const account = await billing.reader.account(tenant);
  expect(account.openPayments).toEqual([]);
  const family = (name: string) =>
    tables.ledger.query(tenant, { from: `${name}:`, to: `${name};`, limit: 1_000_000 });
  const calls = (await family('call')).map((row) => fromColumns(callChargeSchema, row.key, row.values));
  const charged = new Map(calls.map(({ id, charge }) => [id, charge]));
  const expected = acknowledged.flatMap(({ charges }) => [...charges]);
  expect(charged).toEqual(new Map(expected.map(([id, units]) => [id, BigInt(Math.round(units * 1e6))])));
  const manual = (await family('payment')).filter(({ values }) => values['reason'] === 'manual');
  const idsIn = (status: string) =>
    manual.filter(({ values }) => values['status'] === status).map(({ values }) => values['id']);
  // What was answered as still being charged may have been declined after all; a decline that was told stays one.
  const told = acknowledged.flatMap(({ payments, declined }) => [...payments, ...declined]);
  expect([...idsIn('settled'), ...idsIn('declined')].sort()).toEqual(told.sort());
  expect(idsIn('declined')).toEqual(
    expect.arrayContaining(acknowledged.flatMap(({ declined }) => [...declined])),
  );
}

test(
  `nothing is lost, invented or doubled when instances are killed ${KILLS} times (seed ${SEED})`,
  async () => {
    const chance = seededRandom(String(SEED));
    const random = (): number => chance.fraction();
    const all = clients(random);
    const storage = { TABLE_CONNECTION_STRING: azurite.connectionString, TABLE_NAME: tableName };
    fleet = await startFleet(INSTANCES, {
      ...storage,
      ADMIN_IDS: all.map(({ adminId }) => adminId).join(','),
      ALLOWED_TENANTS: TENANTS.join(','),
    });
    await Promise.all(all.slice(0, 1).map((client) => client.setRule()));
    let killing = true;
    const working = all.map((client) => client.work(() => killing));
    await killAtRandom(random).finally(() => (killing = false));
    await Promise.all(working);
    await Promise.all(fleet.map((instance) => instance.stop()));

    const program = await settle();
    expectExplained(await verify(storage));
    for (const [index, tenant] of TENANTS.entries()) {
      const own = all.filter((_, client) => client % TENANTS.length === index);
      await expectAcknowledged(
        program,
        tenant,
        own.map(({ acknowledged }) => acknowledged),
      );
    }
  },
  TEST_MS_MAX,
);
