import { machineClock } from '../../src/billing/clock.js';
import { ChargeDiffers, StripeRefused, StripeUnavailable } from '../../src/billing/payments/stripe/errors.js';
import { StorageUnavailable } from '../../src/billing/storage/table.js';
import type { AccountReport } from '../../src/billing/verify/finding.js';
import { verifyAccounts } from '../../src/billing/verify/verify.js';
import { composePayments } from '../../src/compose-payments.js';
import { ConfigError } from '../../src/config.js';
import { createLog } from '../../src/log.js';
import type { Closable } from '../../src/open-tables.js';
import { BadOptions, HELP, readOptions, type Options } from './options.js';
import { NoData, openStorage, type Environment } from './storage.js';

export interface Terminal {
  readonly env: Environment;
  readonly out: NodeJS.WritableStream;
  readonly err: NodeJS.WritableStream;
}

const EXIT_DIFFERENCES = 1;
const EXIT_NOT_CHECKED = 2;

/** `npm run verify`. @returns the exit code */
export async function runVerify(args: readonly string[], terminal: Terminal): Promise<number> {
  const opened: Closable[] = [];
  try {
    const options = readOptions(args);
    if (!options.help) return await check(options, terminal, opened);
    terminal.out.write(HELP);
    return 0;
  } catch (error) {
    return complain(error, terminal);
  } finally {
    for (const part of opened) await part.close();
  }
}

/** Each says in a sentence why nothing could be checked. */
const EXPECTED = [ConfigError, NoData, StorageUnavailable, StripeRefused, StripeUnavailable, ChargeDiffers];

function complain(error: unknown, { err }: Terminal): number {
  if (error instanceof BadOptions) err.write(`${error.message}\n\n${HELP}`);
  else if (error instanceof Error && EXPECTED.some((kind) => error instanceof kind))
    err.write(`${error.message}\n`);
  else throw error;
  return EXIT_NOT_CHECKED;
}

async function check(options: Options, { env, out }: Terminal, opened: Closable[]): Promise<number> {
  const { config, tables } = await openStorage(env, opened);
  const { record } = composePayments({ config, tables, log: createLog('silent') }, machineClock);
  const deps = { table: tables.ledger, scan: tables.ledger, record, heads: options.heads };
  const totals = { accounts: 0, entries: 0, lots: 0, calls: 0, payments: 0, differences: 0 };
  for await (const report of verifyAccounts(deps, options.tenants)) {
    out.write(textOf(report));
    const { entries, lots, calls, payments } = report.counts;
    totals.accounts += 1;
    totals.entries += entries;
    totals.lots += lots;
    totals.calls += calls;
    totals.payments += payments;
    totals.differences += report.differences.length;
  }
  out.write(`${JSON.stringify(totals)}\n`);
  return totals.differences === 0 ? 0 : EXIT_DIFFERENCES;
}

function textOf({ tenant, counts, differences }: AccountReport): string {
  const { entries, lots, calls, payments, callsNotKept, underWay, attested } = counts;
  const checked = `${entries} entries, ${lots} lots, ${calls} calls, ${payments} payments`;
  const notes = [
    ...(callsNotKept > 0
      ? [`of ${callsNotKept} entries the calls are no longer kept as they charged them`]
      : []),
    ...(underWay > 0 ? [`${underWay} payments are under way`] : []),
    ...(attested > 0
      ? [`${attested} credits stand on a person's word: there is no record to compare them with`]
      : []),
  ];
  const verdict = differences.length === 0 ? 'no difference' : `${differences.length} differences`;
  const lines = [
    `${tenant}: ${checked}: ${verdict}`,
    ...notes.map((note) => `  (${note})`),
    ...differences.map(({ subject, what }) => `  ${subject}: ${what}`),
  ];
  return `${lines.join('\n')}\n`;
}
