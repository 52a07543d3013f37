import type { Dialect } from "../../../sources/keras/layer-spec.ts";
import type { Words } from "../translation/words.ts";
import { translateLayer } from "./layer-config.ts";
import { keras3Operation } from "./operations.ts";
import { serialiseModel } from "./serialise.ts";
import { compileConfig } from "./training.ts";

/** The Keras 3 that files are written as. */
export const KERAS3: Dialect = { generation: 3, version: "3.15.1", backend: "tensorflow" };

/** How Keras 3 says it. */
export const KERAS3_WORDS: Words = {
  dialect: KERAS3,
  title: "Keras 3",
  plainNames: true,
  // The old hard_sigmoid has a slope of 0.2, this one of 1 / 6.
  steepness: 1.2,
  translateLayer,
  operation: keras3Operation,
  common: (name, { dtype = "float32" }) => ({ name, trainable: true, dtype }),
  serialise: serialiseModel,
  training: compileConfig,
};
