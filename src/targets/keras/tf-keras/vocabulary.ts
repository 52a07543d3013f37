import type { Json, JsonObject } from "../../../json.ts";
import type { Dialect } from "../../../sources/keras/layer-spec.ts";
import {
  functionLayers,
  KERAS2_NOVELTIES,
  sameNames,
  type Vocabulary,
} from "../keras2/vocabulary.ts";
import { constraint, initializer, keras3Object, regularizer } from "../keras3/objects.ts";
import { refuse } from "../translation/layer-facts.ts";
import type { LayerFacts, Step } from "../translation/words.ts";
import { tfKerasArguments } from "./arguments.ts";

/** The words of tf.keras 2.15. */
export const TF_KERAS_VOCABULARY: Vocabulary = {
  title: "tf.keras 2.15",
  argumentsOf: tfKerasArguments,
  novelties: new Map<string, readonly Json[]>([
    ...KERAS2_NOVELTIES,
    ["rms_scaling", [false]],
    ["pad_to_aspect_ratio", [false]],
    ["antialias", [false]],
  ]),
  severalAxes: true,
  functions: new Map([
    ...sameNames(
      "elu exponential gelu linear mish relu selu sigmoid softmax softplus softsign tanh",
    ),
    ["silu", "swish"],
  ]),
  functionLayers: (name, from) => sigmoidLayers(name, from) ?? functionLayers(name, from),
  initializer,
  regularizer,
  constraint,
  inputType: (stated) => (typeof stated === "string" ? stated : "float32"),
  common,
  object: (className, config) => keras3Object("keras.layers", className, config),
};

/** The `hard_sigmoid` of Keras 3 is clip(x / 6 + 0.5, 0, 1), which was another function before. */
function sigmoidLayers(name: string, { generation }: Dialect): readonly Step[] | undefined {
  if (name !== "hard_sigmoid" || generation !== 3) return undefined;
  return [
    { suffix: "scale", className: "Rescaling", config: { scale: 1 / 6, offset: 0.5 } },
    {
      suffix: "clip",
      className: "ReLU",
      config: { max_value: 1, negative_slope: 0, threshold: 0 },
    },
  ];
}

function common(className: string, config: JsonObject, facts: LayerFacts): JsonObject {
  const { name, trainable, dialect } = facts;
  if (className === "InputLayer") return { name, ragged: config.ragged ?? false };
  if (className === "SpectralNormalization") {
    refuse(
      facts,
      "tf.keras 2.15 writes layers of this kind, and does not find them when it loads.",
    );
  }
  if (FIRST_LESS.test(className) && config.data_format === "channels_first") {
    refuse(facts, "its channels come first, which tf.keras 2.15 does not know there.");
  }
  return { name, trainable, dtype: typeOf(config.dtype ?? null, dialect) };
}

/** Layers of pictures whose channels are last in tf.keras. */
const FIRST_LESS = /^Random|^Resizing$|^CenterCrop$/;

/** Stand-alone Keras states the type of the input there. */
function typeOf(stated: Json, { generation }: Dialect): Json {
  const newer = generation === 3 || generation === "tf";
  if (typeof stated !== "string" || !newer) return "float32";
  return stated.startsWith("mixed_")
    ? keras3Object("keras.mixed_precision", "Policy", { name: stated })
    : stated;
}
