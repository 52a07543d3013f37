import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FIXTURES } from "./cases.ts";

/** The model that Keras 2.2.4 trained on pictures of digits, and the pictures it was tested with. */
export const DIGITS = {
  model: join(FIXTURES, "digits/model.hdf5"),
  test: join(FIXTURES, "digits/test"),
};

/** What Keras said of the test pictures. */
export interface DigitsCase {
  readonly loss: number;
  readonly accuracy: number;
  readonly images: number;
  readonly class_indices: Readonly<Record<string, number>>;
  readonly filenames: readonly string[];
}

export const digitsCase: DigitsCase = JSON.parse(
  readFileSync(join(FIXTURES, "digits/case.json"), "utf8"),
);

/** Rows of probabilities in the order of the file names. */
export function digitsProbabilities(): Float32Array {
  const bytes = readFileSync(join(FIXTURES, "digits/probabilities.bin"));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}
