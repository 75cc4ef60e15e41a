/** Guards of the rules of money. */
import type { Guard } from './guard.js';

const IN = 'billing/ledger';

export const LEDGER_GUARDS: readonly Guard[] = [
  {
    name: 'dedupe',
    file: `${IN}/usage-sorting.ts`,
    from: 'piles.corrected.get(call.id) ?? piles.fresh.get(call.id) ?? stored;',
    to: 'undefined;',
  },
  {
    name: 'room in a transaction',
    file: `${IN}/commands/charge-what-fits.ts`,
    from: '+ OPERATION_ROWS <= rowsMax',
    to: '>= 0',
  },
  {
    name: 'what is left comes again',
    file: 'billing/usage/intake.ts',
    from: 'if (left > 0) waiting.unshift(',
    to: 'if (left < 0) waiting.unshift(',
  },
  {
    name: 'corrected difference',
    file: `${IN}/usage-sorting.ts`,
    from: 'difference: call.charge - before.charge',
    to: 'difference: call.charge',
  },
  {
    name: 'start of metering',
    file: `${IN}/metering.ts`,
    from: 'return metering === undefined || start >= metering.from;',
    to: 'return true;',
  },
  {
    name: 'charged stays charged',
    file: `${IN}/metering.ts`,
    from: 'if (charged || isMetered(call, metering)) return',
    to: 'if (isMetered(call, metering)) return',
  },
  {
    name: 'kept is charged once',
    file: `${IN}/keep-unmetered.ts`,
    from: 'for (const call of before) add(call, -1);',
    to: '',
  },
  {
    name: 'one source a day',
    file: `${IN}/day-source.ts`,
    from: 'return isRounded(first) || isRounded(source);',
    to: 'return false;',
  },
  {
    name: 'pointer never back',
    file: `${IN}/credit-line.ts`,
    from: 'return { ...line, credited: line.credited + amount };',
    to: 'return { ...line, pointer: line.pointer - amount };',
  },
  {
    name: 'hole skipping',
    file: `${IN}/credit-line.ts`,
    from: 'return moveOn({ pointer: hole.end, holes: others }, amount - (hole.start - pointer));',
    to: 'return { pointer: pointer + amount, holes: others };',
  },
  {
    name: 'refund span',
    file: `${IN}/entries.ts`,
    from: 'takeOut(world.account, lot)',
    to: 'debitLine(world.account, lot.end - lot.start)',
  },
  {
    name: 'expiry below zero',
    file: `${IN}/commands/expire-lots.ts`,
    from: 'amount: -remainderOf(lot, world.account),',
    to: 'amount: lot.start - lot.end,',
  },
  {
    name: 'chain of hashes',
    file: `${IN}/entries.ts`,
    from: 'previous: account.head,',
    to: "previous: '0'.repeat(64),",
  },
  {
    name: 'crossing entry by entry',
    file: `${IN}/entries.ts`,
    from: 'return tellCrossing(written, before, posting);',
    to: 'return world.entries.length > 0 ? written : tellCrossing(written, before, posting);',
  },
  {
    name: 'recovered once',
    file: `${IN}/watch.ts`,
    from: 'if (world.account.livingAlerts.negative === undefined) return world;',
    to: '',
  },
  {
    name: 'currency',
    file: `${IN}/commands/request-top-up.ts`,
    from: 'if (amount.currency !== account.currency)',
    to: 'if (false)',
  },
  {
    name: 'last admin',
    file: `${IN}/commands/set-role.ts`,
    from: 'admins.has(id) && admins.size === 1',
    to: 'admins.size === 0',
  },
  {
    name: 'settled once',
    file: `${IN}/commands/record-outcome.ts`,
    from: "if (payment.status === 'settled') return accepted(world, payment);",
    to: '',
  },
  {
    name: 'refund reversal',
    file: `${IN}/commands/refund.ts`,
    from: "if (report.result === 'refunded') return",
    to: 'if (true) return',
  },
];
