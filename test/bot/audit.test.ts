import { NOTES_PER_MINUTE_MAX, TableAudit } from '../../src/bot/audit.js';
import { MemoryTableStore, type Faults } from '../../src/billing/storage/memory-table.js';
import { StorageUnavailable } from '../../src/billing/storage/table.js';
import { START, TENANT, TestClock } from '../support/billing.js';

async function scene(faults: Faults = {}) {
  const table = new MemoryTableStore(faults);
  await table.ensure();
  const clock = new TestClock(START);
  const log = { warn: jest.fn(), error: jest.fn() };
  let ids = 0;
  const audit = new TableAudit({ table, now: clock.now, random: () => `r${(ids += 1)}`, log });
  const rows = async () =>
    (await table.query(TENANT, { from: 'audit:', to: 'audit;', limit: 1_000 })).map(({ values }) => values);
  return { audit, clock, log, rows };
}

const NOTE = { tenant: TENANT, personId: 'p1', did: 'members.add', outcome: 'done' } as const;

test('what was done and what was refused is kept, newest first', async () => {
  const { audit, clock, rows } = await scene();
  await audit.note({ ...NOTE, subject: 'anna-1' });
  clock.pass({ seconds: 1 });
  await audit.note({ ...NOTE, did: 'addFunds', outcome: 'refused' });
  expect(await rows()).toEqual([
    { type: 'audit', at: '2026-11-17T09:00:01.000Z', personId: 'p1', did: 'addFunds', outcome: 'refused' },
    { type: 'audit', at: START, personId: 'p1', did: 'members.add', outcome: 'done', subject: 'anna-1' },
  ]);
});

test('a person fills no more than the limit of a minute, which is logged once; nobody else is held back', async () => {
  const { audit, clock, log, rows } = await scene();
  const refused = { ...NOTE, outcome: 'refused' } as const;
  for (let tries = 0; tries < NOTES_PER_MINUTE_MAX + 20; tries += 1) await audit.note(refused);
  expect(await rows()).toHaveLength(NOTES_PER_MINUTE_MAX);
  expect(log.warn).toHaveBeenCalledTimes(1);
  await audit.note(NOTE);
  await audit.note({ ...refused, personId: 'p2' });
  expect(await rows()).toHaveLength(NOTES_PER_MINUTE_MAX + 2);
  clock.pass({ minutes: 1 });
  await audit.note(refused);
  expect(await rows()).toHaveLength(NOTES_PER_MINUTE_MAX + 3);
});

test('a note that can’t be written is logged, and fails no turn', async () => {
  const { audit, log } = await scene({
    before: ({ kind }) => {
      if (kind === 'commit') throw new StorageUnavailable('down');
    },
  });
  await expect(audit.note(NOTE)).resolves.toBeUndefined();
  expect(log.error).toHaveBeenCalledTimes(1);
});
