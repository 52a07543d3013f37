import type { Tensor } from "./tensor.ts";

/** Mean and (population) variance of some stretches of numbers. */
export function statistics(
  { data }: Tensor,
  stretches: readonly (readonly [start: number, size: number])[],
): readonly [mean: number, variance: number] {
  let count = 0;
  let sum = 0;
  for (const [start, size] of stretches) {
    count += size;
    for (let index = start; index < start + size; index++) sum += data[index] ?? 0;
  }
  const mean = sum / count;
  let squares = 0;
  for (const [start, size] of stretches) {
    for (let index = start; index < start + size; index++)
      squares += ((data[index] ?? 0) - mean) ** 2;
  }
  return [mean, squares / count];
}
