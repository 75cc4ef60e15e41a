/** All guards that the simulation must miss when they are gone. */
import type { Guard } from './guard.js';
import { LEDGER_GUARDS } from './ledger-guards.js';
import { RECHARGE_GUARDS } from './recharge-guards.js';
import { SHELL_GUARDS } from './shell-guards.js';

export const GUARDS: readonly Guard[] = [...SHELL_GUARDS, ...LEDGER_GUARDS, ...RECHARGE_GUARDS];

/** @throws where the text to replace does not occur exactly once: the guard has moved, and the list with it. */
export function withoutGuard(source: string, { name, from, to }: Guard): string {
  const parts = source.split(from);
  const [before, behind] = parts;
  if (parts.length !== 2 || before === undefined || behind === undefined)
    throw new Error(`${name}: found ${parts.length - 1} times`);
  return before + to + behind;
}
