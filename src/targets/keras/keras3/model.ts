import type { JsonObject } from "../../../json.ts";
import type { CallConfig, TensorAddress } from "../../../sources/keras/topology.ts";

/** A layer in the words of Keras 3, and how it is called. */
export interface Keras3Layer {
  readonly name: string;
  readonly className: string;
  /** Of a layer that is no model. */
  readonly config: JsonObject;
  readonly calls: readonly CallConfig[];
  readonly model?: Keras3Model;
}

/** A model in the words of Keras 3; tensors are counted as in `ModelConfig`. */
export interface Keras3Model {
  readonly name: string;
  readonly kind: "sequential" | "functional";
  readonly trainable: boolean;
  readonly layers: readonly Keras3Layer[];
  readonly inputs: readonly TensorAddress[];
  readonly outputs: readonly TensorAddress[];
}
