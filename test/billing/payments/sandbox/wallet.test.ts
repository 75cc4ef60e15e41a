import { SANDBOX_CARDS, TEST_NUMBERS } from '../../../../src/billing/payments/sandbox/cards.js';
import { CARDS_MAX } from '../../../../src/billing/payments/sandbox/card-box.js';
import { SandboxProcessor } from '../../../../src/billing/payments/sandbox/sandbox-processor.js';
import { SandboxRecord } from '../../../../src/billing/payments/sandbox/sandbox-record.js';
import { TEST_SCENARIOS, type TestScenario } from '../../../../src/billing/payments/processor.js';
import { units } from '../../../../src/billing/money.js';
import { GOOD_CARD, walletStage, type WalletStage } from '../../../support/sandbox-wallet.js';
import { walletContract } from '../wallet-contract.js';

const TENANT = 'contoso';
const by = { id: 'admin-1', name: 'Ada Admin' };

walletContract('The sandbox’s wallet', async () => {
  const stage = walletStage();
  return {
    wallet: stage.wallet,
    other: stage.other,
    enter: async (url) => {
      await stage.open(url, GOOD_CARD);
    },
    goAway: () => {
      stage.away = true;
    },
    comeBack: () => {
      stage.away = false;
    },
  };
});

async function link(stage: WalletStage, replaces?: string): Promise<string> {
  const made =
    replaces === undefined
      ? await stage.wallet.addLink(TENANT, { by })
      : await stage.wallet.replaceLink(TENANT, { by, methodId: replaces });
  if (made.kind !== 'link') throw new Error(made.kind);
  return made.url;
}

async function add(stage: WalletStage, scenario: TestScenario = 'succeeds', replaces?: string) {
  const before = (await stage.wallet.list(TENANT)).map(({ id }) => id);
  const code = scenario === 'expiredCard' ? '1234' : '123';
  await stage.open(await link(stage, replaces), { ...GOOD_CARD, number: TEST_NUMBERS[scenario], code });
  const cards = await stage.wallet.list(TENANT);
  return cards.find(({ id }) => !before.includes(id))!;
}

test('a tenant starts with the six test cards, and no row is written for that', async () => {
  const { wallet, table } = walletStage();
  expect(await wallet.list(TENANT)).toEqual(SANDBOX_CARDS);
  expect(await table.query(TENANT, { from: '!', to: '~', limit: 10 })).toEqual([]);
});

test('the link says until when it works: one hour', async () => {
  const { wallet } = walletStage();
  expect(await wallet.addLink(TENANT, { by })).toMatchObject({ until: '2026-11-17T10:00:00.000Z' });
});

test('a link can’t be made where its key can’t be read, and can when it is back', async () => {
  const stage = walletStage();
  stage.away = true;
  expect(await stage.wallet.addLink(TENANT, { by })).toEqual({ kind: 'unknown' });
  stage.away = false;
  expect(await stage.wallet.addLink(TENANT, { by })).toMatchObject({ kind: 'link' });
});

test('while the table is away an instance goes by the cards it knew last', async () => {
  const stage = walletStage();
  const { id } = await add(stage);
  stage.away = true;
  expect((await stage.wallet.list(TENANT)).map((card) => card.id)).toContain(id);
});

test('an added card stands behind the others; one that replaces another stands before it', async () => {
  const stage = walletStage();
  const added = await add(stage);
  expect((await stage.wallet.list(TENANT)).at(-1)).toEqual(added);
  const replacing = await add(stage, 'needsAction', 'sandbox-succeeds');
  const order = (await stage.wallet.list(TENANT)).map(({ id }) => id);
  expect(order.slice(0, 2)).toEqual([replacing.id, 'sandbox-succeeds']);
});

test('no more cards are taken than one row holds', async () => {
  const stage = walletStage();
  for (let count = SANDBOX_CARDS.length; count < CARDS_MAX; count += 1) await add(stage);
  const answer = await stage.open(await link(stage), GOOD_CARD);
  expect(answer.status).toBe(409);
  expect(await stage.wallet.list(TENANT)).toHaveLength(CARDS_MAX);
});

test.each(TEST_SCENARIOS)(
  'an added card behaves as its number says when it is charged: %s',
  async (scenario) => {
    const stage = walletStage();
    const { id } = await add(stage, scenario);
    const processor = processorOf(stage);
    const [added, starting] = [
      await charge(processor, 'p1', id),
      await charge(processor, 'p2', `sandbox-${scenario}`),
    ];
    expect(added.map(({ kind }) => kind)).toEqual(starting.map(({ kind }) => kind));
  },
);

test('a removed card can’t be charged, one of the first six neither; what began before is still known', async () => {
  const stage = walletStage();
  const processor = processorOf(stage);
  const { id } = await add(stage);
  await charge(processor, 'before', id);
  await stage.wallet.remove(TENANT, id);
  await stage.wallet.remove(TENANT, 'sandbox-succeeds');
  const amount = units(50, 'USD');
  for (const methodId of [id, 'sandbox-succeeds']) {
    const request = { paymentId: `after-${methodId}`, tenant: TENANT, amount, methodId };
    expect(await processor.begin(request)).toEqual({ kind: 'declined', reason: 'unusableCard' });
  }
  expect(await processor.begin({ paymentId: 'before', tenant: TENANT, amount, methodId: id })).toMatchObject({
    kind: 'begun',
  });
});

test('the sandbox’s record of charges holds charges and no cards', async () => {
  const stage = walletStage();
  const { id } = await add(stage);
  await charge(processorOf(stage), 'p1', id);
  const record = await new SandboxRecord(stage.table).charges(TENANT);
  expect(record.map(({ paymentId, state }) => [paymentId, state])).toEqual([['p1', 'charged']]);
});

function processorOf(stage: WalletStage): SandboxProcessor {
  return new SandboxProcessor({
    table: stage.table,
    publicUrl: 'http://127.0.0.1:3978',
    now: stage.clock.now,
    sleep: async () => undefined,
    cardOf: (tenant, methodId) => stage.wallet.find(tenant, methodId),
  });
}

async function charge(processor: SandboxProcessor, paymentId: string, methodId: string) {
  const begun = await processor.begin({ paymentId, tenant: TENANT, amount: units(50, 'USD'), methodId });
  if (begun.kind !== 'begun') throw new Error(begun.kind);
  const ref = { paymentId, tenant: TENANT, processorId: begun.processorId };
  return [await processor.confirm(ref), await processor.find(ref)];
}
