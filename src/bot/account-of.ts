import type { Account } from '../billing/ledger/model.js';
import type { Services } from './services.js';
import type { Turn } from './turn.js';

/** The account as it stood when the turn came; read together with the role where the command announced it. */
export function accountOf(turn: Turn, { billing }: Services): Promise<Account> {
  return turn.account ?? billing.account(turn.tenant);
}

/** For a second look within one turn. */
export function lookedAgain({ account: _before, ...turn }: Turn): Turn {
  return turn;
}
