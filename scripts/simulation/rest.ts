/** The end of a run: every instance is up, nothing fails, and time passes until nothing is due. */
import type { Bank } from './actors/bank.js';
import type { Ruler } from './actors/ruler.js';
import type { Errands } from './errands.js';
import { rebuild } from './model/rebuild.js';
import type { Scheduler } from './scheduler.js';
import { drained } from './virtual-time.js';
import type { World } from './world.js';

const ROUND_MS = 20_000;
const DAY_MS = 24 * 3_600_000;
/** Far more than any seed needs; who needs more will never rest. */
const PASSES_MAX = 3_000;

interface Hands {
  readonly scheduler: Scheduler;
  readonly errands: Errands;
  readonly ruler: Ruler;
  readonly bank: Bank;
}

export async function comeToRest(world: World, hands: Hands): Promise<void> {
  await allUp(world, hands);
  for (let pass = 0; world.violations.length === 0; pass += 1) {
    await serveAll(world, hands);
    const next = nextDue(world);
    if (next === undefined && hands.errands.busy === 0 && !hands.bank.tellAgain()) {
      await judge(world);
      return;
    }
    if (pass > PASSES_MAX) world.complain('everything comes to rest', world.model.due.before('9').join(', '));
    world.time.advanceTo(Math.max(world.time.now + ROUND_MS, next ?? 0));
  }
}

async function allUp(world: World, hands: Hands): Promise<void> {
  while (world.instances.length < world.character.instances) world.start();
  await serveAll(world, hands);
  // A rule that is on may go on recharging, month after month.
  for (const tenant of world.character.tenants) hands.ruler.turnOff(tenant);
}

async function serveAll(world: World, { scheduler }: Hands): Promise<void> {
  await drained();
  for (;;) {
    const ready = world.pool.ready(world.time.now);
    if (ready.length === 0) return;
    await scheduler.serveOne(ready);
    await drained();
  }
}

/** What must be done soon; an expiry in a year, or tomorrow's scan, can wait. Calls still under way are waited for. */
function nextDue({ model, time, pool }: World): number | undefined {
  const held = pool.nextReady;
  if (held !== undefined) return held;
  const soon = new Date(time.now + 3 * DAY_MS).toISOString();
  const times = model.due
    .before(soon)
    .map((key) => Date.parse(key.slice(key.indexOf(' ') + 1).split('|')[0] ?? ''));
  return times.length === 0 ? undefined : Math.min(...times) + 2_000;
}

async function judge(world: World): Promise<void> {
  for (const [tenant, account] of world.model.accounts) {
    account.money.quiet();
    account.reversals.quiet();
    const unheard = account.alerts.unheard();
    if (unheard.length > 0)
      world.complain('each alert is heard at least once', `${tenant} ${unheard.join(', ')}`);
    const left = (account.account?.balance ?? 0n) > 0n ? account.line.unexpired(dayAgo(world)) : [];
    if (left.length > 0)
      world.complain(
        'funds expire after twelve months',
        `${tenant} ${left.map(({ sequence }) => sequence).join(', ')}`,
      );
    await rebuild(world, tenant);
  }
}

function dayAgo({ time }: World): string {
  return new Date(time.now - DAY_MS).toISOString();
}
