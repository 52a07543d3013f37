import type { Dialect } from "../../../sources/keras/layer-spec.ts";
import { layerTranslator } from "../keras2/layer-config.ts";
import { serialiseModel } from "../keras2/serialise.ts";
import type { Words } from "../translation/words.ts";
import { TF_KERAS_SPELLING } from "./spelling.ts";
import { tfKerasTraining } from "./training.ts";
import { TF_KERAS_VOCABULARY } from "./vocabulary.ts";

/** The tf.keras that files are written as. */
const TF_KERAS: Dialect = { generation: "tf", version: "2.15.0", backend: "tensorflow" };

/** How tf.keras of TensorFlow 2 says it. */
export const TF_KERAS_WORDS: Words = {
  dialect: TF_KERAS,
  title: TF_KERAS_VOCABULARY.title,
  plainNames: false,
  steepness: 1 / 1.2,
  translateLayer: layerTranslator(TF_KERAS_VOCABULARY),
  common: (name, { dtype = "float32" }) => ({ name, trainable: true, dtype }),
  serialise: (model, shapeOf) => serialiseModel(model, shapeOf, TF_KERAS_SPELLING),
  training: tfKerasTraining,
};
