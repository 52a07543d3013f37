import type { CustomOp } from "../../ir/ops/noise.ts";
import type { Dim } from "../../ir/tensor.ts";
import { isJsonList } from "../../json.ts";
import type { LayerCall, LayerResult } from "./layer-spec.ts";
import type { RoleWeights } from "./native-weights.ts";

/**
 * A layer that is not known, as a `custom` op that a target may write as a hole to fill. Its output has the shape that
 * its config states, else that of its input.
 */
export function lowerPlaceholder(
  call: LayerCall,
  fileClass: string,
  weights: RoleWeights,
): LayerResult {
  const [first] = call.inputs;
  if (first === undefined) return call.refuse("it has no input.");
  const stated = statedShape(call);
  if (stated === undefined) {
    call.log.warn({
      code: "unsupported",
      text: "Its output shape is not in the file; that of its input was assumed.",
      at: call.config.at,
    });
  }
  const op: CustomOp = {
    kind: "custom",
    className: fileClass,
    outputShape: stated ?? call.shapeOf(first),
    parameters: scalars(call),
    description: `Keras layer "${call.origin.layer}" of class ${fileClass}`,
    weights: Object.fromEntries(weights),
  };
  return { outputs: [call.emit(op, ...call.inputs)], masks: [undefined] };
}

/** `output_shape` of a Lambda, without the batch. */
function statedShape(call: LayerCall): readonly Dim[] | undefined {
  const stated = call.config.raw("output_shape");
  const [first] = call.inputs;
  const batch = first === undefined ? null : (call.shapeOf(first)[0] ?? null);
  if (!isJsonList(stated) || stated.length === 0) return undefined;
  const dims = stated.map((dim) => (typeof dim === "number" ? dim : null));
  return [batch, ...dims];
}

function scalars(call: LayerCall): CustomOp["parameters"] {
  const result: [string, string | number | boolean][] = [];
  for (const [key, value] of Object.entries(call.config.json)) {
    if (key === "name" || key === "trainable" || key === "dtype") continue;
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
      result.push([key, value]);
    }
  }
  return Object.fromEntries(result);
}
