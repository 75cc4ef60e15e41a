import fc from 'fast-check';
import { after } from '../../../src/billing/ledger/calendar.js';
import { lineBalance, remainderOf } from '../../../src/billing/ledger/credit-line.js';
import type { Account, EntryKind, Lot } from '../../../src/billing/ledger/model.js';
import { heldOf } from '../../../src/billing/ledger/reversals.js';
import type { World } from '../../../src/billing/ledger/world.js';
import { START } from '../../support/billing.js';
import {
  adjusted,
  expired,
  lotsOf,
  lowered,
  paymentsOf,
  refundAnswered,
  refundOf,
  reversed,
  settled,
  spent,
  worldOf,
} from '../../support/world.js';

interface Step {
  readonly kind: keyof typeof MOVES;
  readonly amount: bigint;
  /** Time that passes before it. */
  readonly days: number;
}

interface Move {
  readonly amount: bigint;
  readonly at: string;
}

/** Any lot that can be refunded is; the amount picks which one is tried. */
function refund(world: World, { amount, at }: Move): World {
  const lots = lotsOf(world).length;
  const decision = lots === 0 ? undefined : refundOf(world, Number(amount % BigInt(lots)), at);
  return decision?.kind === 'accepted' ? decision.world : world;
}

function refuse(world: World, { at }: Move): World {
  return world.account.openRefunds.length === 0 ? world : refundAnswered(world, 'refused', at);
}

/** Of the payment that the amount picks: money that went back without this bot, or came back. */
function reversal(state: 'refunded' | 'failed' | 'withdrawn' | 'reinstated') {
  return (world: World, { amount, at }: Move): World => {
    const payments = paymentsOf(world);
    const payment = payments[Number(amount % BigInt(payments.length || 1))];
    const said = { amount: amount * 5_000n, id: `r${amount % 3n}`, state };
    return payment === undefined ? world : reversed(world, payment.id, { ...said, at });
  };
}

const MOVES = {
  buy: (world: World, { amount, at }: Move) => settled(world, amount * 10_000n, at),
  spend: (world: World, { amount, at }: Move) => spent(world, amount * 10_000n, at),
  lower: (world: World, { amount, at }: Move) => lowered(world, amount, at),
  add: (world: World, { amount, at }: Move) => adjusted(world, amount, at),
  take: (world: World, { amount, at }: Move) => adjusted(world, -amount, at),
  expire: (world: World, { at }: Move) => expired(world, at),
  refund,
  refuse,
  giveBack: reversal('refunded'),
  fail: reversal('failed'),
  dispute: reversal('withdrawn'),
  reinstate: reversal('reinstated'),
};

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...(Object.keys(MOVES) as (keyof typeof MOVES)[])),
  amount: fc.bigInt({ min: 1n, max: 20_000n }),
  days: fc.constantFrom(0, 0, 1, 30, 120),
});

function walk(steps: readonly Step[]): readonly World[] {
  const worlds = [worldOf()];
  let at = START;
  for (const { kind, amount, days } of steps) {
    at = after(at, { days });
    worlds.push(MOVES[kind](worlds.at(-1)!, { amount, at }));
  }
  return worlds;
}

function everywhere(law: (world: World, before: Account) => void): void {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const worlds = walk(steps);
      worlds.forEach((world, index) => {
        law(world, worlds[Math.max(0, index - 1)]!.account);
      });
    }),
  );
}

test('law: the balance is what was credited, minus the pointer, minus the holes ahead', () => {
  everywhere(({ account }) => {
    expect(account.balance).toBe(lineBalance(account));
  });
});

test('law: the balance is the sum of all entries', () => {
  everywhere(({ account, entries }) => {
    expect(account.balance).toBe(entries.reduce((sum, entry) => sum + entry.amount, 0n));
  });
});

test('law: the pointer never goes back', () => {
  everywhere(({ account }, before) => {
    expect(account.pointer >= before.pointer).toBe(true);
  });
});

test('law: holes lie ahead of the pointer and within the line, in order and apart from each other', () => {
  everywhere(({ account }) => {
    let end = account.pointer;
    for (const hole of account.holes) {
      expect(hole.start > end && hole.end > hole.start).toBe(true);
      end = hole.end;
    }
    expect(account.holes.length === 0 || end <= account.credited).toBe(true);
  });
});

test('law: above zero the balance is what is left of the lots and of credit that is no purchase', () => {
  everywhere((world) => {
    const { account } = world;
    const lots = lotsOf(world);
    const inLots = lots.reduce((sum, lot) => sum + remainderOf(lot, account), 0n);
    const outside = uncovered(account, lots);
    expect(inLots + outside).toBe(account.balance > 0n ? account.balance : 0n);
  });
});

/** The stretches of the line behind the pointer that no lot covers. */
function uncovered({ pointer, credited }: Account, lots: readonly Lot[]): bigint {
  let from = pointer;
  let sum = 0n;
  for (const lot of lots) {
    if (lot.start > from) sum += lot.start - from;
    if (lot.end > from) from = lot.end;
  }
  return credited > from ? sum + credited - from : sum;
}

test('law: an expiry and a refund never take the balance below zero, and are never of nothing', () => {
  everywhere(({ entries }) => {
    for (const entry of entries.filter(({ kind }) => kind === 'expired' || kind === 'refund')) {
      expect(entry.balanceAfter >= 0n && entry.amount < 0n).toBe(true);
    }
  });
});

const CLOSES: readonly EntryKind[] = ['expired', 'refund'];

test('law: each lot is closed at most once, by an entry that takes what was left of it', () => {
  everywhere((world) => {
    for (const { closed, sequence } of lotsOf(world)) {
      const taking = world.entries.filter(({ lot, kind }) => lot === sequence && CLOSES.includes(kind));
      expect(taking.map((entry) => entry.sequence)).toEqual(closed === undefined ? [] : [closed.entry]);
    }
  });
});

test('law: the account lists exactly the lots of which something is left', () => {
  everywhere((world) => {
    const open = lotsOf(world).filter((lot) => remainderOf(lot, world.account) > 0n);
    expect(world.account.lots.map((lot) => lot.sequence)).toEqual(open.map((lot) => lot.sequence));
  });
});

test('law: lots follow one another and never overlap', () => {
  everywhere((world) => {
    const lots = lotsOf(world);
    lots.slice(1).forEach((lot, index) => {
      expect(lot.start >= lots[index]!.end).toBe(true);
    });
  });
});

test('law: what went back outside is taken once, and never more than the payment had', () => {
  everywhere((world) => {
    for (const { amount, refund, reversals = [] } of paymentsOf(world)) {
      const gone = reversals.reduce((sum, one) => sum + heldOf(one), 0n);
      const room = refund === undefined || refund.status === 'refused' ? amount : 0n;
      const taken = reversals.reduce((sum, one) => sum + one.taken, 0n);
      expect(taken).toBe(gone < room ? gone : room);
    }
  });
});
