/** Guards of the shell: storing, asking, and working later. */
import type { Guard } from './guard.js';

export const SHELL_GUARDS: readonly Guard[] = [
  {
    name: 'idempotency key',
    file: 'billing/payments/saga.ts',
    from: 'paymentId: payment.id,\n      tenant,\n      amount:',
    to: 'paymentId: payment.id + this.deps.now(),\n      tenant,\n      amount:',
  },
  {
    name: 'amount check',
    file: 'billing/payments/saga.ts',
    from: 'assertAmount(payment, state);',
    to: '',
  },
  {
    name: 'store before confirm',
    file: 'billing/payments/saga.ts',
    from: 'payment.processorId === begunId ? payment : await this.store(tenant, payment, begunId);',
    to: 'payment;',
  },
  {
    name: 'the stored charge only',
    file: 'billing/payments/saga.ts',
    from: 'const processorId = stored?.processorId ?? begunId;',
    to: 'const processorId = begunId;',
  },
  {
    name: 'cancel at the processor',
    file: 'billing/payments/saga.ts',
    from: 'const state = await this.deps.processor.cancel(refOf(tenant, payment));',
    to: "const state = { kind: 'cancelled' } as Awaited<ReturnType<PaymentProcessor['cancel']>>;",
  },
  {
    name: 'tenant of a key',
    file: 'usage-route.ts',
    from: 'return tenants.includes(tenant) ? undefined :',
    to: 'return tenants.length > 0 ? undefined :',
  },
  {
    name: 'unique row',
    file: 'billing/lane/account-rows.ts',
    from: "return { kind: 'insert', key, values };",
    to: "return { kind: 'put', key, values };",
  },
  {
    name: 'ETag',
    file: 'billing/lane/account-rows.ts',
    from: ": { kind: 'replace', key: ACCOUNT_KEY, values, etag };",
    to: ": { kind: 'put', key: ACCOUNT_KEY, values };",
  },
  {
    name: 'store before 2xx',
    file: 'billing/lane/lane.ts',
    from: "if (tried.kind !== 'conflict') answer();",
    to: 'answer();',
  },
  {
    name: 'operation row',
    file: 'billing/lane/group.ts',
    from: 'if (changed) this.operations.push(',
    to: 'if (false) this.operations.push(',
  },
  {
    name: 'stale operation',
    file: 'billing/lane/operations.ts',
    from: 'return !(age <= OPERATION_DAYS_MAX * 24 * 3_600_000);',
    to: 'return !(age <= Infinity);',
  },
  {
    name: 'due row before commit',
    file: 'billing/lane/lane.ts',
    from: 'const started = await this.deps.schedule(this.tenant, world.jobs);',
    to: 'const started = () => void this.deps.schedule(this.tenant, world.jobs).then((start) => { start(); }, () => undefined);',
  },
  {
    name: 'rewrite before a due row goes',
    file: 'billing/due/job-runner.ts',
    from: 'if (ticket?.confirmed === false) await',
    to: 'if (false) await',
  },
  {
    name: 'lease',
    file: 'billing/due/lease.ts',
    from: "if (row === undefined || textOf(row, 'holder') === NOBODY) return true;",
    to: 'return true;',
  },
];
