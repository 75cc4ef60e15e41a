/** The sandbox's wallet over tables in memory that can be away, and a person at its page. */
import { TEST_NUMBERS } from '../../src/billing/payments/sandbox/cards.js';
import { SandboxWallet } from '../../src/billing/payments/sandbox/sandbox-wallet.js';
import type { SetupLinks } from '../../src/billing/payments/sandbox/setup-page.js';
import { MemoryTableStore } from '../../src/billing/storage/memory-table.js';
import { StorageUnavailable } from '../../src/billing/storage/table.js';
import type { TypedCard } from '../../src/sandbox-cards/form.js';
import { setupLinks } from '../../src/sandbox-cards/links.js';
import { handleCardPage, type CardPageAnswer } from '../../src/sandbox-cards/route.js';
import { START, TestClock } from './billing.js';

export const GOOD_CARD: TypedCard = {
  number: TEST_NUMBERS.succeeds,
  expiry: '12/34',
  code: '123',
  name: 'Ada Admin',
};

export interface WalletStage {
  readonly clock: TestClock;
  readonly table: MemoryTableStore;
  readonly links: SetupLinks;
  readonly wallet: SandboxWallet;
  /** Another instance over the same table. */
  readonly other: SandboxWallet;
  /** Whether the table answers. */
  away: boolean;
  /** Opens a link; with something typed, sends the form. */
  open(url: string, typed?: TypedCard, acceptLanguage?: string): Promise<CardPageAnswer>;
}

export function walletStage(): WalletStage {
  const clock = new TestClock(START);
  const stage = { away: false };
  const table = new MemoryTableStore({
    before: () => {
      if (stage.away) throw new StorageUnavailable('away');
    },
  });
  const links = setupLinks(table);
  let ids = 0;
  const deps = { table, links, publicUrl: 'http://127.0.0.1:3978', now: clock.now };
  const walletOf = (): SandboxWallet =>
    new SandboxWallet({ ...deps, newId: () => `page-${(ids += 1).toString()}` });
  const wallet = walletOf();
  return Object.assign(stage, {
    clock,
    table,
    links,
    wallet,
    other: walletOf(),
    open: (url: string, typed?: TypedCard, acceptLanguage?: string) => {
      const { pathname, searchParams } = new URL(url);
      const request = {
        tenant: decodeURIComponent(pathname.split('/').at(-1) ?? ''),
        token: searchParams.get('form') ?? '',
        ...(typed !== undefined && { typed }),
        acceptLanguage,
      };
      return handleCardPage(request, { wallet, links, now: clock.now });
    },
  });
}
