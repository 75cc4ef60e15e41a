/** Sixteen writers of one process, each crediting one micro again and again; started by the benchmark `contention`. */
import { machineClock } from '../../src/billing/clock.js';
import { Ledger } from '../../src/billing/lane/ledger.js';
import { loadAccount, writesBetween } from '../../src/billing/lane/account-rows.js';
import { post } from '../../src/billing/ledger/entries.js';
import { SYSTEM } from '../../src/billing/ledger/model.js';
import { accepted, type World } from '../../src/billing/ledger/world.js';
import { connectTable } from '../../src/billing/storage/connect.js';
import type { TableStore } from '../../src/billing/storage/table.js';

export interface Writing {
  readonly how: 'lane' | 'retry';
  readonly connectionString: string;
  readonly tableName: string;
}

export interface Written {
  readonly done: true;
}

const WRITERS = 16;
/** Of a process in a round: enough to take some seconds on either side. */
export const WRITES_OF = { lane: 1_600, retry: 160 } as const;
const TENANT = 'tenant';
const DEFAULTS = { currency: 'USD', timeZone: 'UTC' } as const;

export function ledgerOf(writing: Writing): Ledger {
  const schedule = async () => () => undefined;
  return new Ledger({
    table: tableOf(writing),
    defaults: DEFAULTS,
    clock: machineClock,
    random: Math.random,
    schedule,
  });
}

function tableOf({ connectionString, tableName }: Writing): TableStore {
  return connectTable({ connectionString }, tableName);
}

function credited(world: World): World {
  const at = machineClock.now();
  return post(world, { kind: 'correction', amount: 1n, at, by: SYSTEM, reference: 'bench' });
}

type WriteOne = () => Promise<void>;

/** Others may be first for longer than a person would wait: the bench asks again, as a client does. */
function laneWriter(writing: Writing): WriteOne {
  const ledger = ledgerOf(writing);
  return async () => {
    for (;;) {
      try {
        await ledger.submit(TENANT, {
          name: 'adjust',
          priority: 'person',
          rowsMax: 2,
          reads: () => ({}),
          decide: (world) => accepted(credited(world), null),
        });
        return;
      } catch (error) {
        if (!(error instanceof Error && error.name === 'LedgerBusy')) throw error;
      }
    }
  };
}

function retryWriter(writing: Writing): WriteOne {
  const table = tableOf(writing);
  return async () => {
    for (;;) {
      const loaded = await loadAccount(table, TENANT, DEFAULTS);
      const result = await table.commit(TENANT, writesBetween(loaded, credited(loaded.world)));
      if (result.kind === 'committed') return;
    }
  };
}

async function write(writing: Writing): Promise<void> {
  const one = writing.how === 'lane' ? laneWriter(writing) : retryWriter(writing);
  let left = WRITES_OF[writing.how];
  const writer = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await one();
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
}

if (process.send !== undefined) {
  process.once('message', (writing: Writing) => {
    void write(writing).then(() => process.send?.({ done: true } satisfies Written, () => process.exit(0)));
  });
  process.send('ready');
}
