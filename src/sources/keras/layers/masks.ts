import type { ValueId } from "../../../ir/graph.ts";
import type { LayerCall, LayerResult } from "../layer-spec.ts";
import { keras3Release } from "./release.ts";

/** One value on which the mask of the first input travels on. */
export function passMask(value: ValueId): LayerResult {
  return { outputs: [value] };
}

/** Values without masks: the layer does not support masking, so Keras lets the mask end here. */
export function stopMask(...outputs: readonly ValueId[]): LayerResult {
  return { outputs, masks: outputs.map(() => undefined) };
}

/** One value with a mask of its own. */
export function withMask(value: ValueId, mask: ValueId | undefined): LayerResult {
  return { outputs: [value], masks: [mask] };
}

/** Refuses a mask that Keras would use here in a way the graph cannot say. */
export function refuseMask(call: LayerCall, what: string): void {
  if (call.masks.some((mask) => mask !== undefined)) {
    call.refuse(
      `${what} would use the mask that a Masking or Embedding(mask_zero) layer before it makes; that cannot be expressed.`,
    );
  }
}

/**
 * The mask of several inputs merged: until Keras 3.3 what all of them allow, absent masks counting as true everywhere; from 3.4 on
 * what any of them allows, and none where one is absent.
 *
 * @see keras/src/layers/merging/base_merge.py (3.3.3, 3.4.1) `compute_mask`
 */
export function mergedMask(call: LayerCall): ValueId | undefined {
  return keras3Release(call.dialect) >= 4 ? anyOf(call, call.masks) : allOf(call, call.masks);
}

/** True only where all masks are true; absent masks count as true everywhere. */
export function allOf(
  call: LayerCall,
  masks: readonly (ValueId | undefined)[],
): ValueId | undefined {
  return combineMasks(call, masks, "minimum");
}

/** True where any mask is true; one absent mask leaves none. */
function anyOf(call: LayerCall, masks: readonly (ValueId | undefined)[]): ValueId | undefined {
  return masks.includes(undefined) ? undefined : combineMasks(call, masks, "maximum");
}

/** One mask of several, each once; undefined where all are absent. */
export function combineMasks(
  call: LayerCall,
  masks: readonly (ValueId | undefined)[],
  fn: "minimum" | "maximum",
): ValueId | undefined {
  const present = [...new Set(masks.filter((mask) => mask !== undefined))];
  if (present.length < 2) return present[0];
  return call.emit({ kind: "merge", fn, weights: {} }, ...present);
}
