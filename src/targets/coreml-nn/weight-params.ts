import type { WeightParams } from "../../formats/coreml/types.gen.ts";
import type { WeightRef } from "../../ir/tensor.ts";
import { floatBytes, halfBytes } from "../../weights/encode.ts";

/** How weights are stored. */
export type Precision = "float32" | "float16";

/**
 * A weight as the file holds it, row-major. Its numbers are read only while the file is written, in strips.
 * @see NeuralNetwork.proto WeightParams: `floatValue` is packed, which on the wire is the same as its bytes
 */
export function weightParams(ref: WeightRef, precision: Precision): WeightParams {
  if (precision === "float16") return { float16Value: halfBytes(ref) };
  return { floatValue: floatBytes(ref) };
}
