import type {
  Graph,
  GraphPort,
  GraphSource,
  Origin,
  TrainingSetup,
  ValueId,
  WeightConstraints,
} from "./graph.ts";
import type { Op } from "./ops/index.ts";
import type { TensorType } from "./tensor.ts";

/** Grows a graph one node at a time; every shape is inferred as soon as its node is added. */
export interface GraphBuilder {
  /** A model input. */
  input(name: string, type: TensorType): ValueId;
  /** Adds a node and infers its output types. Throws `bad-shape`, naming the layer of `origin`. */
  add(op: Op, inputs: readonly ValueId[], origin: Origin): readonly ValueId[];
  typeOf(value: ValueId): TensorType;
  /** Verifies and freezes. */
  finish(outputs: readonly GraphPort[]): Graph;
}

/** What a graph says of itself besides its nodes. */
export interface GraphHead {
  readonly name: string;
  readonly source: GraphSource;
  readonly training?: TrainingSetup;
  readonly constraints?: WeightConstraints;
}
