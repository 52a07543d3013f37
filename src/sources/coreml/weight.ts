import { fail, type Place } from "../../errors.ts";
import type { WeightParams } from "../../formats/coreml/types.gen.ts";
import { storedNumbers } from "../../formats/coreml/weight-values.ts";
import type { WeightRef } from "../../ir/tensor.ts";

/** What to call an array, where it stands, and its shape as the file has it. */
export interface StoredArray {
  readonly id: string;
  readonly role: string;
  readonly at: Place;
  readonly shape: readonly number[];
  /** The axis that has a scale for each entry, when it is quantised so. */
  readonly channelAxis?: number;
}

/** The array as a weight; its numbers stay where they are until they are read. Throws `bad-weights`. */
export function weightOf(params: WeightParams | undefined, array: StoredArray): WeightRef {
  const stored = storedNumbers(params, array.shape, array.channelAxis ?? 0);
  if (typeof stored === "string") {
    return fail("bad-weights", `${array.role}: ${stored}.`, { at: array.at });
  }
  return { id: array.id, dtype: stored.dtype, shape: array.shape, readInto: stored.readInto };
}
