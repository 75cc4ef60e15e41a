/** What the program is made of, before it is wired. */
import type { PartitionScan, TableStore } from './billing/storage/table.js';
import type { TokenAuthority } from './bot/adapter.js';
import type { Config } from './config.js';
import type { Logger } from './log.js';

/** Three tables: the ledger, the work for later, and the sandbox's own record of charges, apart from the ledger. */
export interface Tables {
  readonly ledger: TableStore & PartitionScan;
  readonly due: TableStore;
  readonly sandbox: TableStore;
}

export interface AppParts {
  readonly config: Config;
  readonly tables: Tables;
  readonly log: Logger;
  readonly now?: () => string;
  /** Whose tokens are taken; only tests have one of their own. */
  readonly authority?: TokenAuthority;
  /** How often due work is looked for; its lease lasts ten times as long. */
  readonly roundMs?: number;
  /** For each request to the chat service. */
  readonly sendTimeoutMs?: number;
}
