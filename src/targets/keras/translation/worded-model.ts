import type { JsonObject } from "../../../json.ts";
import type { CallConfig, TensorAddress } from "../../../sources/keras/topology.ts";

/** A layer in the words of the new generation, and how it is called. */
export interface WordedLayer {
  readonly name: string;
  readonly className: string;
  /** Of a layer that is no model. */
  readonly config: JsonObject;
  readonly calls: readonly CallConfig[];
  readonly model?: WordedModel;
  /** Of an operation, which is no layer: where it is defined. */
  readonly module?: string;
}

/** A model in the words of the new generation; tensors are counted as in `ModelConfig`. */
export interface WordedModel {
  readonly name: string;
  readonly kind: "sequential" | "functional";
  readonly trainable: boolean;
  readonly layers: readonly WordedLayer[];
  readonly inputs: readonly TensorAddress[];
  readonly outputs: readonly TensorAddress[];
}
