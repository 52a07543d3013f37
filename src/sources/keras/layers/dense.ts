import type { ConfigReader } from "../config.ts";
import type { LayerCall, LayerResult, LayerSpec, WeightSlot } from "../layer-spec.ts";
import { activate } from "./activation-config.ts";
import { knownSize, onlyInput } from "./axes.ts";
import { passMask } from "./masks.ts";

/** Fully connected layers. */
export const denseSpecs: readonly LayerSpec[] = [
  { classNames: ["Dense"], slots: kernelAndBias, lower: lowerDense },
];

/** `kernel`, and `bias` unless `use_bias` is false. */
export function kernelAndBias(config: ConfigReader): readonly WeightSlot[] {
  return config.bool("use_bias", true)
    ? [{ role: "kernel" }, { role: "bias" }]
    : [{ role: "kernel" }];
}

/** Acts on the last axis, whatever the rank. */
function lowerDense(call: LayerCall): LayerResult {
  const input = onlyInput(call);
  const units = call.config.int("units");
  const features = knownSize(call, input, call.shapeOf(input).length - 1);
  const kernel = call.weight("kernel", [features, units]);
  const bias = call.optionalWeight("bias", [units]);
  const weights = bias === undefined ? { kernel } : { kernel, bias };
  return passMask(activate(call, call.emit({ kind: "dense", weights }, input)));
}
