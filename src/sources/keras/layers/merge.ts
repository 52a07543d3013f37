import type { ValueId } from "../../../ir/graph.ts";
import type { MergeOp } from "../../../ir/ops/merge.ts";
import { constantWeight } from "../../../weights/constant.ts";
import type { LayerCall, LayerResult, LayerSpec } from "../layer-spec.ts";
import { resolveAxis } from "./axes.ts";
import { maskedExtreme } from "./masked-extreme.ts";
import { mergedMask, stopMask, withMask } from "./masks.ts";
import { looseNumbers } from "./numbers.ts";
import { keras3Release } from "./release.ts";

type MergeFn = MergeOp["fn"];

/** Layers that make one value of several. */
export const mergeSpecs: readonly LayerSpec[] = [
  { classNames: ["Concatenate"], lower: (call) => lowerConcatenate(call, "axis") },
  { classNames: ["Dot"], lower: lowerDot },
  { classNames: ["Merge"], lower: lowerOldMerge },
];

/**
 * An element-wise merge layer. Inputs of fewer dimensions get axes of 1 right after the batch, so `(batch, c)` meets
 * `(batch, h, w, c)` as `(batch, 1, 1, c)`.
 *
 * @see keras/layers/merge.py (Keras 2.2.4) `_Merge.call`
 */
export function lowerElementwise(call: LayerCall, fn: MergeFn): LayerResult {
  const { inputs } = call;
  const [first] = inputs;
  if (first === undefined) return call.refuse("it has no inputs.");
  if ((fn === "subtract" || fn === "divide") && inputs.length !== 2) {
    call.refuse(`it takes two inputs, and gets ${inputs.length}.`);
  }
  if (inputs.length === 1) return { outputs: [first] };
  const rank = Math.max(...inputs.map((input) => call.shapeOf(input).length));
  const mask = mergedMask(call);
  const blanks = fn === "multiply" && keras3Release(call.dialect) >= 4;
  const equal = inputs.map((input, index) =>
    raiseRank(call, blanks ? maskedToOne(call, input, call.masks[index]) : input, rank),
  );
  if (blanks && mask !== undefined) return blanked(call, equal, mask);
  if ((fn === "maximum" || fn === "minimum") && keras3Release(call.dialect) >= 4) {
    // an input that gets axes loses its mask
    const masks = equal.map((value, index) =>
      value === inputs[index] ? call.masks[index] : undefined,
    );
    if (masks.some((one) => one !== undefined)) {
      return withMask(maskedExtreme(call, fn, equal, masks), mask);
    }
  }
  return withMask(call.emit({ kind: "merge", fn, weights: {} }, ...equal), mask);
}

/**
 * Keras 3.4 and later multiply masked steps as 1, and make those zero that are masked everywhere.
 *
 * @see keras/src/layers/merging/multiply.py (3.4.1) `_merge_function`
 */
function blanked(call: LayerCall, inputs: readonly ValueId[], mask: ValueId): LayerResult {
  const product = call.emit({ kind: "merge", fn: "multiply", weights: {} }, ...inputs);
  return withMask(call.emit({ kind: "applyMask", weights: {} }, product, mask), mask);
}

function maskedToOne(call: LayerCall, input: ValueId, mask: ValueId | undefined): ValueId {
  if (mask === undefined) return input;
  const shift = (value: ValueId, by: number): ValueId => {
    const offset = constantWeight(`${call.origin.layer}/${by}`, [1], [by]);
    return call.emit({ kind: "affine", weights: { offset } }, value);
  };
  return shift(call.emit({ kind: "applyMask", weights: {} }, shift(input, -1), mask), 1);
}

/** Joins the inputs; a joined mask is the joined masks (along time) or where all are true (along features). */
function lowerConcatenate(call: LayerCall, key: string): LayerResult {
  const [first] = call.inputs;
  if (first === undefined) return call.refuse("it has no inputs.");
  const axis = resolveAxis(call, call.config.int(key, -1), call.shapeOf(first).length);
  if (call.inputs.length === 1) return { outputs: [first] };
  const mask = joinedMask(call, axis);
  return withMask(call.emit({ kind: "concat", axis, weights: {} }, ...call.inputs), mask);
}

