import { money } from '../../../src/billing/money.js';
import type { Payment } from '../../../src/billing/ledger/model.js';
import { sandboxCard, sandboxMethodId } from '../../../src/billing/payments/sandbox/cards.js';
import type { PaymentProcessor, TestScenario } from '../../../src/billing/payments/processor.js';
import { AmountDiffers } from '../../../src/billing/payments/saga.js';
import { ADMIN, START, TENANT, usd } from '../../support/billing.js';
import { processorWith } from '../../support/crash.js';
import {
  calm,
  instanceOf,
  sharedParts,
  type Instance,
  type SharedParts,
} from '../../support/shared-billing.js';

interface World extends Instance {
  readonly parts: SharedParts;
}

function worldWith(
  replace: (parts: SharedParts) => Partial<PaymentProcessor> = () => ({}),
  up = () => true,
): World {
  const parts = sharedParts({ available: up });
  return { ...instanceOf(parts, { processor: processorWith(parts.sandbox, replace(parts)) }), parts };
}

function methodOf(scenario: TestScenario) {
  const { id, brand, last4 } = sandboxCard(sandboxMethodId(scenario))!;
  return { id, brand, last4 };
}

function request({ billing }: Pick<Instance, 'billing'>, scenario: TestScenario) {
  const amount = money(usd(50), 'USD');
  const method = methodOf(scenario);
  return billing.requestTopUp(TENANT, { paymentId: 'p1', mintedAt: START, amount, method, by: ADMIN });
}

async function paid(world: World, scenario: TestScenario): Promise<Payment | undefined> {
  await request(world, scenario);
  await calm();
  return world.billing.reader.payment(TENANT, 'p1');
}

type Span = Parameters<SharedParts['clock']['pass']>[0];

/** Time passes, and the worker makes its round. */
async function later(world: World, span: Span): Promise<Payment | undefined> {
  world.parts.clock.pass(span);
  await world.runner.round();
  await calm();
  return world.billing.reader.payment(TENANT, 'p1');
}

async function balanceOf({ billing }: Instance): Promise<bigint> {
  return (await billing.reader.account(TENANT)).balance;
}

async function alertKinds({ parts }: World): Promise<readonly unknown[]> {
  const rows = await parts.table.query(TENANT, { from: 'alert:', to: 'alert;', limit: 100 });
  return rows.map((row) => row.values['kind']);
}

describe('the test cards', () => {
  test.each([
    ['succeeds', 'settled', undefined],
    ['insufficientFunds', 'declined', 'insufficientFunds'],
    ['expiredCard', 'declined', 'expiredCard'],
    ['needsAction', 'actionRequired', undefined],
    ['timeoutAfterCharging', 'settled', undefined],
    ['timeoutBeforeCharging', 'unknown', undefined],
  ] as const)('"%s" leads to %s', async (scenario, status, declineReason) => {
    const payment = await paid(worldWith(), scenario);
    expect(payment?.status).toBe(status);
    expect(payment?.declineReason).toBe(declineReason);
  });

  test('a time-out before charging is charged at the next look, once', async () => {
    const world = worldWith();
    await paid(world, 'timeoutBeforeCharging');
    expect((await later(world, { seconds: 6 }))?.status).toBe('settled');
    expect(await world.parts.sandbox.charges(TENANT)).toMatchObject([{ timesCharged: 1n }]);
  });

  test('the outcome is shown once it is known', async () => {
    const world = worldWith();
    await paid(world, 'succeeds');
    expect(world.shown.map((payment) => payment.status)).toEqual(['settled']);
  });

  test('the receipt knows the balance before and after', async () => {
    expect(await paid(worldWith(), 'succeeds')).toMatchObject({ balanceBefore: 0n, balanceAfter: usd(50) });
  });
});

describe('asked again', () => {
  test('with the same id and content, it answers with the payment as it stands', async () => {
    const world = worldWith();
    await paid(world, 'succeeds');
    expect(await request(world, 'succeeds')).toMatchObject({ kind: 'done', answer: { status: 'settled' } });
    expect(await balanceOf(world)).toBe(usd(50));
  });

  test('with the same id and another card, it is refused', async () => {
    const world = worldWith();
    await paid(world, 'succeeds');
    expect(await request(world, 'expiredCard')).toEqual({ kind: 'refused', reason: 'otherContent' });
  });

  test('five clicks at once at two instances charge once', async () => {
    const parts = sharedParts();
    const instances = [instanceOf(parts), instanceOf(parts)];
    await Promise.all([0, 1, 0, 1, 0].map((index) => request(instances[index]!, 'succeeds')));
    await calm();
    expect(await parts.sandbox.charges(TENANT)).toMatchObject([{ timesCharged: 1n }]);
    expect(await balanceOf(instances[0]!)).toBe(usd(50));
  });
});

