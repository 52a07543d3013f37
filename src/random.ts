/** The next of a row of numbers from 0 up to 1. */
export type Random = () => number;

/** What random numbers are for; each has its own, so that one more of one kind changes none of another. */
export type RandomPurpose = keyof typeof PURPOSES;

/** Which row of numbers. */
export interface RandomPlace {
  readonly purpose: RandomPurpose;
  /** Epoch, or step; 0 by default. */
  readonly time?: number;
  /** Sample, or whatever has its own row; 0 by default. */
  readonly item?: number;
  /** Which time that an item comes, from 0 up to 2^24. */
  readonly repeat?: number;
}

const PURPOSES = {
  order: 1,
  augmentation: 2,
  sampling: 3,
  dropout: 4,
  initial: 5,
  split: 6,
} as const;

/**
 * Numbers that depend on nothing but the seed and the place: whoever goes on at an epoch, or works in another thread, draws
 * the same. 53 bits each. @see `philox4x32`
 */
export function randomAt(seed: number, place: RandomPlace): Random {
  const { purpose, time = 0, item = 0, repeat = 0 } = place;
  const key = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0] as const;
  let block = 0;
  let words: readonly number[] = [];
  let at = 4;
  return () => {
    if (at > 2) {
      words = philox4x32([block++, item, time, PURPOSES[purpose] + repeat * 256], key);
      at = 0;
    }
    const [high = 0, low = 0] = [words[at], words[at + 1]];
    at += 2;
    return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
  };
}

/**
 * Four random words of 32 bits of a counter and a key, in ten rounds.
 * @see Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As Easy as 1, 2, 3 (2011), Philox-4x32
 */
export function philox4x32(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): readonly [number, number, number, number] {
  let [a, b, c, d] = counter;
  let [k, l] = key;
  for (let round = 0; round < 10; round++) {
    const [first, second] = [a, c];
    a = (highWord(0xcd9e8d57, second) ^ b ^ k) >>> 0;
    b = Math.imul(0xcd9e8d57, second) >>> 0;
    c = (highWord(0xd2511f53, first) ^ d ^ l) >>> 0;
    d = Math.imul(0xd2511f53, first) >>> 0;
    k = (k + 0x9e3779b9) >>> 0;
    l = (l + 0xbb67ae85) >>> 0;
  }
  return [a, b, c, d];
}

/** The upper half of a product of two words. */
function highWord(x: number, y: number): number {
  const [low, high] = [x & 0xffff, x >>> 16];
  const [yLow, yHigh] = [y & 0xffff, y >>> 16];
  const middle = high * yLow + ((low * yLow) >>> 16);
  const carried = low * yHigh + (middle & 0xffff);
  return high * yHigh + (middle >>> 16) + (carried >>> 16);
}
