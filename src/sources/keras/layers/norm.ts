import type { ValueId } from "../../../ir/graph.ts";
import type { WeightRef } from "../../../ir/tensor.ts";
import { constantWeight } from "../../../weights/constant.ts";
import { reshapeWeight } from "../../../weights/reshape.ts";
import type { ConfigReader } from "../config.ts";
import type { LayerCall, LayerResult, LayerSpec, WeightSlot } from "../layer-spec.ts";
import { knownSize, onlyInput, resolveAxes, resolveAxis } from "./axes.ts";
import { passMask, refuseMask, stopMask } from "./masks.ts";
import { looseNumbers } from "./numbers.ts";

/** Normalisation layers. */
export const normSpecs: readonly LayerSpec[] = [
  {
    classNames: [
      "BatchNormalization",
      "BatchNormalizationV1",
      "BatchNormalizationV2",
      "SyncBatchNormalization",
      "FrozenBatchNormalization",
    ],
    slots: batchNormSlots,
    lower: lowerBatchNorm,
  },
  { classNames: ["LayerNormalization"], slots: scaleAndCenter, lower: lowerLayerNorm },
  { classNames: ["RMSNormalization"], slots: () => [{ role: "scale" }], lower: lowerRmsNorm },
  {
    classNames: ["GroupNormalization", "InstanceNormalization"],
    slots: scaleAndCenter,
    lower: lowerGroupNorm,
  },
  { classNames: ["UnitNormalization"], lower: lowerUnitNorm },
];

type GammaBeta = { readonly gamma?: WeightRef; readonly beta?: WeightRef };

function scaleAndCenter(config: ConfigReader): readonly WeightSlot[] {
  // Keras 3's older rms_scaling layers have a gamma whatever `scale` says, and never a beta.
  if (config.bool("rms_scaling", false)) return [{ role: "gamma" }];
  const gamma = config.bool("scale", true) ? [{ role: "gamma" }] : [];
  const beta = config.bool("center", true) ? [{ role: "beta" }] : [];
  return [...gamma, ...beta];
}

/** Undefined with renormalisation, whose weights are others in each TensorFlow. */
function batchNormSlots(config: ConfigReader): readonly WeightSlot[] | undefined {
  if (config.bool("renorm", false)) return undefined;
  return [
    ...scaleAndCenter(config),
    { role: "moving_mean", nonTrainable: true },
    { role: "moving_variance", nonTrainable: true },
  ];
}

function gammaAndBeta(call: LayerCall, shape: readonly number[]): GammaBeta {
  const gamma = call.optionalWeight("gamma", shape);
  const beta = call.optionalWeight("beta", shape);
  return { ...(gamma === undefined ? {} : { gamma }), ...(beta === undefined ? {} : { beta }) };
}

/** The axis is a number, or in tf.keras a list of one. */
function lowerBatchNorm(call: LayerCall): LayerResult {
  const { config } = call;
  const input = onlyInput(call);
  const mode = config.int("mode", 0);
  if (mode !== 0) {
    call.refuse(`mode ${mode} of Keras 1 normalises with the statistics of the data at hand.`);
  }
  if (config.bool("renorm", false)) {
    call.refuse("batch renormalisation (renorm) keeps statistics of its own and is not known.");
  }
  const axes = looseNumbers(config, "axis") ?? [-1];
  if (axes.length !== 1) call.refuse(`normalising over ${axes.length} axes at once is not known.`);
  const axis = resolveAxis(call, axes[0] ?? -1, call.shapeOf(input).length);
  const channels = [knownSize(call, input, axis)];
  const weights = {
    ...gammaAndBeta(call, channels),
    mean: call.weight("moving_mean", channels),
    variance: call.weight("moving_variance", channels),
  };
  const epsilon = config.number("epsilon", 1e-3);
  const momentum = config.number("momentum", 0.99);
  return passMask(call.emit({ kind: "batchNorm", axis, epsilon, momentum, weights }, input));
}

function lowerLayerNorm(call: LayerCall): LayerResult {
  const { input, axes, shape } = normalised(call);
  const epsilon = call.config.number("epsilon", 1e-3);
  const weights = scaleAndCenter(call.config).length === 0 ? {} : gammaAndBeta(call, shape());
  if (call.config.bool("rms_scaling", false)) {
    return passMask(varianceScaling(call, input, { axes, epsilon, weights }));
  }
  return passMask(call.emit({ kind: "layerNorm", axes, epsilon, rms: false, weights }, input));
}