describe('an approval that a person must give', () => {
  test('in time, it is credited', async () => {
    const world = worldWith();
    await paid(world, 'needsAction');
    await world.parts.sandbox.decide({ tenant: TENANT, paymentId: 'p1' }, 'approve');
    await world.billing.lookAtPayment(TENANT, 'p1');
    expect(await balanceOf(world)).toBe(usd(50));
  });

  test('within the hour it stays open', async () => {
    const world = worldWith();
    await paid(world, 'needsAction');
    expect((await later(world, { minutes: 59 }))?.status).toBe('actionRequired');
  });

  test('after an hour it is cancelled at the processor, and can not be approved any more', async () => {
    const world = worldWith();
    await paid(world, 'needsAction');
    expect((await later(world, { minutes: 61 }))?.status).toBe('cancelled');
    const late = await world.parts.sandbox.decide({ tenant: TENANT, paymentId: 'p1' }, 'approve');
    expect(late?.state).toBe('cancelled');
  });

  test('given at the last moment, before the deadline was noticed, it is credited', async () => {
    const world = worldWith();
    await paid(world, 'needsAction');
    world.parts.clock.pass({ minutes: 61 });
    await world.parts.sandbox.decide({ tenant: TENANT, paymentId: 'p1' }, 'approve');
    expect((await later(world, { seconds: 1 }))?.status).toBe('settled');
    expect(await balanceOf(world)).toBe(usd(50));
  });

  test('asked for after a doubt, it has its hour and not the day of the doubt', async () => {
    let answers = 0;
    const world = worldWith(({ sandbox }) => ({
      confirm: async (charge) => {
        await sandbox.confirm(charge);
        return { kind: 'unknown' };
      },
      find: async (charge) => ((answers += 1) === 1 ? { kind: 'unknown' } : sandbox.find(charge)),
    }));
    expect((await paid(world, 'needsAction'))?.status).toBe('unknown');
    const asked = await later(world, { seconds: 6 });
    expect(asked).toMatchObject({ status: 'actionRequired', deadline: '2026-11-17T10:00:06.000Z' });
  });

  test('a processor that is silent for a while does not take the link away', async () => {
    let up = true;
    const world = worldWith(undefined, () => up);
    await paid(world, 'needsAction');
    up = false;
    const payment = await later(world, { minutes: 5 });
    expect(payment?.status).toBe('actionRequired');
    expect(payment?.actionUrl).toContain('/sandbox/payments/');
  });
});

describe('a processor that is down', () => {
  function downAtFirst() {
    let up = false;
    const world = worldWith(undefined, () => up);
    return { world, comesBack: () => void (up = true) };
  }

  test('the payment stays pending, and is charged and credited once it is back', async () => {
    const { world, comesBack } = downAtFirst();
    expect((await paid(world, 'succeeds'))?.status).toBe('unknown');
    comesBack();
    expect((await later(world, { seconds: 6 }))?.status).toBe('settled');
    expect(await world.parts.sandbox.charges(TENANT)).toMatchObject([{ timesCharged: 1n }]);
  });

  test('admins are told after a quarter of an hour, once', async () => {
    const { world } = downAtFirst();
    await paid(world, 'succeeds');
    await later(world, { minutes: 14 });
    expect(await alertKinds(world)).not.toContain('paymentUnknown');
    for (let round = 0; round < 5; round += 1) await later(world, { minutes: 10 });
    expect((await alertKinds(world)).filter((kind) => kind === 'paymentUnknown')).toHaveLength(1);
  });

  test('after a day it is past its deadline: still open, never guessed', async () => {
    const { world } = downAtFirst();
    await paid(world, 'succeeds');
    expect((await later(world, { hours: 25 }))?.status).toBe('unknown');
    expect((await world.billing.reader.account(TENANT)).openPayments).toMatchObject([{ overdue: true }]);
  });

  test('back after the deadline, it is cancelled there, and nothing was charged', async () => {
    const { world, comesBack } = downAtFirst();
    await paid(world, 'succeeds');
    await later(world, { hours: 25 });
    comesBack();
    expect((await later(world, { hours: 1 }))?.status).toBe('cancelled');
    expect(await balanceOf(world)).toBe(0n);
  });

  test('back after the deadline with the charge made, it is credited', async () => {
    let up = true;
    const world = worldWith(
      ({ sandbox }) => ({
        confirm: async (charge) => {
          await sandbox.confirm(charge);
          up = false;
          return { kind: 'unknown' };
        },
      }),
      () => up,
    );
    await paid(world, 'succeeds');
    await later(world, { hours: 25 });
    up = true;
    expect((await later(world, { hours: 1 }))?.status).toBe('settled');
    expect(await balanceOf(world)).toBe(usd(50));
  });
});

