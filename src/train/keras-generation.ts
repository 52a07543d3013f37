/** The Keras that wrote a file, as far as generations train differently. */
export interface KerasGeneration {
  /**
   * - `standalone`: Keras 1 and 2 of its own, up to 2.3.
   * - `tensorflow`: the Keras within TensorFlow 2, and `tf_keras`.
   * - `keras-3`: Keras 3.
   */
  readonly kind: "standalone" | "tensorflow" | "keras-3";
  /** Not a number where the file does not say. */
  readonly major: number;
  readonly minor: number;
}

/** The generation of a version such as `2.2.4`, `2.1.6-tf` or `2.15.0`: after 2.3 all of Keras 2 is TensorFlow's. */
export function generationOf(version: string): KerasGeneration {
  const [major = 0, minor = 0] = version.split(".").map(Number.parseFloat);
  if (major >= 3) return { kind: "keras-3", major, minor };
  const within = version.endsWith("-tf") || (major === 2 && minor >= 4);
  return { kind: within ? "tensorflow" : "standalone", major, minor };
}
