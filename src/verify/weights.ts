import { toFloat32 } from "../formats/coreml/carriers.ts";
import type { WeightParams } from "../formats/coreml/types.gen.ts";
import { carriersOf, storedNumbers } from "../formats/coreml/weight-values.ts";
import { sizeOf } from "./tensor.ts";

/**
 * The numbers of a `WeightParams`, whatever carries them, or what is wrong with it. Compact
 * carriers are unpacked once per message and kept.
 */
export function readWeights(
  params: WeightParams | undefined,
  shape: readonly number[],
  channelAxis: number,
): Float32Array | string {
  if (params === undefined) return "the weights are missing";
  const known = unpacked.get(params);
  if (known !== undefined) return known;
  const stored = storedNumbers(params, shape, channelAxis);
  if (typeof stored === "string") return stored;
  const values = carriersOf(params).includes("floatValue")
    ? toFloat32(params.floatValue)
    : new Float32Array(sizeOf(shape));
  if (values !== params.floatValue) stored.readInto(values, 0);
  unpacked.set(params, values);
  return values;
}

const unpacked = new WeakMap<WeightParams, Float32Array>();
