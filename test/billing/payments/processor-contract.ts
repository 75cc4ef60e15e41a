/** What the port promises of every payment processor (DESIGN §4): one suite that each adapter runs. */
import { units, type Money } from '../../../src/billing/money.js';
import type {
  ChargeRef,
  ChargeRequest,
  ChargeState,
  PaymentProcessor,
  TestScenario,
} from '../../../src/billing/payments/processor.js';

export interface ProcessorUnderTest {
  readonly processor: PaymentProcessor;
  /** A second instance of the adapter, as in another process, over the same records at the processor. */
  readonly other: PaymentProcessor;
  readonly methodOf: Readonly<Record<TestScenario, string>>;
  /** What the person does who opened the link of an action. A second answer is ignored. */
  act(charge: ChargeRef, decision: 'approve' | 'refuse'): Promise<void>;
  /** By the processor's own record: how often this payment was charged, and what of it was not given back. */
  taken(charge: ChargeRef): Promise<{ readonly times: number; readonly kept: Money }>;
}

type Begun = ChargeRef & { readonly processorId: string };

const AMOUNT = units(50, 'USD');
const NOTHING = { times: 0, kept: units(0, 'USD') };
const ONCE = { times: 1, kept: AMOUNT };
const SUCCEEDED: ChargeState = { kind: 'succeeded', amount: AMOUNT };

