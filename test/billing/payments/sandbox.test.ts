import fc from 'fast-check';
import { units } from '../../../src/billing/money.js';
import {
  TEST_SCENARIOS,
  type ChargeRequest,
  type TestScenario,
} from '../../../src/billing/payments/processor.js';
import {
  SANDBOX_CARDS,
  sandboxMethodId,
  SandboxMethods,
} from '../../../src/billing/payments/sandbox/cards.js';
import { ChargeTable } from '../../../src/billing/payments/sandbox/charge-table.js';
import {
  beginCharge,
  cancelCharge,
  confirmCharge,
  decideAction,
  isFinal,
  refundCharge,
  refundedMicros,
  REFUNDS_PER_CHARGE_MAX,
  type SandboxCharge,
} from '../../../src/billing/payments/sandbox/charge.js';
import {
  SandboxProcessor,
  TIMEOUT_MS_DEFAULT,
  type SandboxOptions,
} from '../../../src/billing/payments/sandbox/sandbox-processor.js';
import { MemoryTableStore, type Faults } from '../../../src/billing/storage/memory-table.js';
import { StorageUnavailable } from '../../../src/billing/storage/table.js';
import { processorContract } from './processor-contract.js';

const NOW = '2026-11-20T10:00:00.000Z';
const AMOUNT = units(50, 'USD');

function sandbox(options: Partial<SandboxOptions> = {}): SandboxProcessor {
  return new SandboxProcessor({
    table: new MemoryTableStore(),
    publicUrl: 'http://127.0.0.1:3978',
    now: () => NOW,
    sleep: async () => undefined,
    ...options,
  });
}

function request(scenario: TestScenario, paymentId = 'p1'): ChargeRequest {
  return { paymentId, tenant: 'contoso', amount: AMOUNT, methodId: sandboxMethodId(scenario) };
}

const REF = { tenant: 'contoso', paymentId: 'p1', processorId: 'sandbox-p1' };

processorContract('SandboxProcessor', async () => {
  const table = new MemoryTableStore();
  const processor = sandbox({ table });
  const entries = TEST_SCENARIOS.map((scenario) => [scenario, sandboxMethodId(scenario)]);
  return {
    processor,
    other: sandbox({ table }),
    methodOf: Object.fromEntries(entries) as Record<TestScenario, string>,
    act: async (ref, decision) => {
      await processor.decide(ref, decision);
    },
    taken: async (ref) => {
      const charge = await processor.charge(ref);
      if (charge === undefined) throw new Error('no such charge');
      const { timesCharged, amount } = charge;
      const micros = timesCharged * amount.micros - refundedMicros(charge);
      return { times: Number(timesCharged), kept: { micros, currency: amount.currency } };
    },
  };
});

describe('The test cards of the sandbox', () => {
  test('cover each scenario once, told apart by brand and last digits, the one that succeeds first', async () => {
    const cards = await new SandboxMethods().list();
    expect(cards.map(({ scenario }) => scenario)).toEqual(TEST_SCENARIOS);
    expect(new Set(cards.map(({ brand }) => brand)).size).toBe(cards.length);
    expect(new Set(cards.map(({ last4 }) => last4)).size).toBe(cards.length);
    expect(cards[0]).toMatchObject({ brand: 'Visa', last4: '4242' });
  });

  test('are not expired, but for the one that is to be', () => {
    const expired = SANDBOX_CARDS.filter(({ expires }) => expires < NOW.slice(0, 7));
    expect(expired.map(({ scenario }) => scenario)).toEqual(['expiredCard']);
  });
});

