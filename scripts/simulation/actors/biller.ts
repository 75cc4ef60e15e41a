/** Sends call records: new, repeated, corrected, in any order, with its own key, and now and then with another's. */
import { handleUsage, type UsageAnswer } from '../../../src/usage-route.js';
import type { Errand, Errands } from '../errands.js';
import type { Instance } from '../instance.js';
import type { World } from '../world.js';
import { Register } from './register.js';

const PLACES = ['United Kingdom', 'France', 'India', 'Brazil'];
const HOUR_MS = 3_600_000;

interface SentRow {
  readonly id: string;
  readonly kind: 'charge' | 'aside' | 'skip';
  readonly micros: bigint;
  readonly row: object;
}

export class Biller {
  readonly registers: ReadonlyMap<string, Register>;
  private readonly world: World;
  private readonly errands: Errands;
  private readonly keys: ReadonlyMap<string, readonly string[]>;
  private readonly starts = new Map<string, string>();
  private readonly ids = new Map<string, string[]>();

  constructor(world: World, errands: Errands) {
    this.world = world;
    this.errands = errands;
    const { tenants } = world.character;
    this.keys = new Map(tenants.map((tenant) => [keyOf(tenant), [tenant]]));
    this.registers = new Map(tenants.map((tenant) => [tenant, new Register()]));
  }

  /** A few records, most of them cheap; now and then one that empties the account. */
  deliver(): void {
    const { chance, character } = this.world;
    const tenant = chance.pick(character.tenants);
    const count = chance.happens(0.01) ? chance.between(60, 130) : chance.between(1, 5);
    const rows = Array.from({ length: count }, () => this.row(tenant));
    const target = chance.happens(0.05) ? chance.pick(character.tenants) : tenant;
    this.errands.send(this.delivery({ key: keyOf(tenant), target, rows }));
  }

  private row(tenant: string): SentRow {
    const { chance } = this.world;
    const known = this.ids.get(tenant) ?? [];
    const old = known.length > 0 && chance.happens(0.35);
    const id = old ? (known[chance.below(known.length)] ?? '') : this.world.newId(`${tenant}-call`);
    if (!old) this.ids.set(tenant, [...known, id].slice(-60));
    const kind = old || chance.happens(0.9) ? 'charge' : chance.pick(['aside', 'skip'] as const);
    return this.written(id, kind);
  }

  private written(id: string, kind: SentRow['kind']): SentRow {
    const { chance, time } = this.world;
    const start = this.starts.get(id) ?? new Date(time.now - chance.below(72 * HOUR_MS)).toISOString();
    this.starts.set(id, start);
    const most = chance.happens(0.1) ? 30_000_000 : 2_500_000;
    const { grain } = this.world.character;
    const micros = BigInt(chance.below(most / grain) * grain);
    const row = {
      id,
      startDateTime: start,
      duration: 60,
      currency: kind === 'aside' ? 'EUR' : 'USD',
      charge: Number(micros) / 1e6,
      licenseCapability: kind === 'skip' ? 'MCOPSTN1' : 'MCOPSTNPP',
      destinationName: chance.pick(PLACES),
      callerNumber: '+4912345',
    };
    return { id, kind, micros, row };
  }

  private delivery(sent: { key: string; target: string; rows: readonly SentRow[] }): Errand {
    const { target, rows } = sent;
    return {
      name: `usage ${target} ${rows.map(({ id, kind, micros }) => `${id}:${kind}:${micros}`).join(' ')}`,
      run: (instance) => this.send(instance, sent),
    };
  }

  private async send(
    instance: Instance,
    { key, target, rows }: { key: string; target: string; rows: readonly SentRow[] },
  ): Promise<void> {
    const owner = this.keys.get(key)?.[0] ?? '';
    const charged = rows.filter(({ kind }) => kind === 'charge');
    const register = this.registers.get(owner);
    // Whoever's account it was posted to: only in the key's own it may turn up.
    const writes = charged.map(({ id, micros }) => register?.begin(id, micros));
    const request = {
      tenant: target,
      authorization: `Bearer ${key}`,
      fromLoopback: false,
      body: rows.map(({ row }) => row),
    };
    const answer = await handleUsage(request, {
      intake: instance.billing.intake,
      keys: this.keys,
      isKnownTenant: async (tenant) => this.keys.has(keyOf(tenant)),
    });
    if (answer.status === 503) throw Object.assign(new Error('503'), { name: 'StorageUnavailable' });
    if (answer.status !== 200) return;
    for (const write of writes) if (write !== undefined) register?.end(write);
    this.acknowledged(target, charged, answer);
  }

  private acknowledged(tenant: string, rows: readonly SentRow[], answer: UsageAnswer): void {
    const { usage } = this.world.model.of(tenant);
    const missing = rows.filter(({ id }) => usage.chargeOf(id) === undefined);
    if (missing.length > 0 && answer.status === 200)
      this.world.complain('what was acknowledged is in the ledger', missing.map(({ id }) => id).join(', '));
  }

  /** Each record stands at the charge that its biller sent last, in the account of the key that sent it. */
  judge(): void {
    for (const [tenant, register] of this.registers) {
      const { usage } = this.world.model.of(tenant);
      for (const id of usage.ids()) {
        const charge = usage.chargeOf(id);
        if (charge !== undefined && !register.allows(id, charge))
          this.world.complain('a call record stands at its last known charge', `${tenant} ${id}: ${charge}`);
      }
    }
  }

  /** An admin charges a record that had been put aside. */
  decided(tenant: string, id: string, charge: bigint): void {
    const register = this.registers.get(tenant);
    register?.begin(id, charge);
  }
}

function keyOf(tenant: string): string {
  return `key-of-${tenant}`;
}
