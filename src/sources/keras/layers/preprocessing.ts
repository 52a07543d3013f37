import type { ValueId } from "../../../ir/graph.ts";
import { sizeOf, type WeightRef } from "../../../ir/tensor.ts";
import { constantWeight } from "../../../weights/constant.ts";
import { mapWeight } from "../../../weights/map.ts";
import type { ConfigReader } from "../config.ts";
import type { LayerCall, LayerResult, LayerSpec, WeightSlot } from "../layer-spec.ts";
import { knownSize, onlyInput, resolveAxes } from "./axes.ts";
import { passMask, stopMask } from "./masks.ts";
import { flatNumbers, looseNumbers, shapeOfNumbers } from "./numbers.ts";

/** Layers that bring numbers into range. */
export const preprocessingSpecs: readonly LayerSpec[] = [
  { classNames: ["Rescaling"], lower: lowerRescaling },
  { classNames: ["Normalization"], slots: normalizationSlots, lower: lowerNormalization },
];

/** `x * scale + offset` by constants; Keras 3 alone lets a mask pass. */
export function emitAffine(
  call: LayerCall,
  value: ValueId,
  weights: { readonly scale?: WeightRef; readonly offset?: WeightRef },
): ValueId {
  return call.emit({ kind: "affine", weights }, value);
}

/** The same by weights of the layer, which a training changes. */
export function emitLearnedAffine(
  call: LayerCall,
  value: ValueId,
  weights: { readonly scale?: WeightRef; readonly offset?: WeightRef },
): ValueId {
  return call.emit({ kind: "affine", learned: true, weights }, value);
}

/** A constant of the layer's config, named after the layer. A bare number has shape `[1]`. */
function configConstant(call: LayerCall, key: string): WeightRef | undefined {
  const raw = call.config.raw(key);
  const numbers = flatNumbers(raw);
  if (numbers === undefined) return undefined;
  const shape = shapeOfNumbers(raw);
  if (sizeOf(shape) !== numbers.length) call.refuse(`${key} is a ragged list.`);
  return constantWeight(`${call.origin.layer}/${key}`, shape.length === 0 ? [1] : shape, numbers);
}

function passIfKeras3(call: LayerCall, value: ValueId): LayerResult {
  return call.dialect.generation === 3 ? passMask(value) : stopMask(value);
}

/** Numbers, or lists of them for the last axes. */
function lowerRescaling(call: LayerCall): LayerResult {
  const scale = configConstant(call, "scale");
  const offset = configConstant(call, "offset");
  const weights = { ...(scale && { scale }), ...(offset && { offset }) };
  return passIfKeras3(call, emitAffine(call, onlyInput(call), weights));
}

/** `count` only serves adapting, but stands in the file. */
function normalizationSlots(config: ConfigReader): readonly WeightSlot[] {
  if (config.has("mean")) return [];
  return ["mean", "variance", "count"].map((role) => ({ role, nonTrainable: true }));
}

/** @see keras/src/layers/preprocessing/normalization.py (Keras 3): `(x - mean) / max(sqrt(variance), 1e-7)` */
function lowerNormalization(call: LayerCall): LayerResult {
  const input = onlyInput(call);
  const rank = call.shapeOf(input).length;
  const axes = call.config.has("axis") ? (looseNumbers(call.config, "axis") ?? []) : [];
  const kept = resolveAxes(call, axes, rank);
  if (kept.includes(0)) call.refuse("statistics along the batch axis cannot be expressed.");
  const shape = kept.map((axis) => knownSize(call, input, axis));
  const mean = statistic(call, "mean", shape);
  const variance = statistic(call, "variance", shape);
  const spread = spreadShape(kept, shape, rank);
  const invert = call.config.bool("invert", false);
  const scale = mapWeight(invert ? "deviation" : "1/deviation", [variance], spread, (values) =>
    values.map((v) => (invert ? deviation(v) : 1 / deviation(v))),
  );
  const offset = invert
    ? mapWeight("mean", [mean], spread, (values) => values)
    : mapWeight("-mean/deviation", [mean, variance], spread, (means, variances) =>
        means.map((m, index) => -m / deviation(variances[index] ?? 0)),
      );
  return passIfKeras3(call, emitAffine(call, input, { scale, offset }));
}

/** From the config, spread over the kept axes as numpy broadcasts, or from the stored weights. */
function statistic(call: LayerCall, role: string, shape: readonly number[]): WeightRef {
  const numbers = looseNumbers(call.config, role);
  if (numbers === undefined) return call.weight(role, shape);
  const size = sizeOf(shape);
  if (numbers.length === 0 || size % numbers.length !== 0) {
    call.refuse(`${numbers.length} numbers of ${role} do not fit ${size} elements.`);
  }
  const last = shape.at(-1) ?? 1;
  if (numbers.length !== 1 && numbers.length !== size && numbers.length !== last) {
    call.refuse(`${role} broadcasts over several axes, which cannot be expressed.`);
  }
  const values = Array.from({ length: size }, (_, index) => numbers[index % numbers.length] ?? 0);
  return constantWeight(`${call.origin.layer}/${role}`, shape, values);
}

/** The kept axes at their places, 1 elsewhere, from the first kept one to the last of all. */
function spreadShape(
  kept: readonly number[],
  sizes: readonly number[],
  rank: number,
): readonly number[] {
  const first = kept[0] ?? rank - 1;
  return Array.from(
    { length: rank - first },
    (_, index) => sizes[kept.indexOf(first + index)] ?? 1,
  );
}

/** Keras' floor is its epsilon, 1e-7. */
function deviation(variance: number): number {
  return Math.max(Math.sqrt(variance), 1e-7);
}