describe('The sandbox processor', () => {
  test('links to the page of this bot, with tenant and payment encoded', async () => {
    const processor = sandbox({ publicUrl: 'https://bot.example/' });
    const asked = { ...request('needsAction', 'a/b c'), tenant: 'tenant#1' };
    const begun = await processor.begin(asked);
    const url = 'https://bot.example/sandbox/payments/tenant%231/a%2Fb%20c';
    expect(begun).toEqual({ kind: 'begun', processorId: 'sandbox-a/b c' });
    expect(await processor.confirm({ ...asked, processorId: 'sandbox-a/b c' })).toEqual({
      kind: 'actionRequired',
      url,
    });
  });

  test.each([
    ['timeoutAfterCharging', undefined, [TIMEOUT_MS_DEFAULT]],
    ['timeoutBeforeCharging', 50, [50]],
    ['succeeds', 50, []],
  ] as const)(
    'answers a confirm of %s late by the time-out that is set',
    async (scenario, timeoutMs, slept) => {
      const waits: number[] = [];
      const sleep = async (ms: number) => void waits.push(ms);
      const processor = sandbox({ sleep, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
      await processor.begin(request(scenario));
      await processor.confirm(REF);
      expect(waits).toEqual(slept);
    },
  );

  test('has charged already while the answer of a time-out is awaited', async () => {
    let seen: unknown;
    const processor: SandboxProcessor = sandbox({
      sleep: async () => {
        seen = await processor.find(REF);
      },
    });
    await processor.begin(request('timeoutAfterCharging'));
    await processor.confirm(REF);
    expect(seen).toEqual({ kind: 'succeeded', amount: AMOUNT });
  });

  test('takes the set time for each call', async () => {
    const waits: number[] = [];
    const processor = sandbox({ latencyMs: 7, sleep: async (ms) => void waits.push(ms) });
    await processor.begin(request('succeeds'));
    await processor.confirm(REF);
    await processor.find(REF);
    await processor.cancel(REF);
    await processor.refund(REF, AMOUNT, 'r1');
    expect(waits).toEqual([7, 7, 7, 7, 7]);
  });

  test('that is down answers unknown to everything and changes nothing', async () => {
    const table = new MemoryTableStore();
    let up = true;
    const processor = sandbox({ table, available: () => up });
    await processor.begin(request('succeeds'));
    up = false;
    const unknown = { kind: 'unknown' };
    expect(await processor.begin(request('succeeds', 'p2'))).toEqual(unknown);
    expect(await processor.confirm(REF)).toEqual(unknown);
    expect(await processor.find(REF)).toEqual(unknown);
    expect(await processor.cancel(REF)).toEqual(unknown);
    expect(await processor.refund(REF, AMOUNT, 'r1')).toEqual(unknown);
    up = true;
    expect(await processor.charges('contoso')).toHaveLength(1);
    expect(await processor.find(REF)).toMatchObject({ kind: 'unconfirmed' });
  });

  test('charges once when fifty instances confirm at once', async () => {
    const table = new MemoryTableStore();
    await sandbox({ table }).begin(request('succeeds'));
    const answers = await Promise.all(
      Array.from({ length: 50 }, async () => sandbox({ table }).confirm(REF)),
    );
    expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(['succeeded']));
    expect(await sandbox({ table }).charge(REF)).toMatchObject({ timesCharged: 1n });
  });

  test('throws on rows that it did not write, as guessing would be worse', async () => {
    const table = new MemoryTableStore();
    await table.commit('contoso', [{ kind: 'insert', key: 'charge:p1', values: { state: 'succeeded' } }]);
    await expect(sandbox({ table }).find(REF)).rejects.toThrow();
  });
});

describe('A fault of the table under the sandbox', () => {
  /** Hits commits only, from the moment it is switched on. */
  function faulty(faults: (commits: number) => Faults) {
    let on = false;
    let commits = 0;
    const switched: Faults = {
      before: (operation) => {
        if (!on || operation.kind !== 'commit') return;
        commits += 1;
        return faults(commits).before?.(operation);
      },
      after: (operation) =>
        on && operation.kind === 'commit' ? faults(commits).after?.(operation) : undefined,
      repeat: (operation) =>
        on && operation.kind === 'commit' && faults(commits).repeat?.(operation) === true,
    };
    return { processor: sandbox({ table: new MemoryTableStore(switched) }), break: () => (on = true) };
  }
  const lost = (): never => {
    throw new StorageUnavailable('the answer was lost');
  };

  test('that loses a confirm before it is written is unknown, and a later confirm charges once', async () => {
    const { processor, break: breakIt } = faulty((commits) => (commits === 1 ? { before: lost } : {}));
    await processor.begin(request('succeeds'));
    breakIt();
    expect(await processor.confirm(REF)).toEqual({ kind: 'unknown' });
    expect(await processor.find(REF)).toMatchObject({ kind: 'unconfirmed' });
    expect(await processor.confirm(REF)).toMatchObject({ kind: 'succeeded' });
    expect(await processor.charge(REF)).toMatchObject({ timesCharged: 1n });
  });

  test('that loses the answer of a confirm is unknown, then found as succeeded', async () => {
    const { processor, break: breakIt } = faulty((commits) => (commits === 1 ? { after: lost } : {}));
    await processor.begin(request('succeeds'));
    breakIt();
    expect(await processor.confirm(REF)).toEqual({ kind: 'unknown' });
    expect(await processor.find(REF)).toMatchObject({ kind: 'succeeded' });
    expect(await processor.confirm(REF)).toMatchObject({ kind: 'succeeded' });
    expect(await processor.charge(REF)).toMatchObject({ timesCharged: 1n });
  });

  test('where the transport repeats what was committed is resolved by reading again', async () => {
    const { processor, break: breakIt } = faulty((commits) => ({ repeat: () => commits > 0 }));
    breakIt();
    expect(await processor.begin(request('succeeds'))).toMatchObject({ kind: 'begun' });
    expect(await processor.confirm(REF)).toMatchObject({ kind: 'succeeded' });
    expect(await processor.refund(REF, units(20, 'USD'), 'r1')).toMatchObject({ kind: 'refunded' });
    const charge = await processor.charge(REF);
    expect(charge).toMatchObject({ timesCharged: 1n, confirms: 1n, refunds: [{ id: 'r1' }] });
  });

  test('that loses the answer of a begin is unknown, and beginning again finds the same charge', async () => {
    const { processor, break: breakIt } = faulty((commits) => (commits === 1 ? { after: lost } : {}));
    breakIt();
    expect(await processor.begin(request('succeeds'))).toEqual({ kind: 'unknown' });
    expect(await processor.begin(request('succeeds'))).toEqual({
      kind: 'begun',
      processorId: REF.processorId,
    });
  });

  test('that loses the answer of a refund is unknown, and refunding again gives back once', async () => {
    const { processor, break: breakIt } = faulty((commits) => (commits === 1 ? { after: lost } : {}));
    await processor.begin(request('succeeds'));
    await processor.confirm(REF);
    breakIt();
    expect(await processor.refund(REF, AMOUNT, 'r1')).toEqual({ kind: 'unknown' });
    expect(await processor.refund(REF, AMOUNT, 'r1')).toEqual({ kind: 'refunded', refundId: 'r1' });
    expect((await processor.charge(REF))?.refunds).toHaveLength(1);
  });
});

test('A charge that never stops changing is unknown in the end, not retried for ever', async () => {
  const inner = new MemoryTableStore();
  await sandbox({ table: inner }).begin(request('succeeds'));
  let commits = 0;
  const table = Object.assign(Object.create(inner) as MemoryTableStore, {
    get: inner.get.bind(inner),
    commit: async () => {
      commits += 1;
      return { kind: 'conflict', reason: 'changed' } as const;
    },
  });
  expect(await sandbox({ table }).confirm(REF)).toEqual({ kind: 'unknown' });
  expect(commits).toBeGreaterThan(1);
  expect(commits).toBeLessThan(50);
});

describe('The record of charges', () => {
  test('lists all charges of a tenant and none of another, whatever the page size', async () => {
    const table = new MemoryTableStore();
    const processor = sandbox({ table });
    const ids = ['a', 'a b', 'aa', 'b', 'c/d', 'e'];
    for (const id of ids) await processor.begin(request('succeeds', id));
    await processor.begin({ ...request('succeeds', 'z'), tenant: 'fabrikam' });
    for (const pageRows of [1, 2, 3, 6, 500]) {
      const charges = await new ChargeTable(table, pageRows).list('contoso');
      expect(charges.map(({ paymentId }) => paymentId).sort()).toEqual(ids);
    }
  });

  test('keeps amount, method, state, refunds and times', async () => {
    const processor = sandbox();
    await processor.begin(request('insufficientFunds'));
    await processor.confirm(REF);
    expect(await processor.charges('contoso')).toEqual([
      {
        ...REF,
        amount: AMOUNT,
        methodId: 'sandbox-insufficientFunds',
        scenario: 'insufficientFunds',
        state: 'declined',
        declineReason: 'insufficientFunds',
        confirms: 1n,
        timesCharged: 0n,
        refunds: [],
        createdAt: NOW,
        changedAt: NOW,
      },
    ]);
  });

  test('takes the most refunds that it allows, refuses the next, and still fits its row', async () => {
    const processor = sandbox();
    await processor.begin(request('succeeds'));
    await processor.confirm(REF);
    const id = (n: number) => String(n).padStart(128, 'x');
    for (let n = 0; n < REFUNDS_PER_CHARGE_MAX; n += 1) {
      expect(await processor.refund(REF, { micros: 10_000n, currency: 'USD' }, id(n))).toMatchObject({
        kind: 'refunded',
      });
    }
    const next = await processor.refund(REF, { micros: 10_000n, currency: 'USD' }, id(-1));
    expect(next).toEqual({ kind: 'refused', reason: 'processorRefused' });
  });
});

test('Whatever happens in whatever order, a charge moves money once at most, and a final one stays as it is', () => {
  type Step = (charge: SandboxCharge) => SandboxCharge;
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.constant<Step>((charge) => confirmCharge(charge, NOW).charge),
    fc.constant<Step>((charge) => cancelCharge(charge, NOW)),
    fc.constant<Step>((charge) => decideAction(charge, 'approve', NOW)),
    fc.constant<Step>((charge) => decideAction(charge, 'refuse', NOW)),
    fc.record({ refundId: fc.uuid(), dollars: fc.integer({ min: 1, max: 60 }) }).map(
      ({ refundId, dollars }): Step =>
        (charge) =>
          refundCharge(charge, { refundId, amount: units(dollars, 'USD'), now: NOW }).charge,
    ),
  );
  fc.assert(
    fc.property(fc.constantFrom(...TEST_SCENARIOS), fc.array(step, { maxLength: 12 }), (scenario, steps) => {
      let charge = beginCharge(request(scenario), scenario, NOW);
      for (const next of steps) {
        const before = charge;
        charge = next(before);
        if (isFinal(before)) expect(charge.state).toBe(before.state);
        expect(charge.timesCharged).toBe(charge.state === 'succeeded' ? 1n : 0n);
        expect(refundedMicros(charge) <= charge.timesCharged * AMOUNT.micros).toBe(true);
      }
    }),
  );
});
