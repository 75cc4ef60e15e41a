/** What becomes of stored cards without anybody's click: they come near their end, are renewed, vanish, and are back. */
import { SANDBOX_CARDS } from '../../../src/billing/payments/sandbox/cards.js';
import type { Errands } from '../errands.js';
import type { World } from '../world.js';

const DAY_MS = 24 * 3_600_000;

export class Issuer {
  private readonly world: World;
  private readonly errands: Errands;

  constructor(world: World, errands: Errands) {
    this.world = world;
    this.errands = errands;
  }

  /** Most often followed by the processor's word that something changed; else the daily look finds it. */
  change(): void {
    const { chance, character, cards, model } = this.world;
    const tenant = chance.pick(character.tenants);
    const own = model.of(tenant).account?.rule?.method.id;
    const card =
      SANDBOX_CARDS.find(({ id }) => id === own && chance.happens(0.5)) ?? chance.pick(SANDBOX_CARDS);
    if (chance.happens(0.25)) cards.vanish(tenant, card);
    else {
      cards.end(tenant, card, this.monthIn(chance.pick([0, 10, 40, 90, 900])));
      model.of(tenant).cards.renewed(card.id);
    }
    this.world.note(`CARD ${tenant} ${card.id}`);
    if (chance.happens(0.7)) this.review(tenant);
  }

  private review(tenant: string): void {
    this.errands.send({
      name: `cards ${tenant}`,
      run: (instance) => instance.billing.reviewCards(tenant),
    });
  }

  private monthIn(days: number): string {
    return new Date(this.world.time.now + days * DAY_MS).toISOString().slice(0, 7);
  }
}
