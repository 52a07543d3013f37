import { randomAt } from "../random.ts";
import type { RandomStream } from "../targets/tfjs/training-forward.ts";

/**
 * Random numbers for dropout that depend on the seed and the batch only: what a trainer wants as `random`. Each `part` of a run that
 * has several trainers has its own.
 */
export function dropoutNumbers(seed: number, part = 0): (batch: number) => RandomStream {
  return (batch) => {
    const random = randomAt(seed, { purpose: "dropout", time: batch, item: part });
    return (count) => {
      const numbers = new Float32Array(count);
      // Rounded down to 24 bits, so that none becomes 1.
      for (let i = 0; i < count; i++) numbers[i] = Math.floor(random() * 2 ** 24) / 2 ** 24;
      return numbers;
    };
  };
}
