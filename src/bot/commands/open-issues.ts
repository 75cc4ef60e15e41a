import type { UsageIssue } from '../../billing/ledger/model.js';
import type { LedgerReader } from '../../billing/reader.js';

const ROWS_READ = 50;
/** Decided issues stay in the table: after so many reads a page is shown as far as it came. */
const READS_MAX = 10;

export interface OpenIssues {
  readonly issues: readonly UsageIssue[];
  /** Id to go on behind; absent where there is nothing more. */
  readonly next?: string;
}

/** Reads on over decided issues until enough open ones are found. */
export async function openIssues(
  reader: Pick<LedgerReader, 'issues'>,
  tenant: string,
  page: { readonly after: string | undefined; readonly count: number },
): Promise<OpenIssues> {
  const open: UsageIssue[] = [];
  let { after } = page;
  for (let reads = 0; reads < READS_MAX; reads += 1) {
    const rows = await reader.issues(tenant, { ...(after !== undefined && { after }), limit: ROWS_READ });
    open.push(...rows.filter(({ state }) => state === 'open'));
    if (open.length > page.count) return firstOf(open, page.count);
    if (rows.length < ROWS_READ) return { issues: open };
    after = rows.at(-1)?.id;
  }
  return { issues: open, ...(after !== undefined && { next: after }) };
}

function firstOf(open: readonly UsageIssue[], count: number): OpenIssues {
  const issues = open.slice(0, count);
  const last = issues.at(-1);
  return { issues, ...(last !== undefined && { next: last.id }) };
}
