import type { Tensor } from "@tensorflow/tfjs-core";
import { fail } from "../../errors.ts";
import type { Op, OpKind, OpOf } from "../../ir/ops/index.ts";
import type { WeightRef } from "../../ir/tensor.ts";
import type { Unsupported } from "../target.ts";

/** What one op gives. All values are float32 tensors in Keras' order of axes; masks are 0 and 1. */
export interface Computed {
  readonly outputs: readonly Tensor[];
  /** By-products that a backward step reads besides inputs, outputs and weights. A prediction drops them. */
  readonly saved: readonly Tensor[];
}

/** The tensor of a weight, of exactly the weight's shape; the caller owns it. */
export type WeightLookup = (ref: WeightRef) => Tensor;

/** What a kernel can apply to its own result. */
export type FusedActivation = "linear" | "relu" | "relu6";

/**
 * What an op computes: pure, over tfjs core ops, weights as the IR states them, so that a backward step can stand
 * beside it. Runs within a tidy scope: all but what is returned is disposed. Inputs are never returned as they are.
 */
export type Forward<O extends Op> = (
  op: O,
  inputs: readonly Tensor[],
  weightOf: WeightLookup,
  activation: FusedActivation,
) => Computed;

/** One answer for every op; a missing one does not compile. */
export type Forwards = { readonly [K in OpKind]: Forward<OpOf<K>> | Unsupported };

/** A result without by-products. */
export function computed(...outputs: readonly Tensor[]): Computed {
  return { outputs, saved: [] };
}

/** The tensor at a place of a list that is known to be long enough. */
export function tensorAt(tensors: readonly Tensor[], index: number): Tensor {
  return tensors[index] ?? fail("internal", `There is no tensor ${index} of ${tensors.length}.`);
}

/** The tensor of a weight that may be absent. */
export function optionalWeight(
  ref: WeightRef | undefined,
  weightOf: WeightLookup,
): Tensor | undefined {
  return ref === undefined ? undefined : weightOf(ref);
}
