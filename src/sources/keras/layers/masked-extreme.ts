import type { ValueId } from "../../../ir/graph.ts";
import type { LayerCall } from "../layer-spec.ts";
import { combineMasks } from "./masks.ts";

type Fn = "maximum" | "minimum";

/**
 * Maximum and Minimum of Keras 3.4 and later: where a step of one side is masked, the other side stands in for it. A side without a
 * mask is never replaced, and makes the result so far one without a mask.
 *
 * @see keras/src/layers/merging/base_merge.py (3.4.1) `_apply_merge_op_and_or_mask`
 */
export function maskedExtreme(
  call: LayerCall,
  fn: Fn,
  inputs: readonly ValueId[],
  masks: readonly (ValueId | undefined)[],
): ValueId {
  const [first = "", ...others] = inputs;
  let result = first;
  let resultMask = masks[0];
  others.forEach((input, index) => {
    const mask = masks[index + 1];
    const right = choose(call, mask, input, result);
    const left = choose(call, resultMask, result, right);
    const known = mask !== undefined && resultMask !== undefined;
    resultMask = known ? combineMasks(call, [resultMask, mask], "maximum") : undefined;
    result = call.emit({ kind: "merge", fn, weights: {} }, left, right);
  });
  return result;
}

/** `value` where the mask is true, `other` elsewhere, both to the last bit: `value·m + (other - other·m)`. */
function choose(
  call: LayerCall,
  mask: ValueId | undefined,
  value: ValueId,
  other: ValueId,
): ValueId {
  if (mask === undefined) return value;
  const taken = (from: ValueId): ValueId =>
    call.emit({ kind: "applyMask", weights: {} }, from, mask);
  const rest = call.emit({ kind: "merge", fn: "subtract", weights: {} }, other, taken(other));
  return call.emit({ kind: "merge", fn: "add", weights: {} }, taken(value), rest);
}
