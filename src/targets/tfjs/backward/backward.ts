import type { Tensor } from "@tensorflow/tfjs-core";
import type { Op } from "../../../ir/ops/index.ts";
import type { WeightRef } from "../../../ir/tensor.ts";
import type { WeightLookup } from "../forward.ts";
import type { TableRule } from "./table-rows.ts";

/** One op that has run, and what the loss says of its output. */
export interface BackwardStep {
  /** Only to be looked at where the op says that it reads them. */
  readonly inputs: readonly Tensor[];
  /** Of the inputs. */
  readonly shapes: readonly (readonly number[])[];
  /** Only to be looked at where the op says that it reads it. */
  readonly output: Tensor;
  /** By-products of the forward. */
  readonly saved: readonly Tensor[];
  /** How the loss changes with each number of the (first) output. */
  readonly gradient: Tensor;
  /** Of all outputs, where somebody reads them. */
  readonly gradients: readonly (Tensor | undefined)[];
  readonly weightOf: WeightLookup;
  /** Tables, by id, of whose gradients the single rows matter. */
  readonly tables?: ReadonlyMap<string, TableRule> | undefined;
  /** Inputs whose gradients somebody reads. */
  readonly wants: (input: number) => boolean;
  /** Whether the op's weights are trained. */
  readonly wantsWeights: boolean;
}

/** How the loss changes with what the op reads. */
export interface Gradients {
  /** In the order of the inputs; undefined where nobody reads it. */
  readonly inputs: readonly (Tensor | undefined)[];
  readonly weights: readonly WeightGradient[];
}

/** Of the shape of its weight. */
export interface WeightGradient {
  readonly ref: WeightRef;
  readonly gradient: Tensor;
}

/** Which of the values of the forward a backward step reads: what it does not name need not be kept. */
export type Reads = "nothing" | "inputs" | "output" | "inputs and output";

/** The backward of one op, beside its forward. Pure; runs within a tidy scope. */
export interface Backward<O extends Op> {
  readonly reads: (op: O) => Reads;
  readonly gradients: (op: O, step: BackwardStep) => Gradients;
}

/** Gradients of one input and no weights. */
export function ofInput(gradient: Tensor | undefined): Gradients {
  return { inputs: [gradient], weights: [] };
}