/** @see keras/src/layers/normalization/rms_normalization.py (Keras 3) */
function lowerRmsNorm(call: LayerCall): LayerResult {
  const { input, axes, shape } = normalised(call);
  const epsilon = call.config.number("epsilon", 1e-6);
  const gamma = call.weight("scale", shape());
  const sizes = call.shapeOf(input).slice(-axes.length);
  const first = call.shapeOf(input).length - axes.length;
  const op = { kind: "layerNorm", axes, epsilon, rms: true } as const;
  if (axes.every((axis, index) => axis === first + index)) {
    return stopMask(call.emit({ ...op, weights: { gamma } }, input));
  }
  // Keras does not bring the scale to its axes: it meets the last ones, whichever were normalised.
  if (gamma.shape.some((size, index) => size !== 1 && size !== sizes[index])) {
    call.refuse("the scale of other axes than the last meets the last, which have other sizes.");
  }
  const normal = call.emit({ ...op, weights: {} }, input);
  const weights = { scale: gamma };
  return stopMask(call.emit({ kind: "affine", learned: true, weights }, normal));
}

/** The input, the axes that are normalised together, and their sizes (asked for only when there are weights). */
function normalised(call: LayerCall): {
  readonly input: ValueId;
  readonly axes: readonly number[];
  shape(): readonly number[];
} {
  const input = onlyInput(call);
  const rank = call.shapeOf(input).length;
  const axes = resolveAxes(call, looseNumbers(call.config, "axis") ?? [-1], rank);
  return { input, axes, shape: () => axes.map((axis) => knownSize(call, input, axis)) };
}

/**
 * What `rms_scaling` of Keras 3's LayerNormalization really does: `x / sqrt(variance + epsilon) * gamma`, the mean taken
 * off for the variance only.
 *
 * @see keras/src/ops/nn.py (Keras 3) `layer_normalization`
 */
function varianceScaling(
  call: LayerCall,
  input: ValueId,
  norm: {
    readonly axes: readonly number[];
    readonly epsilon: number;
    readonly weights: GammaBeta;
  },
): ValueId {
  const { axes } = norm;
  const rank = call.shapeOf(input).length;
  const mean = { kind: "reduce", fn: "mean", axes, keepDims: true, weights: {} } as const;
  const centred = call.emit(
    { kind: "merge", fn: "subtract", weights: {} },
    input,
    call.emit(mean, input),
  );
  const squares = call.emit({ kind: "unary", fn: "square", weights: {} }, centred);
  const variance = call.emit(mean, squares);
  const offset = constantWeight(`${call.origin.layer}/epsilon`, [1], [norm.epsilon]);
  const safe = call.emit({ kind: "affine", weights: { offset } }, variance);
  const inverse = call.emit({ kind: "unary", fn: "rsqrt", weights: {} }, safe);
  const scaled = call.emit({ kind: "merge", fn: "multiply", weights: {} }, input, inverse);
  const { gamma } = norm.weights;
  if (gamma === undefined) return scaled;
  const first = axes[0] ?? rank;
  const spread = Array.from({ length: rank - first }, (_, index) => {
    const position = axes.indexOf(first + index);
    return position < 0 ? 1 : (gamma.shape[position] ?? 1);
  });
  const scale = reshapeWeight(gamma, spread);
  return call.emit({ kind: "affine", learned: true, weights: { scale } }, scaled);
}

/** `groups` of -1 is one group per channel, as in InstanceNormalization of tensorflow-addons. */
function lowerGroupNorm(call: LayerCall): LayerResult {
  const { config } = call;
  const input = onlyInput(call);
  if (call.dialect.generation === "tf") refuseMask(call, "GroupNormalization");
  const axis = resolveAxis(call, config.int("axis", -1), call.shapeOf(input).length);
  const channels = knownSize(call, input, axis);
  const given = call.className === "InstanceNormalization" ? -1 : config.int("groups", 32);
  const groups = given === -1 ? channels : given;
  const weights = gammaAndBeta(call, [channels]);
  const epsilon = config.number("epsilon", 1e-3);
  return passMask(call.emit({ kind: "groupNorm", groups, axis, epsilon, weights }, input));
}

function lowerUnitNorm(call: LayerCall): LayerResult {
  const input = onlyInput(call);
  const rank = call.shapeOf(input).length;
  const axes = resolveAxes(call, looseNumbers(call.config, "axis") ?? [-1], rank);
  return passMask(call.emit({ kind: "unitNorm", axes, weights: {} }, input));
}
