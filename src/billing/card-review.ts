/** Looking at the stored cards, and telling the ledger what that means for auto-recharge. */
import type { Ledger } from './lane/ledger.js';
import { idsInUse } from './ledger/commands/review-cards.js';
import type { Also } from './payments/event-commands.js';
import { CardsUnknown } from './payments/method-ports.js';
import type { PaymentMethods } from './payments/processor.js';
import type { LedgerReader } from './reader.js';
import type { RechargeCommands } from './recharge-commands.js';

export interface CardReviewDeps {
  readonly ledger: Ledger;
  readonly reader: LedgerReader;
  readonly methods: PaymentMethods;
  readonly commands: Pick<RechargeCommands, 'review'>;
}

/** How often the stored cards are asked for while people go on choosing others. */
const LOOKS_MAX = 3;

/**
 * Where people chose other cards meanwhile, it looks again: the list may be older than their choice.
 *
 * @throws CardsUnknown where they go on choosing
 */
export async function lookAtCards(deps: CardReviewDeps, tenant: string, also: Also): Promise<void> {
  const { ledger, reader, methods, commands } = deps;
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const inUse = idsInUse(await reader.account(tenant));
    const stored = await methods.list(tenant);
    const reviewed = await ledger.submit(tenant, also(commands.review({ stored, inUse })));
    if (reviewed.kind === 'done') return;
  }
  throw new CardsUnknown('the chosen cards changed each time that they were looked at');
}
