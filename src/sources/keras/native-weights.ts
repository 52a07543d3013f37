import type { WeightRef } from "../../ir/tensor.ts";
import { unfuseCudnn } from "./cudnn-weights.ts";
import { convertKeras1, splitRecurrent } from "./keras1-weights.ts";
import type { Dialect, WeightSlot } from "./layer-spec.ts";
import type { Leaf } from "./slots.ts";
import { turnTheanoKernels } from "./theano-weights.ts";

/** Weights of one layer by role. */
export type RoleWeights = ReadonlyMap<string, WeightRef>;

/** The arrays that the file holds for a layer, in the file's order: Keras 1 stores recurrent gates apart. */
export function nativeSlots(leaf: Leaf, dialect: Dialect): readonly WeightSlot[] {
  return dialect.generation === 1 ? splitRecurrent(leaf) : leaf.slots;
}

/**
 * Stored arrays as Keras 2 on TensorFlow would hold them: Keras 1 layouts, Theano's turned kernels and cuDNN's
 * gates resolved. Nothing is read yet. `dialect` is that of the weights.
 */
export function convertWeights(leaf: Leaf, stored: RoleWeights, dialect: Dialect): RoleWeights {
  const modern = dialect.generation === 1 ? convertKeras1(leaf, stored, dialect) : stored;
  const turned = dialect.backend === "theano" ? turnTheanoKernels(leaf, modern) : modern;
  return unfuseCudnn(leaf, turned);
}
