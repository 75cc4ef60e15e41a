/**
 * Sends call records: new, repeated, corrected, in any order, as rows or as an export, with its own key, and now and then
 * with another's; and chooses from when on calls are charged.
 */
import { handleUsage, type UsageAnswer } from '../../../src/usage-route.js';
import type { Errand, Errands } from '../errands.js';
import type { Instance } from '../instance.js';
import type { World } from '../world.js';
import { dateIn } from '../model/calendar.js';
import { SOMEBODY } from './buyer.js';
import { drawRow, exportOf, graphRowOf, rounded, type SentRow } from './call-rows.js';
import { Register, type Writing } from './register.js';

const HOUR_MS = 3_600_000;

interface Sent {
  readonly key: string;
  readonly target: string;
  readonly rows: readonly SentRow[];
  readonly asExport: boolean;
}

interface Written {
  readonly row: SentRow;
  readonly writing: Writing;
}

interface Taken {
  readonly target: string;
  readonly register: Register;
  readonly writes: readonly Written[];
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

  /** A few records, most of them cheap; now and then one that empties the account, or new ones by the hundred. */
  deliver(): void {
    const { chance, character } = this.world;
    const tenant = chance.pick(character.tenants);
    const rows = chance.happens(0.02)
      ? Array.from({ length: chance.between(88, 110) }, () => this.written(this.newId(tenant), 'charge'))
      : Array.from({ length: chance.between(1, 5) }, () => this.row(tenant));
    const target = chance.happens(0.05) ? chance.pick(character.tenants) : tenant;
    const asExport = character.exports && chance.happens(0.3);
    const sent = asExport ? rows.map(rounded) : rows;
    this.errands.send(this.delivery({ key: keyOf(tenant), target, rows: sent, asExport }));
  }

  /** Before, within or after the time that calls are sent of. */
  meter(): void {
    const { chance, character, time } = this.world;
    const tenant = chance.pick(character.tenants);
    const chosen = new Date(time.now + chance.between(-96, 24) * HOUR_MS).toISOString();
    const from = chance.happens(0.3) ? time.iso : chosen;
    const click = { id: this.world.newId('metering'), mintedAt: time.iso };
    this.errands.send({
      name: `metering ${tenant} ${from}`,
      isOperation: true,
      run: async ({ billing }) => {
        this.errands.done(await billing.setMetering(tenant, { from, by: SOMEBODY }, click));
      },
    });
  }

  private row(tenant: string): SentRow {
    const { chance } = this.world;
    const known = this.ids.get(tenant) ?? [];
    const old = known.length > 0 && chance.happens(0.35);
    const id = old ? (known[chance.below(known.length)] ?? '') : this.newId(tenant);
    const kind = old || chance.happens(0.9) ? 'charge' : chance.pick(['aside', 'skip'] as const);
    return this.written(id, kind);
  }

  private newId(tenant: string): string {
    const id = this.world.newId(`${tenant}-call`);
    this.ids.set(tenant, [...(this.ids.get(tenant) ?? []), id].slice(-60));
    return id;
  }

  private written(id: string, kind: SentRow['kind']): SentRow {
    const { chance, time, character } = this.world;
    const start = this.starts.get(id) ?? new Date(time.now - chance.below(72 * HOUR_MS)).toISOString();
    this.starts.set(id, start);
    return drawRow(chance, { id, kind, start }, character.grain);
  }

  private delivery(sent: Sent): Errand {
    const { target, rows, asExport } = sent;
    return {
      name: `usage ${asExport ? 'export ' : ''}${target} ${rows.map(({ id, kind, micros }) => `${id}:${kind}:${micros}`).join(' ')}`,
      run: (instance) => this.send(instance, sent),
    };
  }

  private async send(instance: Instance, { key, target, rows, asExport }: Sent): Promise<void> {
    // Whoever's account it was posted to: only in the key's own it may turn up.
    const register = this.registers.get(this.keys.get(key)?.[0] ?? '') ?? new Register();
    const charged = rows.filter(({ kind }) => kind === 'charge');
    const writes = charged.map((row): Written => ({ row, writing: register.begin(row.id, row.micros) }));
    const content = asExport ? { body: undefined, file: exportOf(rows) } : { body: rows.map(graphRowOf) };
    const request = { tenant: target, authorization: `Bearer ${key}`, fromLoopback: false, ...content };
    const answer = await handleUsage(request, {
      intake: instance.billing.intake,
      keys: this.keys,
      isKnownTenant: async (tenant) => this.keys.has(keyOf(tenant)),
    });
    if (answer.status === 503) throw Object.assign(new Error('503'), { name: 'StorageUnavailable' });
    if (answer.status === 200) this.answered({ target, register, writes }, answer);
  }

  private answered({ target, register, writes }: Taken, answer: UsageAnswer): void {
    const left = datesLeft(answer);
    const { usage } = this.world.model.of(target);
    // What a second source says of a day takes no effect, unless the first one was only kept; nor do parts of a day.
    const isLeft = ({ row }: Written) =>
      left.has(dateIn(this.world.character.timeZone, row.start)) && usage.chargeOf(row.id) !== row.micros;
    for (const { writing } of writes.filter(isLeft)) register.withdraw(writing);
    const took = writes.filter((write) => !isLeft(write));
    for (const { writing } of took) register.end(writing);
    this.acknowledged(
      target,
      took.map(({ row }) => row),
    );
  }

  private acknowledged(tenant: string, rows: readonly SentRow[]): void {
    const { usage } = this.world.model.of(tenant);
    const missing = rows.filter(({ id }) => !usage.isKnown(id));
    if (missing.length > 0)
      this.world.complain('what was acknowledged is in the ledger', missing.map(({ id }) => id).join(', '));
  }

  /** Each record that was charged stands at the charge that its biller sent last, in the account of the key that sent it. */
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

/** Compared with another source, or left to an export that has all of them. */
function datesLeft({ body }: UsageAnswer): ReadonlySet<string> {
  type Dates = readonly { readonly date: string }[];
  const { compared, incomplete } = body as { readonly compared: Dates; readonly incomplete: Dates };
  return new Set([...compared, ...incomplete].map(({ date }) => date));
}
