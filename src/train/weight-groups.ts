import { clone, concat, reshape, split, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { sizeOf, type WeightRef } from "../ir/tensor.ts";

/** Weights that an optimizer steps on together. */
export interface WeightGroup {
  readonly refs: readonly WeightRef[];
  /** Shape of their numbers together: that of a single one, else one long row. */
  readonly shape: readonly number[];
}

/**
 * Small weights, such as biases, in one group, all others by themselves: an operation on a few numbers costs as much as one
 * on some thousand.
 */
export function groupsOf(refs: readonly WeightRef[]): readonly WeightGroup[] {
  const small = refs.filter((ref) => sizeOf(ref.shape) <= SMALL);
  const large = refs.filter((ref) => sizeOf(ref.shape) > SMALL);
  const alone = (ref: WeightRef): WeightGroup => ({ refs: [ref], shape: ref.shape });
  if (small.length < 2) return refs.map(alone);
  const together = small.reduce((sum, ref) => sum + sizeOf(ref.shape), 0);
  return [{ refs: small, shape: [together] }, ...large.map(alone)];
}

/** The numbers of all weights of a group, in a new tensor. */
export function joined({ refs }: WeightGroup, tensors: readonly Tensor[]): Tensor {
  const [first] = tensors;
  if (refs.length === 1 && first !== undefined) return clone(first);
  return tidy(() => concat(tensors.map((one) => reshape(one, [-1]))));
}

/** Each weight of a group out of all their numbers, in new tensors. */
export function parted({ refs }: WeightGroup, together: Tensor): Tensor[] {
  if (refs.length === 1) return [clone(together)];
  const sizes = refs.map((ref) => sizeOf(ref.shape));
  return tidy(() =>
    split(together, sizes).map((part, index) => reshape(part, [...(refs[index]?.shape ?? [])])),
  );
}

const SMALL = 4096;
