import type { Dialect } from "../../../sources/keras/layer-spec.ts";
import type { Words } from "../translation/words.ts";
import { translateLayer } from "./layer-config.ts";
import { refuseDeepNesting } from "./nesting.ts";
import { serialiseModel } from "./serialise.ts";
import { trainingConfig } from "./training.ts";

/** The Keras 2 that files are written as; tf.keras reads them too. */
export const KERAS2: Dialect = { generation: 2, version: "2.2.4", backend: "tensorflow" };

/** How Keras 2 says it. */
export const KERAS2_WORDS: Words = {
  dialect: KERAS2,
  title: "Keras 2",
  plainNames: false,
  steepness: 1 / 1.2,
  translateLayer,
  common: (name) => ({ name, trainable: true }),
  judge: refuseDeepNesting,
  serialise: serialiseModel,
  training: trainingConfig,
};