export function processorContract(name: string, create: () => Promise<ProcessorUnderTest>): void {
  describe(`${name} keeps the promises of a payment processor:`, () => {
    let subject: ProcessorUnderTest;
    let processor: PaymentProcessor;
    let count = 0;

    beforeEach(async () => {
      subject = await create();
      processor = subject.processor;
    });

    function request(scenario: TestScenario, amount: Money = AMOUNT): ChargeRequest {
      count += 1;
      return {
        paymentId: `payment-${count}`,
        tenant: 'contoso',
        amount,
        methodId: subject.methodOf[scenario],
      };
    }

    async function begin(asked: ChargeRequest): Promise<Begun> {
      const result = await processor.begin(asked);
      if (result.kind !== 'begun') throw new Error(`begin answered ${result.kind}`);
      return { paymentId: asked.paymentId, tenant: asked.tenant, processorId: result.processorId };
    }

    async function charge(scenario: TestScenario): Promise<Begun> {
      const begun = await begin(request(scenario));
      await processor.confirm(begun);
      return begun;
    }

    describe('begin', () => {
      test('charges nothing', async () => {
        const begun = await begin(request('succeeds'));
        expect(await subject.taken(begun)).toEqual(NOTHING);
        expect(await processor.find(begun)).toEqual({ kind: 'unconfirmed', processorId: begun.processorId });
      });

      test('with the same id and content answers with the same charge', async () => {
        const asked = request('succeeds');
        const first = await begin(asked);
        expect(await processor.begin(asked)).toEqual({ kind: 'begun', processorId: first.processorId });
        await processor.confirm(first);
        expect(await processor.begin(asked)).toEqual({ kind: 'begun', processorId: first.processorId });
        expect(await subject.taken(first)).toEqual(ONCE);
      });

      test('twice at once begins one charge', async () => {
        const asked = request('succeeds');
        const [first, second] = await Promise.all([processor.begin(asked), subject.other.begin(asked)]);
        expect(first).toEqual(second);
        expect(first.kind).toBe('begun');
      });

      test('with the same id and another amount is a mistake of the program', async () => {
        const asked = request('succeeds');
        await begin(asked);
        await expect(processor.begin({ ...asked, amount: units(51, 'USD') })).rejects.toThrow();
        await expect(processor.begin({ ...asked, amount: units(50, 'EUR') })).rejects.toThrow();
      });

      test('with the same id and another method is a mistake of the program', async () => {
        const asked = request('succeeds');
        const begun = await begin(asked);
        const methodId = subject.methodOf.insufficientFunds;
        await expect(processor.begin({ ...asked, methodId })).rejects.toThrow();
        expect(await processor.confirm(begun)).toEqual(SUCCEEDED);
      });

      test.each([
        ['a fraction of a minor unit', { micros: 50_000_001n, currency: 'USD' } as const],
        ['nothing', units(0, 'USD')],
        ['a negative amount', units(-5, 'USD')],
      ])('of %s is a mistake of the program', async (_, amount) => {
        await expect(processor.begin(request('succeeds', amount))).rejects.toThrow();
      });

      test('with a method that nobody knows is declined, and nothing is begun', async () => {
        const asked = { ...request('succeeds'), methodId: 'no-such-method' };
        expect(await processor.begin(asked)).toMatchObject({ kind: 'declined' });
        expect(await processor.find(asked)).toEqual({ kind: 'absent' });
      });
    });

    describe('confirm', () => {
      test('charges the amount', async () => {
        const begun = await begin(request('succeeds'));
        expect(await processor.confirm(begun)).toEqual(SUCCEEDED);
        expect(await processor.find(begun)).toEqual(SUCCEEDED);
        expect(await subject.taken(begun)).toEqual(ONCE);
      });

      test('charges a currency without minor units', async () => {
        const begun = await begin(request('succeeds', units(5000, 'JPY')));
        expect(await processor.confirm(begun)).toEqual({ kind: 'succeeded', amount: units(5000, 'JPY') });
      });

      test('twice charges once', async () => {
        const begun = await charge('succeeds');
        expect(await processor.confirm(begun)).toEqual(SUCCEEDED);
        expect(await subject.taken(begun)).toEqual(ONCE);
      });

      test('by two instances at once charges once', async () => {
        const begun = await begin(request('succeeds'));
        await Promise.all([processor.confirm(begun), subject.other.confirm(begun)]);
        expect(await processor.find(begun)).toEqual(SUCCEEDED);
        expect(await subject.taken(begun)).toEqual(ONCE);
      });

      test.each(['insufficientFunds', 'expiredCard'] as const)(
        'of %s is declined for good',
        async (reason) => {
          const begun = await begin(request(reason));
          expect(await processor.confirm(begun)).toEqual({ kind: 'declined', reason });
          expect(await processor.confirm(begun)).toEqual({ kind: 'declined', reason });
          expect(await processor.find(begun)).toEqual({ kind: 'declined', reason });
          expect(await subject.taken(begun)).toEqual(NOTHING);
        },
      );

      test('of a payment that was never begun is a mistake of the program', async () => {
        const never = { ...request('succeeds'), processorId: 'no-such-charge' };
        await expect(processor.confirm(never)).rejects.toThrow();
      });

      test('with the id of another charge is a mistake of the program, and charges neither', async () => {
        const [one, two] = [await begin(request('succeeds')), await begin(request('succeeds'))];
        await expect(processor.confirm({ ...one, processorId: two.processorId })).rejects.toThrow();
        expect(await subject.taken(one)).toEqual(NOTHING);
        expect(await subject.taken(two)).toEqual(NOTHING);
      });
    });

    describe('a time-out', () => {
      test('after charging is unknown, then found as succeeded', async () => {
        const begun = await begin(request('timeoutAfterCharging'));
        expect(await processor.confirm(begun)).toEqual({ kind: 'unknown' });
        expect(await processor.find(begun)).toEqual(SUCCEEDED);
        expect(await processor.confirm(begun)).toEqual(SUCCEEDED);
        expect(await subject.taken(begun)).toEqual(ONCE);
      });

      test('before charging is unknown, then found unconfirmed, and a later confirm charges once', async () => {
        const begun = await begin(request('timeoutBeforeCharging'));
        expect(await processor.confirm(begun)).toEqual({ kind: 'unknown' });
        expect(await processor.find(begun)).toEqual({ kind: 'unconfirmed', processorId: begun.processorId });
        expect(await subject.taken(begun)).toEqual(NOTHING);
        expect(await processor.confirm(begun)).toEqual(SUCCEEDED);
        expect(await subject.taken(begun)).toEqual(ONCE);
      });

      test('before charging can be cancelled', async () => {
        const begun = await charge('timeoutBeforeCharging');
        expect(await processor.cancel(begun)).toEqual({ kind: 'cancelled' });
        expect(await processor.confirm(begun)).toEqual({ kind: 'cancelled' });
        expect(await subject.taken(begun)).toEqual(NOTHING);
      });
    });

    describe('an action', () => {
      test('is asked for with one link, however often it is confirmed, and charges nothing', async () => {
        const begun = await begin(request('needsAction'));
        const asked = await processor.confirm(begun);
        expect(asked).toEqual({
          kind: 'actionRequired',
          url: expect.stringMatching(/^https?:\/\//u) as string,
        });
        expect(await processor.confirm(begun)).toEqual(asked);
        expect(await processor.find(begun)).toEqual(asked);
        expect(await subject.taken(begun)).toEqual(NOTHING);
      });

      test('that is approved charges once, a second approval and a late refusal change nothing', async () => {
        const begun = await charge('needsAction');
        await subject.act(begun, 'approve');
        await subject.act(begun, 'approve');
        await subject.act(begun, 'refuse');
        expect(await processor.find(begun)).toEqual(SUCCEEDED);
        expect(await processor.confirm(begun)).toEqual(SUCCEEDED);
        expect(await subject.taken(begun)).toEqual(ONCE);
      });

      test('that is refused is declined, a second refusal and a late approval change nothing', async () => {
        const begun = await charge('needsAction');
        await subject.act(begun, 'refuse');
        await subject.act(begun, 'refuse');
        await subject.act(begun, 'approve');
        const declined = { kind: 'declined', reason: 'authenticationFailed' };
        expect(await processor.find(begun)).toEqual(declined);
        expect(await processor.confirm(begun)).toEqual(declined);
        expect(await subject.taken(begun)).toEqual(NOTHING);
      });

      test('that is approved after the payment was cancelled charges nothing', async () => {
        const begun = await charge('needsAction');
        expect(await processor.cancel(begun)).toEqual({ kind: 'cancelled' });
        await subject.act(begun, 'approve');
        expect(await processor.find(begun)).toEqual({ kind: 'cancelled' });
        expect(await subject.taken(begun)).toEqual(NOTHING);
      });
    });

    describe('find', () => {
      test('before begin says that the processor never heard of it', async () => {
        expect(await processor.find(request('succeeds'))).toEqual({ kind: 'absent' });
      });

      test("works without the processor's id, for a begin whose answer was lost", async () => {
        const asked = request('succeeds');
        const { processorId } = await begin(asked);
        expect(await processor.find({ tenant: asked.tenant, paymentId: asked.paymentId })).toEqual({
          kind: 'unconfirmed',
          processorId,
        });
      });

      test("of another tenant's payment says that there is none", async () => {
        const begun = await charge('succeeds');
        const foreign = { tenant: 'fabrikam', paymentId: begun.paymentId };
        expect(await processor.find(foreign)).toEqual({ kind: 'absent' });
        expect(await processor.cancel(foreign)).toEqual({ kind: 'absent' });
      });
    });

    describe('cancel', () => {
      test('then confirm charges nothing', async () => {
        const begun = await begin(request('succeeds'));
        expect(await processor.cancel(begun)).toEqual({ kind: 'cancelled' });
        expect(await processor.cancel(begun)).toEqual({ kind: 'cancelled' });
        expect(await processor.confirm(begun)).toEqual({ kind: 'cancelled' });
        expect(await subject.taken(begun)).toEqual(NOTHING);
      });

      test('of what was charged says so and gives nothing back', async () => {
        const begun = await charge('succeeds');
        expect(await processor.cancel(begun)).toEqual(SUCCEEDED);
        expect(await subject.taken(begun)).toEqual(ONCE);
      });

      test('of what was charged by a confirm that timed out says so', async () => {
        expect(await processor.cancel(await charge('timeoutAfterCharging'))).toEqual(SUCCEEDED);
      });

      test('and confirm at once agree on whether it was charged', async () => {
        const begun = await begin(request('succeeds'));
        await Promise.all([processor.cancel(begun), subject.other.confirm(begun)]);
        const found = await processor.find(begun);
        expect(await processor.cancel(begun)).toEqual(found);
        expect(await subject.taken(begun)).toEqual(found.kind === 'succeeded' ? ONCE : NOTHING);
      });

      test('of what was declined leaves it uncharged for good', async () => {
        const begun = await charge('insufficientFunds');
        expect(['declined', 'cancelled']).toContain((await processor.cancel(begun)).kind);
        expect(['declined', 'cancelled']).toContain((await processor.confirm(begun)).kind);
        expect(await subject.taken(begun)).toEqual(NOTHING);
      });

      test('of a payment that was never begun says that there is none', async () => {
        expect(await processor.cancel(request('succeeds'))).toEqual({ kind: 'absent' });
      });
    });

    describe('refund', () => {
      test('gives back the whole, and the charge stays known as succeeded', async () => {
        const begun = await charge('succeeds');
        expect(await processor.refund(begun, AMOUNT, 'r1')).toMatchObject({ kind: 'refunded' });
        expect(await subject.taken(begun)).toEqual({ times: 1, kept: units(0, 'USD') });
        expect(await processor.find(begun)).toEqual(SUCCEEDED);
      });

      test('twice with one id gives back once', async () => {
        const begun = await charge('succeeds');
        const first = await processor.refund(begun, units(20, 'USD'), 'r1');
        expect(await processor.refund(begun, units(20, 'USD'), 'r1')).toEqual(first);
        expect(await subject.taken(begun)).toEqual({ times: 1, kept: units(30, 'USD') });
      });

      test('with the same id and another amount is a mistake of the program', async () => {
        const begun = await charge('succeeds');
        await processor.refund(begun, units(20, 'USD'), 'r1');
        await expect(processor.refund(begun, units(21, 'USD'), 'r1')).rejects.toThrow();
      });

      test('of more than is left is refused, also when it comes in parts', async () => {
        const begun = await charge('succeeds');
        const tooMuch = { kind: 'refused', reason: 'tooMuch' };
        expect(await processor.refund(begun, units(51, 'USD'), 'r1')).toEqual(tooMuch);
        await processor.refund(begun, units(30, 'USD'), 'r2');
        expect(await processor.refund(begun, units(21, 'USD'), 'r3')).toEqual(tooMuch);
        expect(await processor.refund(begun, units(20, 'USD'), 'r4')).toMatchObject({ kind: 'refunded' });
        expect(await subject.taken(begun)).toEqual({ times: 1, kept: units(0, 'USD') });
      });

      test('by two instances at once never gives back more than was charged', async () => {
        const begun = await charge('succeeds');
        const results = await Promise.all([
          processor.refund(begun, units(30, 'USD'), 'r1'),
          subject.other.refund(begun, units(30, 'USD'), 'r2'),
        ]);
        expect(results.filter(({ kind }) => kind === 'refunded')).toHaveLength(1);
        expect(await subject.taken(begun)).toEqual({ times: 1, kept: units(20, 'USD') });
      });

      test.each(['insufficientFunds', 'needsAction'] as const)('of %s is refused', async (scenario) => {
        const begun = await charge(scenario);
        const refused = { kind: 'refused', reason: 'notCharged' };
        expect(await processor.refund(begun, AMOUNT, 'r1')).toEqual(refused);
      });

      test('of a payment that was never begun is refused', async () => {
        const refused = { kind: 'refused', reason: 'notCharged' };
        expect(await processor.refund(request('succeeds'), AMOUNT, 'r1')).toEqual(refused);
      });

      test('in another currency is a mistake of the program', async () => {
        const begun = await charge('succeeds');
        await expect(processor.refund(begun, units(20, 'EUR'), 'r1')).rejects.toThrow();
      });
    });
  });
}