describe('cancelling', () => {
  test('what waits for an approval is cancelled at the processor, and names who did it', async () => {
    const world = worldWith();
    await paid(world, 'needsAction');
    const cancelled = await world.billing.cancelPayment(TENANT, 'p1', ADMIN);
    expect(cancelled).toMatchObject({ status: 'cancelled', cancelledBy: ADMIN });
    expect(await world.parts.sandbox.charges(TENANT)).toMatchObject([{ state: 'cancelled' }]);
  });

  test('what was charged already is credited instead', async () => {
    const world = worldWith();
    await paid(world, 'needsAction');
    await world.parts.sandbox.decide({ tenant: TENANT, paymentId: 'p1' }, 'approve');
    expect(await world.billing.cancelPayment(TENANT, 'p1', ADMIN)).toMatchObject({ status: 'settled' });
    expect(await balanceOf(world)).toBe(usd(50));
  });

  test('what is closed already stays as it is', async () => {
    const world = worldWith();
    await paid(world, 'succeeds');
    expect(await world.billing.cancelPayment(TENANT, 'p1', ADMIN)).toMatchObject({ status: 'settled' });
  });

  test('of a payment that nobody knows of answers nothing', async () => {
    expect(await worldWith().billing.cancelPayment(TENANT, 'p9', ADMIN)).toBeUndefined();
  });

  /** A second instance cancels at the moment when the first one is about to make this call. */
  async function cancelledBefore(call: 'begin' | 'confirm') {
    const parts = sharedParts();
    const other = instanceOf(parts);
    const cancel = () => other.billing.cancelPayment(TENANT, 'p1', ADMIN);
    const replace: Partial<PaymentProcessor> = {
      begin: async (wanted) => {
        if (call === 'begin') await cancel();
        return parts.sandbox.begin(wanted);
      },
      confirm: async (charge) => {
        if (call === 'confirm') await cancel();
        return parts.sandbox.confirm(charge);
      },
    };
    const first = instanceOf(parts, { processor: processorWith(parts.sandbox, replace) });
    await request(first, 'succeeds');
    await calm();
    return {
      payment: await first.billing.reader.payment(TENANT, 'p1'),
      charges: await parts.sandbox.charges(TENANT),
    };
  }

  test.each(['begin', 'confirm'] as const)(
    'right before the processor is asked to %s, nothing is charged',
    async (call) => {
      const { payment, charges } = await cancelledBefore(call);
      expect(payment?.status).toBe('cancelled');
      expect(charges).toMatchObject([{ state: 'cancelled', timesCharged: 0n }]);
    },
  );

  test('an instance that looks at a payment while another cancels it charges nothing', async () => {
    const parts = sharedParts();
    let letConfirm = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      letConfirm = resolve;
    });
    const canceller = instanceOf(parts, {
      processor: processorWith(parts.sandbox, {
        cancel: async (charge) => {
          const answer = await parts.sandbox.cancel(charge);
          if (answer.kind === 'absent') void first.billing.lookAtPayment(TENANT, 'p1');
          await calm();
          return answer;
        },
      }),
    });
    // The request itself starts nothing: its instance died right after the commit.
    await request(
      instanceOf(parts, { processor: processorWith(parts.sandbox, { begin: () => never() }) }),
      'succeeds',
    );
    const first = instanceOf(parts, {
      processor: processorWith(parts.sandbox, {
        confirm: async (charge) => {
          await gate;
          return parts.sandbox.confirm(charge);
        },
      }),
    });
    const cancelled = await canceller.billing.cancelPayment(TENANT, 'p1', ADMIN);
    letConfirm();
    await calm();
    expect(cancelled).toMatchObject({ status: 'cancelled' });
    const charged = (await parts.sandbox.charges(TENANT)).filter(({ timesCharged }) => timesCharged > 0n);
    expect(charged).toEqual([]);
    expect(await balanceOf(first)).toBe(0n);
  });
});

function never(): Promise<never> {
  return new Promise(() => undefined);
}

describe('a processor that reports another amount or currency', () => {
  const other = { kind: 'succeeded', amount: money(usd(49), 'USD') } as const;

  function differing(amount: typeof other.amount | ReturnType<typeof money>): World {
    const said = { kind: 'succeeded', amount } as const;
    return worldWith(() => ({ confirm: async () => said, find: async () => said }));
  }

  test.each([
    ['amount', other.amount],
    ['currency', money(usd(50), 'EUR')],
  ])('another %s is never credited, and an operator hears of it', async (_, amount) => {
    const world = differing(amount);
    await paid(world, 'succeeds');
    expect(world.failures).toMatchObject([expect.any(AmountDiffers)]);
    expect(await balanceOf(world)).toBe(0n);
  });

  test('the payment stays open and its work is parked, not dropped', async () => {
    const world = differing(other.amount);
    await paid(world, 'succeeds');
    for (let round = 0; round < 12; round += 1) await later(world, { hours: 2 });
    expect(await world.queue.countParked()).toBe(1);
    expect((await world.billing.reader.account(TENANT)).openPayments).toHaveLength(1);
  });
});