function joinedMask(call: LayerCall, axis: number): ValueId | undefined {
  const present = call.masks.filter((mask) => mask !== undefined);
  if (present.length === 0) return undefined;
  if (axis === 1) {
    if (present.length < call.inputs.length) {
      call.refuse("joining masked with unmasked inputs along the time axis cannot be expressed.");
    }
    return call.emit({ kind: "concat", axis: 1, weights: {} }, ...present);
  }
  return mergedMask(call);
}

function lowerDot(call: LayerCall): LayerResult {
  // Keras 3 has an operation of this name too, which is numpy's and knows no batch.
  if (!call.config.has("axes")) call.refuse("numpy's dot product cannot be expressed.");
  const normalize = call.config.bool("normalize", false);
  return stopMask(emitDot(call, looseNumbers(call.config, "axes") ?? [-1], normalize));
}

function emitDot(call: LayerCall, given: readonly number[], normalize: boolean): ValueId {
  const [a, b] = call.inputs;
  if (a === undefined || b === undefined || call.inputs.length > 2) {
    return call.refuse(`it takes two inputs, and gets ${call.inputs.length}.`);
  }
  const ranks = [call.shapeOf(a).length, call.shapeOf(b).length] as const;
  if ((call.dialect.generation === 1 || call.dialect.generation === 2) && Math.max(...ranks) > 3) {
    call.refuse(
      "products of more than three dimensions meant other things in each Keras 2 backend.",
    );
  }
  const axes = [
    resolveAxis(call, given[0] ?? -1, ranks[0]),
    resolveAxis(call, given[1] ?? given[0] ?? -1, ranks[1]),
  ] as const;
  if (axes.includes(0)) call.refuse("a product over the batch axis cannot be expressed.");
  return call.emit({ kind: "dot", axes, normalize, weights: {} }, a, b);
}

/** `Merge` of Keras 1 and of Keras 2's legacy layers. @see keras/engine/topology.py (Keras 1.2.2) */
function lowerOldMerge(call: LayerCall): LayerResult {
  const mode = call.config.string("mode", "sum");
  switch (mode) {
    case "sum":
      return lowerElementwise(call, "add");
    case "mul":
      return lowerElementwise(call, "multiply");
    case "ave":
      return lowerElementwise(call, "average");
    case "max":
      return lowerElementwise(call, "maximum");
    case "concat":
      return lowerConcatenate(call, "concat_axis");
    case "dot":
      return stopMask(emitDot(call, looseNumbers(call.config, "dot_axes") ?? [-1], false));
    case "cos":
      return lowerCosine(call);
    default:
      return call.refuse(
        `merging by a Python function (mode "${mode.slice(0, 40)}") cannot be converted.`,
        "Replace it in the model by merge layers, or supply the layer with --custom.",
      );
  }
}

/** Keras 1 gives the cosine of two vectors an axis more: `(batch, 1, 1)`. */
function lowerCosine(call: LayerCall): LayerResult {
  if (call.inputs.some((input) => call.shapeOf(input).length !== 2)) {
    call.refuse('mode "cos" of other than vectors cannot be expressed.');
  }
  const cosine = emitDot(call, looseNumbers(call.config, "dot_axes") ?? [-1], true);
  return stopMask(call.emit({ kind: "reshape", shape: [1, 1], weights: {} }, cosine));
}

function raiseRank(call: LayerCall, value: ValueId, rank: number): ValueId {
  const shape = call.shapeOf(value);
  if (shape.length === rank) return value;
  const ones = Array.from({ length: rank - shape.length }, () => 1);
  return call.emit({ kind: "reshape", shape: [...ones, ...shape.slice(1)], weights: {} }, value);
}
