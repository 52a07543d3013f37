import type { Dialect } from "../../../sources/keras/layer-spec.ts";
import type { Words } from "../translation/words.ts";
import { layerTranslator } from "./layer-config.ts";
import { refuseDeepNesting } from "./nesting.ts";
import { serialiseModel } from "./serialise.ts";
import { trainingConfig } from "./training.ts";
import { KERAS2_VOCABULARY } from "./vocabulary.ts";

/** The Keras 2 that files are written as; tf.keras reads them too. */
export const KERAS2: Dialect = { generation: 2, version: "2.2.4", backend: "tensorflow" };

/** How Keras 2 says it. */
export const KERAS2_WORDS: Words = {
  dialect: KERAS2,
  title: KERAS2_VOCABULARY.title,
  plainNames: false,
  steepness: 1 / 1.2,
  translateLayer: layerTranslator(KERAS2_VOCABULARY),
  common: (name) => ({ name, trainable: true }),
  judge: refuseDeepNesting,
  serialise: (model, shapeOf) => serialiseModel(model, shapeOf),
  training: trainingConfig,
};
