import { Retention } from '../../../src/billing/retention/retention.js';
import { usageIssuesCommand } from '../../../src/bot/commands/usage-issues.js';
import { TENANT, testBilling, usd } from '../../support/billing.js';
import { button, buttonsOf, expectValidCard, textOf } from '../../support/card-checks.js';
import { graphRow, use, type UsageRow } from '../../support/spend.js';
import { clicked, say, testServices, testTurn } from '../../support/turn.js';

async function scene(rows: readonly UsageRow[] = [], locale = 'en-US') {
  const test = await testBilling();
  await use(test, rows);
  return { test, turn: testTurn({ locale }), services: testServices(test) };
}

type Scene = Awaited<ReturnType<typeof scene>>;

const NEGATIVE = { id: 'bad-1', charge: -1.5, destination: 'Germany', user: 'Ana', number: '+4915550100' };
const ISSUE = 'bad-1:negativeCharge';

async function balanceOf({ test }: Scene): Promise<bigint> {
  return (await test.billing.reader.account(TENANT)).balance;
}

function charging(typed: string | undefined, id = ISSUE) {
  return { verb: 'usageIssues.charge', id, field: 'charge0', ...(typed !== undefined && { charge0: typed }) };
}

test('without an issue there is nothing to decide', async () => {
  const { card } = await say(usageIssuesCommand, await scene());
  expectValidCard(card);
  expect(textOf(card)).toContain('All call records could be charged. There is nothing to decide.');
});

test('an issue says in plain words what is wrong, and what the record said', async () => {
  const { card } = await say(usageIssuesCommand, await scene([NEGATIVE]));
  expectValidCard(card);
  const text = textOf(card);
  expect(text).toContain('1 call record is not charged until you decide.');
  expect(text).toContain('The charge is negative');
  for (const fact of ['bad-1', '-1.5 USD', 'Germany', '+4915550100', 'Ana', 'Nov 17, 2026, 8:00 AM UTC'])
    expect(text).toContain(fact);
});

test('what the biller asked for is offered, and charging it shows the balance before and after', async () => {
  const here = await scene([{ id: 'bad-2', charge: 1, startDateTime: 'yesterday' }]);
  const { card } = await say(usageIssuesCommand, here);
  expect(JSON.stringify(card.content)).toContain('"value":"1.00"');
  const done = await clicked(usageIssuesCommand, here, { ...button(card, 'Charge').data, charge0: '1.00' });
  expectValidCard(done.card);
  expect(done.mode).toBe('replace');
  expect(textOf(done.card)).toContain(
    'Call record bad-2: $1.00 charged. Balance $0.00 → -$1.00. By Ada Admin',
  );
  expect(await balanceOf(here)).toBe(usd(-1));
  expect(here.services.audit.notes).toEqual([
    {
      tenant: TENANT,
      personId: 'admin-1',
      did: 'usageIssues.charge',
      outcome: 'done',
      subject: 'bad-2:unreadableTime',
    },
  ]);
});

test('a record that waited until its details were too old to be kept names nobody, and is charged all the same', async () => {
  const here = await scene([{ ...NEGATIVE, id: 'bad-2', charge: 1, currency: 'EUR' }]);
  const { clock, table } = here.test;
  clock.pass({ days: 401 });
  await new Retention({ table, now: clock.now, callDetailDays: 400 }).run(TENANT);
  const { card } = await say(usageIssuesCommand, here);
  expectValidCard(card);
  const text = textOf(card);
  for (const fact of ['bad-2', '1 EUR', 'Germany', 'Nov 17, 2026, 8:00 AM UTC', 'The currency is not USD'])
    expect(text).toContain(fact);
  expect(text).not.toMatch(/Ana|4915550100/u);
  const done = await clicked(usageIssuesCommand, here, { ...button(card, 'Charge').data, charge0: '1.20' });
  expect(textOf(done.card)).toContain('Balance $0.00 → -$1.20. By Ada Admin');
});

test('a charge with fractions of a cent can be typed, in the person’s own way of writing', async () => {
  const here = await scene([NEGATIVE], 'it-IT');
  const { card } = await clicked(usageIssuesCommand, here, charging('0,123456'));
  expect(textOf(card)).toContain('Saldo 0,00 USD → -0,12 USD');
  expect(await balanceOf(here)).toBe(-123_456n);
});

