/**
 * Single calls, newest usage first, by walking the ledger's usage entries: call rows are keyed by record id and have no
 * order of their own. A correction names calls that were charged before, so only the entries that charged them count.
 */
import type { Entry, StoredCall } from '../ledger/model.js';
import { rowKeys } from '../ledger/world.js';
import type { LedgerReader } from '../reader.js';

export const CALLS_PER_PAGE = 8;
const ENTRIES_READ = 20;
/** Between two charges there may be many top-ups and corrections: a page that looked this far is shown as it is. */
const READS_MAX = 10;

/** Where a page begins: the first entry to look at, and how many of its calls were shown before. */
export interface CallCursor {
  readonly sequence: bigint;
  readonly skip: number;
}

export interface CallPage {
  readonly calls: readonly StoredCall[];
  /** Where the next, older page begins; absent at the end. */
  readonly older?: CallCursor;
}

interface Found {
  readonly id: string;
  readonly at: CallCursor;
}

interface Walk {
  readonly found: readonly Found[];
  /** Where to go on when the walk stopped at its limit. */
  readonly stopped?: CallCursor;
}

export async function readCallPage(
  reader: LedgerReader,
  tenant: string,
  from: CallCursor | undefined,
): Promise<CallPage> {
  const { found, stopped } = await walk(reader, tenant, from);
  const shown = found.slice(0, CALLS_PER_PAGE);
  const calls = await reader.rows(
    tenant,
    'call',
    shown.map(({ id }) => rowKeys.call(id)),
  );
  const older = found[CALLS_PER_PAGE]?.at ?? stopped;
  return older === undefined ? { calls } : { calls, older };
}

/** One call more than a page, to know whether there is an older one. */
async function walk(reader: LedgerReader, tenant: string, from: CallCursor | undefined): Promise<Walk> {
  const found: Found[] = [];
  let next = from && from.sequence + 1n;
  for (let reads = 0; reads < READS_MAX; reads += 1) {
    const page = await reader.entries(tenant, {
      limit: ENTRIES_READ,
      ...(next !== undefined && { before: next }),
    });
    found.push(...page.entries.flatMap((entry) => callsOf(entry, from)));
    next = page.next;
    if (found.length > CALLS_PER_PAGE || next === undefined) return { found };
  }
  return next === undefined ? { found } : { found, stopped: { sequence: next - 1n, skip: 0 } };
}

/** The newest first, without those of the first entry that were shown before. */
function callsOf(entry: Entry, from: CallCursor | undefined): readonly Found[] {
  if (entry.kind !== 'usage') return [];
  const { sequence, calls } = entry;
  const skip = sequence === from?.sequence ? from.skip : 0;
  return [...calls]
    .reverse()
    .map((id, index) => ({ id, at: { sequence, skip: index } }))
    .slice(skip);
}
