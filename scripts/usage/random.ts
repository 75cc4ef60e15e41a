/** Repeatable chance: the same seed gives the same draws on every machine, so only exact arithmetic is used. */
export interface Random {
  /** In [0, 1). */
  fraction(): number;
  /** A whole number in [0, limit). */
  below(limit: number): number;
  /** The first of `items` is the most likely, the n-th has 1/n of its weight (Zipf). */
  zipf<T>(items: readonly T[]): T;
  pick<T>(items: readonly T[]): T;
  /** Replaces each `#` by a digit and each `x` by a hexadecimal one. */
  fill(pattern: string): string;
}

/** All draws come from one stream of 32-bit numbers. */
export function seededRandom(seed: string): Random {
  const next = stream(seed);
  const fraction = (): number => next() / 2 ** 32;
  const below = (limit: number): number => Math.floor(fraction() * limit);
  return {
    fraction,
    below,
    zipf: (items) => weighted(items, fraction()),
    pick: (items) => at(items, below(items.length)),
    fill: (pattern) => pattern.replace(/[#x]/g, (mark) => below(mark === '#' ? 10 : 16).toString(16)),
  };
}

function weighted<T>(items: readonly T[], fraction: number): T {
  const total = items.reduce((sum, _, index) => sum + 1 / (index + 1), 0);
  let left = fraction * total;
  const found = items.findIndex((_, index) => (left -= 1 / (index + 1)) < 0);
  return at(items, found === -1 ? items.length - 1 : found);
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`nothing to draw from at ${index}`);
  return item;
}

/** sfc32: small, fast, 128 bits of state, passes PractRand. The seed is spread over the state by FNV-1a. */
function stream(seed: string): () => number {
  let [a, b, c, counter] = [hash(`a${seed}`), hash(`b${seed}`), hash(`c${seed}`), 1];
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  // The first numbers still resemble the seed.
  for (let round = 0; round < 20; round++) next();
  return next;
}

function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  }
  return state;
}