test('an amount that can’t be read is asked for again, and nothing changes', async () => {
  const here = await scene([NEGATIVE]);
  for (const typed of ['abc', '-5', '0', undefined, '1,234,567,890']) {
    const { card } = await clicked(usageIssuesCommand, here, charging(typed));
    expectValidCard(card);
    expect(buttonsOf(card).map(({ title }) => title)).toContain('Charge');
  }
  const { card } = await clicked(usageIssuesCommand, here, charging('2,000,000'));
  expect(textOf(card)).toContain('A single call can be charged with $1,000,000.00 at most.');
  expect(await balanceOf(here)).toBe(0n);
});

test('a second click meets the first verdict', async () => {
  const here = await scene([NEGATIVE]);
  await clicked(usageIssuesCommand, here, charging('2'));
  for (const data of [charging('3'), { verb: 'usageIssues.dismiss', id: ISSUE }]) {
    const { card } = await clicked(usageIssuesCommand, here, data);
    expect(textOf(card)).toContain('bad-1 was already charged by Ada Admin on Nov 17, 2026, 9:00 AM UTC.');
  }
  expect(await balanceOf(here)).toBe(usd(-2));
  expect(here.services.audit.notes).toHaveLength(1);
});

test('two admins who charge one issue at once charge it once', async () => {
  const here = await scene([NEGATIVE]);
  const both = await Promise.all(
    [charging('2'), charging('3')].map((data) => clicked(usageIssuesCommand, here, data)),
  );
  expect(
    both.map(({ card }) => textOf(card)).filter((text) => text.includes('Already decided')),
  ).toHaveLength(1);
  expect([usd(-2), usd(-3)]).toContain(await balanceOf(here));
});

test('dismissing charges nothing, and the issue is no longer listed', async () => {
  const here = await scene([NEGATIVE]);
  const { card } = await clicked(usageIssuesCommand, here, { verb: 'usageIssues.dismiss', id: ISSUE });
  expect(textOf(card)).toContain(
    'Call record bad-1 is not charged. The balance stays as it is. By Ada Admin',
  );
  expect(await balanceOf(here)).toBe(0n);
  const list = await clicked(usageIssuesCommand, here, button(card, 'Usage issues').data);
  expect(textOf(list.card)).toContain('There is nothing to decide');
});

test('open issues are found behind many decided ones, two on a page', async () => {
  const rows = Array.from({ length: 60 }, (_, index) => ({ id: `n${100 + index}`, charge: -1 }));
  const here = await scene(rows);
  for (const { id } of rows.slice(0, 55))
    await clicked(usageIssuesCommand, here, { verb: 'usageIssues.dismiss', id: `${id}:negativeCharge` });
  let { card } = await say(usageIssuesCommand, here);
  const seen: string[] = [];
  for (;;) {
    seen.push(...(textOf(card).match(/^n\d+$/gmu) ?? []));
    const next = buttonsOf(card).find(({ title }) => title === 'Next issues');
    if (next === undefined) break;
    ({ card } = await clicked(usageIssuesCommand, here, next.data));
  }
  expect(seen).toEqual(['n155', 'n156', 'n157', 'n158', 'n159']);
});

test('a record that was charged from another source is not said to be charged again', async () => {
  const here = await scene([{ id: 'bad-1', charge: 1 }]);
  await here.test.billing.intake.take(TENANT, [graphRow(NEGATIVE)], 'csv');
  const { card } = await clicked(usageIssuesCommand, here, charging('3'));
  expect(textOf(card)).toContain('Already charged from another source');
  expect(await balanceOf(here)).toBe(usd(-1));
  await clicked(usageIssuesCommand, here, button(card, 'Dismiss').data);
  expect((await here.test.billing.reader.account(TENANT)).usage.openIssues).toBe(0);
});

test('a record with an unusable id or the year 1 is charged under the issue’s own id and time', async () => {
  const here = await scene([{ id: '/'.repeat(256), charge: 1, startDateTime: '0001-01-01T00:00:00Z' }]);
  const { card } = await say(usageIssuesCommand, here);
  const done = await clicked(usageIssuesCommand, here, { ...button(card, 'Charge').data, charge0: '1' });
  expect(textOf(done.card)).toContain('Balance $0.00 → -$1.00');
  expect((await here.test.billing.reader.account(TENANT)).days.map(({ date }) => date)).toEqual([
    '2026-11-17',
  ]);
});

test('an issue that nobody knows changes nothing', async () => {
  const here = await scene();
  const { card } = await clicked(usageIssuesCommand, here, charging('3', 'forged'));
  expect(textOf(card)).toContain('I don’t know this call record');
});

test('only admins see and decide usage issues', () => {
  const { role, actions } = usageIssuesCommand;
  expect([role, ...Object.values(actions).map((action) => action.role)]).toEqual([
    'admin',
    'admin',
    'admin',
    'admin',
  ]);
});
