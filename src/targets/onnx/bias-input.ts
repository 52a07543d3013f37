import type { WeightRef } from "../../ir/tensor.ts";
import type { Scribe } from "./scribe.ts";

/** A bias as an optional input. */
export function biasInput(w: Scribe, bias: WeightRef | undefined): readonly string[] {
  return bias === undefined ? [] : [w.weight("bias", bias)];
}
