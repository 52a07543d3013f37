import { keep, type Tensor, tensor } from "@tensorflow/tfjs-core";
import { fail } from "../../errors.ts";
import type { Graph } from "../../ir/graph.ts";
import { readFloat32, type WeightRef } from "../../ir/tensor.ts";

/** All weights of a graph as tensors, each stored array once. Their owner is who made this. */
export interface TensorWeights {
  tensorOf(ref: WeightRef): Tensor;
  dispose(): void;
}

/** Uploads the weights one at a time, so that no second copy of the model is held. */
export function uploadWeights(graph: Graph): TensorWeights {
  const tensors = new Map<string, Tensor>();
  const dispose = (): void => {
    for (const one of tensors.values()) one.dispose();
    tensors.clear();
  };
  try {
    for (const { op } of graph.nodes) {
      const weights: readonly (WeightRef | undefined)[] = Object.values(op.weights);
      for (const ref of weights) {
        if (ref === undefined || tensors.has(ref.id)) continue;
        tensors.set(ref.id, keep(tensor(readFloat32(ref), [...ref.shape], "float32")));
      }
    }
  } catch (error) {
    dispose();
    throw error;
  }
  return {
    tensorOf: (ref) =>
      tensors.get(ref.id) ?? fail("internal", `No weight "${ref.id}" was uploaded.`),
    dispose,
  };
}
