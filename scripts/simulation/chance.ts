/** Every choice of a run comes from here: one stream of numbers, drawn from the seed. */
import { seededRandom, type Random } from '../usage/random.js';

export interface Chance extends Random {
  /** True with this probability. */
  happens(probability: number): boolean;
  /** From `low` to `high`, both inclusive. */
  between(low: number, high: number): number;
  /** One of the items, each as likely as its weight says. */
  weighted<T extends { readonly weight: number }>(items: readonly T[]): T;
}

export function chanceOf(seed: string): Chance {
  const random = seededRandom(seed);
  return {
    ...random,
    happens: (probability) => random.fraction() < probability,
    between: (low, high) => low + random.below(high - low + 1),
    weighted: (items) => weighted(items, random.fraction()),
  };
}

function weighted<T extends { readonly weight: number }>(items: readonly T[], fraction: number): T {
  let left = fraction * items.reduce((sum, item) => sum + item.weight, 0);
  for (const item of items) {
    left -= item.weight;
    if (left < 0) return item;
  }
  const last = items.at(-1);
  if (last === undefined) throw new RangeError('nothing to draw from');
  return last;
}
