import type { NoiseOp } from "../../../ir/ops/noise.ts";
import type { LayerCall, LayerResult, LayerSpec } from "../layer-spec.ts";
import { layoutOf, onlyInput, spatialAxes } from "./axes.ts";
import { passMask } from "./masks.ts";
import { isList, looseNumber } from "./numbers.ts";

/** Layers that act in training only. */
export const noiseSpecs: readonly LayerSpec[] = [
  // FixedDropout is how the efficientnet package of Keras 2 calls its Dropout with a noise shape.
  { classNames: ["Dropout", "FixedDropout"], lower: lowerDropout },
  ...[1, 2, 3].map((rank) => ({
    classNames: [`SpatialDropout${rank}D`],
    lower: (call: LayerCall) => lowerSpatialDropout(call),
  })),
  { classNames: ["GaussianNoise"], lower: lowerGaussianNoise },
  { classNames: ["GaussianDropout"], lower: (call) => lowerRate(call, "gaussianDropout") },
  { classNames: ["AlphaDropout"], lower: (call) => lowerRate(call, "alphaDropout") },
  { classNames: ["ActivityRegularization"], lower: lowerRegularization },
];

type NoiseFacts = Omit<NoiseOp, "kind" | "weights">;

/** A node that passes its input through at inference, mask and all. */
export function emitNoise(call: LayerCall, facts: NoiseFacts): LayerResult {
  return passMask(call.emit({ kind: "noise", ...facts, weights: {} }, onlyInput(call)));
}

/** Axes with a 1 in `noise_shape` share their fate. */
function lowerDropout(call: LayerCall): LayerResult {
  const shape = call.config.raw("noise_shape");
  const dims = isList(shape) ? shape : [];
  const sharedAxes = dims.flatMap((dim, axis) => (dim === 1 ? [axis] : []));
  return emitNoise(call, {
    fn: "dropout",
    rate: rateOf(call),
    ...(sharedAxes.length === 0 ? {} : { sharedAxes }),
  });
}

function lowerSpatialDropout(call: LayerCall): LayerResult {
  const rank = call.shapeOf(onlyInput(call)).length;
  const sharedAxes = spatialAxes(layoutOf(call.config), rank);
  return emitNoise(call, { fn: "dropout", rate: rateOf(call), sharedAxes });
}

function lowerGaussianNoise(call: LayerCall): LayerResult {
  return emitNoise(call, { fn: "gaussianNoise", stddev: looseNumber(call.config, "stddev") ?? 0 });
}

function lowerRate(call: LayerCall, fn: "gaussianDropout" | "alphaDropout"): LayerResult {
  return emitNoise(call, { fn, rate: rateOf(call) });
}

function lowerRegularization(call: LayerCall): LayerResult {
  return emitNoise(call, { fn: "activityRegularization" });
}

function rateOf(call: LayerCall): number {
  return looseNumber(call.config, "rate") ?? 0;
}
