import type { TargetSpec } from "./target-spec.ts";

/** Keras files of every generation. */
export const KERAS_TARGET: TargetSpec = {
  name: "keras",
  title: "Keras (.h5, .keras)",
  pattern: /\.(h5|hdf5|keras)$/i,
  expected: "a name that ends in .h5, .hdf5, .keras or .weights.h5",
  form: "file",
  options: ["keras"],
  async load() {
    const { kerasWriter } = await import("./convert-keras.ts");
    return kerasWriter;
  },
};
