/** Decides about call records that were put aside. */
import { MICROS_PER_UNIT } from '../../../src/billing/money.js';
import type { UsageIssue } from '../../../src/billing/ledger/model.js';
import type { Errands } from '../errands.js';
import type { World } from '../world.js';
import type { Biller } from './biller.js';
import { SOMEBODY } from './buyer.js';

export class Clerk {
  private readonly world: World;
  private readonly errands: Errands;
  private readonly biller: Biller;

  constructor(world: World, errands: Errands, biller: Biller) {
    this.world = world;
    this.errands = errands;
    this.biller = biller;
  }

  decide(): void {
    const { chance, character } = this.world;
    const tenant = chance.pick(character.tenants);
    const charge = chance.happens(0.6) ? BigInt(chance.below(3)) * MICROS_PER_UNIT : undefined;
    const nth = chance.below(1_000);
    this.errands.send({
      name: `issue ${tenant} ${nth}`,
      run: async (instance) => {
        const issues = await instance.billing.reader.issues(tenant, { limit: 50 });
        const issue = issues[nth % Math.max(1, issues.length)] ?? UNKNOWN_ISSUE;
        if (charge !== undefined) this.biller.decided(tenant, recordOf(issue), charge);
        const verdict = { issue, by: SOMEBODY, ...(charge !== undefined && { charge }) };
        this.errands.done(await instance.billing.decideIssue(tenant, verdict));
      },
    });
  }
}

const UNKNOWN_ISSUE: UsageIssue = {
  type: 'issue',
  id: 'never-seen',
  reason: 'missingCharge',
  source: 'http',
  raw: '{}',
  at: '2027-01-05T09:00:00.000Z',
  state: 'open',
};

function recordOf({ id, raw }: UsageIssue): string {
  const { id: record } = JSON.parse(raw) as { id?: string };
  return record ?? id;
}
