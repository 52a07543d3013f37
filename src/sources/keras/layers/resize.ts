import type { ResizeOp } from "../../../ir/ops/shape.ts";
import type { Dialect, LayerCall, LayerResult, LayerSpec } from "../layer-spec.ts";
import { expectRank, layoutOf, onlyInput } from "./axes.ts";
import { stopMask } from "./masks.ts";

/** Layers that repeat or interpolate elements by whole-number factors. */
export const upSamplingSpecs: readonly LayerSpec[] = [1, 2, 3].map((rank) => ({
  classNames: [`UpSampling${rank}D`],
  lower: (call: LayerCall) => lowerUpSampling(call, rank),
}));

/** Every method that a Keras of some generation can write. */
export const INTERPOLATIONS = [
  "nearest",
  "bilinear",
  "bicubic",
  "area",
  "lanczos3",
  "lanczos5",
  "gaussian",
  "mitchellcubic",
] as const;

/**
 * Where samples lie. Keras up to 2.3 calls TensorFlow 1's resizing, whose grid begins at the first pixel, and so does tf.keras up to
 * TensorFlow 1.14; from 1.15 on (still called Keras 2.2.4-tf) pixels have their centres at a half.
 */
export function coordinatesOf(dialect: Dialect): ResizeOp["coordinates"] {
  if (dialect.generation === "tf" || dialect.generation === 3) return "half-pixel";
  return isLateTensorFlow1(dialect.version) ? "half-pixel" : "asymmetric";
}

function isLateTensorFlow1(version: string): boolean {
  const [, major = "0", minor = "0", patch = "0"] = /^(\d+)\.(\d+)\.(\d+)-tf/.exec(version) ?? [];
  return Number(major) * 10000 + Number(minor) * 100 + Number(patch) >= 20204;
}

function lowerUpSampling(call: LayerCall, rank: number): LayerResult {
  const { config, dialect } = call;
  const input = onlyInput(call);
  expectRank(call, input, rank + 2);
  const twos = Array.from({ length: rank }, () => 2);
  const interpolation =
    rank === 2 ? config.oneOf("interpolation", INTERPOLATIONS, "nearest") : "nearest";
  if (interpolation !== "nearest" && dialect.backend === "theano") {
    call.refuse(`Theano's ${interpolation} interpolation is its own and cannot be expressed.`);
  }
  const op = {
    kind: "resize",
    factors: config.ints("size", rank, twos),
    interpolation,
    // Repeating elements is the same on both grids; TensorFlow 1's is the plainer one to write.
    coordinates: interpolation === "nearest" ? "asymmetric" : coordinatesOf(dialect),
    layout: layoutOf(config),
    weights: {},
  } as const;
  return stopMask(call.emit(op, input));
}
