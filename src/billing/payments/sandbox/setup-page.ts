/** One page of the sandbox on which a card is entered: what its link stands for, sealed, so that nothing is stored for it. */
import type { Actor } from '../../ledger/model.js';

/** As long as a person needs to look for a test card, and too short for a link that was left behind. */
export const PAGE_HOURS_MAX = 1;

export interface SetupPage {
  /** Names the one card that the page can add. */
  readonly id: string;
  readonly tenant: string;
  readonly by: Actor;
  readonly mintedAt: string;
  /** The card whose place the new one takes. */
  readonly replaces?: string;
}

export type OpenedPage =
  | { readonly kind: 'valid' | 'expired'; readonly page: SetupPage }
  /** Not sealed here, or for another tenant. */
  | { readonly kind: 'forged' };

/** Both may throw StorageUnavailable: the key is kept in the table. */
export interface SetupLinks {
  seal(page: SetupPage): Promise<string>;
  open(token: string, tenant: string, now: string): Promise<OpenedPage>;
}

/** Where the bot serves the page, below its public URL. */
export function setupPath(tenant: string): string {
  return `/sandbox/cards/${encodeURIComponent(tenant)}`;
}
