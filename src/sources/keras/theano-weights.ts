import type { WeightRef } from "../../ir/tensor.ts";
import { flipWeight } from "../../weights/flip.ts";
import type { Leaf } from "./slots.ts";
import { innermost } from "./topology.ts";

/**
 * Theano convolves where the others correlate: its kernels stand turned round along the spatial axes. Depthwise kernels
 * do not. Kernels are `[...spatial, in, out]` here.
 *
 * @see keras/engine/saving.py (Keras 2.2.4) `preprocess_weights_for_loading`
 */
export function turnTheanoKernels(
  leaf: Leaf,
  weights: ReadonlyMap<string, WeightRef>,
): ReadonlyMap<string, WeightRef> {
  if (!TURNED.has(innermost(leaf.layer).className)) return weights;
  return new Map(
    [...weights].map(([role, ref]) => {
      const isKernel = role.endsWith("kernel") && ref.shape.length > 2;
      const spatial = ref.shape.slice(0, -2).map((_, axis) => axis);
      return [role, isKernel ? flipWeight(ref, spatial) : ref] as const;
    }),
  );
}

const TURNED: ReadonlySet<string> = new Set([
  "Conv1D",
  "Conv2D",
  "Conv3D",
  "Conv2DTranspose",
  "ConvLSTM2D",
]);
