/** Sets, resumes and turns off auto-recharge, and says who is an admin. */
import { MICROS_PER_UNIT } from '../../../src/billing/money.js';
import { ADMIN_CENTER_METHOD } from '../../../src/billing/payments/admin-center/admin-center-method.js';
import { SANDBOX_CARDS } from '../../../src/billing/payments/sandbox/cards.js';
import { toJson } from '../../../src/billing/rows/columns.js';
import type { Outcome } from '../../../src/billing/lane/command.js';
import type { Errands } from '../errands.js';
import type { Instance } from '../instance.js';
import { ADMINS, type World } from '../world.js';
import { methodOf, SOMEBODY } from './buyer.js';

const DAY_MS = 24 * 3_600_000;

export class Ruler {
  private readonly answers = new Map<string, string>();
  private readonly world: World;
  private readonly errands: Errands;

  constructor(world: World, errands: Errands) {
    this.world = world;
    this.errands = errands;
  }

  setRule(): void {
    const { chance, time, character } = this.world;
    const amount = chance.pick([5, 10, 20]);
    const { tenant, click } = this.click('rule');
    const request = {
      trigger: units(chance.pick([5, 10, 20])),
      amount: units(amount),
      monthCap: units(amount * chance.pick([0, 1, 2, 3, 6, 20])),
      ...(chance.happens(0.6) && { dayCap: units(amount * chance.between(1, 3)) }),
      method: methodOf(this.method()),
      by: SOMEBODY,
      mintedAt: new Date(time.now - chance.pick([0, 0, 3_600_000])).toISOString(),
    };
    this.send(`rule ${tenant} ${character.timeZone}`, click.id, (instance) =>
      instance.billing.setAutoRecharge(tenant, request, click),
    );
  }

  /** Any cards, seldom too many or one of them twice. */
  setBackups(): void {
    const { chance } = this.world;
    const { tenant, click } = this.click('backups');
    const methods = Array.from({ length: chance.pick([0, 1, 1, 2, 2, 3, 4]) }, () =>
      methodOf(chance.pick(SANDBOX_CARDS)),
    );
    const names = methods.map(({ id }) => id).join(' ');
    this.send(`backups ${tenant} ${names}`, click.id, (instance) =>
      instance.billing.setBackups(tenant, { methods, by: SOMEBODY }, click),
    );
  }

  private method() {
    const { chance } = this.world;
    if (chance.happens(0.15)) return ADMIN_CENTER_METHOD;
    return chance.happens(0.5) ? chance.pick(SANDBOX_CARDS.slice(0, 1)) : chance.pick(SANDBOX_CARDS);
  }

  resume(): void {
    const { tenant, click } = this.click('resume');
    this.send(`resume ${tenant}`, click.id, (instance) =>
      instance.billing.resumeAutoRecharge(tenant, SOMEBODY, click),
    );
  }

  turnOff(tenant = this.world.chance.pick(this.world.character.tenants)): void {
    this.errands.send({
      name: `off ${tenant}`,
      run: async (instance) =>
        this.errands.done(await instance.billing.turnOffAutoRecharge(tenant, SOMEBODY)),
    });
  }

  /** By a person's word, up or down. */
  adjust(): void {
    const { chance } = this.world;
    const { tenant, click } = this.click('adjust');
    const amount = BigInt(chance.between(-20, 10)) * MICROS_PER_UNIT;
    const adjustment = { amount, reason: chance.happens(0.1) ? '' : 'agreed on the phone', by: SOMEBODY };
    this.send(`adjust ${tenant} ${amount}`, click.id, (instance) =>
      instance.billing.adjust(tenant, adjustment, click),
    );
  }

  /** Below zero and back, more often in a day than people want to hear of. */
  seesaw(): void {
    const { tenant } = this.click('adjust');
    const clicks = Array.from({ length: 10 }, () => this.click('adjust').click);
    this.errands.send({
      name: `seesaw ${tenant}`,
      run: async (instance) => {
        for (const click of clicks) {
          const balance = this.world.model.of(tenant).account?.balance ?? 0n;
          const amount = balance < 0n ? MICROS_PER_UNIT - balance : -balance - MICROS_PER_UNIT;
          const adjustment = { amount, reason: 'to and fro', by: SOMEBODY };
          this.errands.done(await instance.billing.adjust(tenant, adjustment, click));
        }
      },
    });
  }

  /** Any payment that was settled, most often the newest; seldom one that nobody knows. */
  refund(): void {
    const { chance, model } = this.world;
    const { tenant, click } = this.click('refund');
    const settled = [...model.of(tenant).money.payments.values()].filter(
      ({ status }) => status === 'settled',
    );
    const one = chance.happens(0.7) ? settled.at(-1) : settled[chance.below(settled.length)];
    const paymentId = one?.id ?? 'never-seen';
    this.send(`refund ${tenant} ${paymentId}`, click.id, (instance) =>
      instance.billing.requestRefund(tenant, { paymentId, by: SOMEBODY }, click),
    );
  }

  setRole(): void {
    const { chance, character } = this.world;
    const tenant = chance.pick(character.tenants);
    const id = chance.pick([...ADMINS, 'person-1']);
    const role = chance.pick(['admin', 'viewer', 'viewer'] as const);
    this.errands.send({
      name: `role ${tenant} ${id} ${role}`,
      run: async (instance) =>
        this.errands.done(await instance.billing.setRole(tenant, { id, name: id, role, by: SOMEBODY })),
    });
  }

  testAlert(): void {
    const tenant = this.world.chance.pick(this.world.character.tenants);
    this.errands.send({
      name: `test ${tenant}`,
      run: (instance) => instance.billing.testAlert(tenant, { only: 'here', by: SOMEBODY }),
    });
  }

  /** Minted some time ago: seldom so long that it must be refused. */
  private click(kind: string): { tenant: string; click: { id: string; mintedAt: string } } {
    const { chance, character, time } = this.world;
    const age = chance.happens(0.04) ? 61 * DAY_MS : 0;
    const click = { id: this.world.newId(kind), mintedAt: new Date(time.now - age).toISOString() };
    return { tenant: chance.pick(character.tenants), click };
  }

  /** Whoever asks the same again hears the same again. */
  private send(name: string, id: string, ask: (instance: Instance) => Promise<Outcome<unknown>>): void {
    this.errands.send({
      name: `${name} ${id}`,
      isOperation: true,
      run: async (instance) => {
        const answer = this.errands.done(await ask(instance));
        if (answer === undefined) return;
        const text = toJson(answer);
        const known = this.answers.get(id);
        if (known !== undefined && known !== text)
          this.world.complain('an operation is answered the same again', `${id}: ${known} then ${text}`);
        this.answers.set(id, text);
      },
    });
  }
}

function units(count: number): bigint {
  return BigInt(count) * MICROS_PER_UNIT;
}
