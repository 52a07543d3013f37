import type { Json, JsonObject } from "../../../json.ts";
import type { Dialect } from "../../../sources/keras/layer-spec.ts";
import type { LayerFacts, Step } from "../translation/words.ts";
import { keras2Arguments } from "./arguments.ts";
import { constraint, initializer, regularizer } from "./objects.ts";

/** The words that a Keras 2 has for layers: stand-alone Keras, or tf.keras of TensorFlow 2. */
export interface Vocabulary {
  /** For messages: `Keras 2.2`. */
  readonly title: string;
  /** Undefined for a class that it does not have. */
  argumentsOf(className: string): ReadonlySet<string> | undefined;
  /** Arguments of later Keras by their key, with the values under which they change nothing. */
  readonly novelties: ReadonlyMap<string, readonly Json[]>;
  /** Whether it normalises batches over several axes. */
  readonly severalAxes: boolean;
  /** Functions that mean the same in all generations, by the names of Keras 3. */
  readonly functions: ReadonlyMap<string, string>;
  /** What says a function that it has as layers alone. */
  functionLayers(name: string, from: Dialect): readonly Step[] | undefined;
  initializer(stated: Json): Json;
  /** Undefined for one that it does not have, as for constraints. */
  regularizer(stated: Json): Json | undefined;
  constraint(stated: Json): Json | undefined;
  inputType(stated: Json): Json;
  /** What a layer's config has beside its arguments. */
  common(className: string, config: JsonObject, facts: LayerFacts): JsonObject;
  /** A layer in the config of another. */
  object(className: string, config: JsonObject): JsonObject;
}

/** What is left out is what stands there. */
export const KERAS2_NOVELTIES: Vocabulary["novelties"] = new Map<string, readonly Json[]>([
  ["groups", [1]],
  ["renorm", [false]],
  ["zero_output_for_mask", [false]],
  ["time_major", [false]],
  ["virtual_batch_size", [null]],
  ["rank", [null]],
  ["lora_rank", [null]],
  ["ragged", [false, null]],
  ["mode", [0]],
]);

/** The words of Keras 2.2.4. */
export const KERAS2_VOCABULARY: Vocabulary = {
  title: "Keras 2.2",
  argumentsOf: keras2Arguments,
  novelties: KERAS2_NOVELTIES,
  severalAxes: false,
  functions: sameNames("elu exponential linear relu selu sigmoid softmax softplus softsign tanh"),
  functionLayers,
  initializer,
  regularizer,
  constraint,
  // Weights are float32 in Keras 2, whatever their layer says.
  inputType: (stated) => (typeof stated === "string" && !/float/.test(stated) ? stated : "float32"),
  // Stand-alone Keras knows no flag of a whole model: each layer of a frozen one is frozen.
  common: (className, _, { name, trainable }) =>
    className === "InputLayer" ? { name } : { name, trainable },
  object: (className, config) => ({ class_name: className, config }),
};

/** Functions that are called as in Keras 3. */
export function sameNames(names: string): ReadonlyMap<string, string> {
  return new Map(names.split(" ").map((name) => [name, name]));
}

/** What says a function of later Keras as a layer. */
export function functionLayers(name: string, { generation }: Dialect): readonly Step[] | undefined {
  if (name === "relu6") {
    return [behind("ReLU", { max_value: 6, negative_slope: 0, threshold: 0 })];
  }
  if (name === "leaky_relu" && generation === 3) return [behind("LeakyReLU", { alpha: 0.2 })];
  return undefined;
}

function behind(className: string, config: JsonObject): Step {
  return { suffix: "activation", className, config };
}
