/** The same numbers in every run (mulberry32). */
export function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** One way to damage a file. */
export type Mutation = (bytes: Uint8Array, pick: (below: number) => number) => Uint8Array;

/** Ways in which files are damaged, by accident or on purpose. */
export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  "flipped bits": (bytes, pick) => {
    const mutant = bytes.slice();
    for (let count = 1 + pick(4); count > 0; count--) {
      const at = pick(mutant.length);
      mutant[at] = (mutant[at] ?? 0) ^ (1 << pick(8));
    }
    return mutant;
  },
  "runs of one byte": (bytes, pick) => {
    const at = pick(bytes.length);
    return bytes.slice().fill([0, 0xff, 0x7f, 0x80][pick(4)] ?? 0, at, at + 1 + pick(64));
  },
  truncation: (bytes, pick) => bytes.slice(0, pick(bytes.length)),
  "duplicated blocks": (bytes, pick) => {
    const mutant = bytes.slice();
    const length = 1 + pick(512);
    const from = pick(bytes.length);
    mutant.copyWithin(pick(bytes.length), from, from + length);
    return mutant;
  },
};
