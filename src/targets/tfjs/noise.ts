import { clone, type Tensor } from "@tensorflow/tfjs-core";
import type { NoiseOp } from "../../ir/ops/noise.ts";
import { type Computed, computed, tensorAt } from "./forward.ts";

/** What acts in training only. */
export function noise(_op: NoiseOp, inputs: readonly Tensor[]): Computed {
  return computed(clone(tensorAt(inputs, 0)));
}
