import type { Tensor } from "@tensorflow/tfjs-core";
import type { WeightRef } from "../ir/tensor.ts";
import type { TableRule } from "../targets/tfjs/backward/table-rows.ts";
import type { WeightLookup } from "../targets/tfjs/forward.ts";
import type { Optimizer, OptimizerState } from "./optimizers/optimizer.ts";

/** Where the numbers of a model in training live: its weights but for moving statistics, gradients, the optimizer's slots. */
export interface WeightStore {
  /** The numbers of the optimizer that are no arrays; to be changed in place. */
  readonly counters: OptimizerCounters;
  /** Tables, by id, of whose gradients the single rows are asked for too. */
  readonly tables: ReadonlyMap<string, TableRule>;
  /** The weights as tensors, for one batch. */
  open(): OpenWeights;
  /** Takes the gradients of a batch, by id, into the mean over all samples since the last update. The tensors stay the caller's. */
  collect(gradients: ReadonlyMap<string, Tensor>, samples: number): Promise<void>;
  /** What regularizers add to the loss at present. */
  penalty(): number;
  /** One step of the optimizer on what was collected, with the slopes of the regularizers. */
  update(): void;
  /** What the optimizer does behind the last step of a run. */
  finish(): void;
  /** The present numbers of a weight, not to be changed; undefined for one that it does not hold. */
  valuesOf(ref: WeightRef): Float32Array | undefined;
  /** Puts other numbers, of the same count, into a weight that it holds. */
  setValues(ref: WeightRef, values: Float32Array): void;
  /** The optimizer with its present state, not to be changed. */
  readOptimizer(): Optimizer;
  /** Goes on from the state of another optimizer with the same settings and weights. */
  replaceOptimizer(optimizer: Optimizer): void;
  dispose(): void;
}

/** An optimizer's state but for its slots. */
export type OptimizerCounters = Pick<
  OptimizerState,
  "iterations" | "learningRate" | "scheduled" | "product"
>;

/** Weights as tensors until `close`. */
export interface OpenWeights {
  readonly weightOf: WeightLookup;
  close(): void;
}
