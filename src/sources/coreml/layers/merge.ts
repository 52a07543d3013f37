import type { ValueId } from "../../../ir/graph.ts";
import type { MergeOp } from "../../../ir/ops/merge.ts";
import { readFloat64, sizeOf, type WeightRef } from "../../../ir/tensor.ts";
import { mapWeight } from "../../../weights/map.ts";
import { type Blob, type BlobAxis, placedAxes, UNIT } from "../blob.ts";
import { type LayerCall, type LayerLowering, on } from "../layer-call.ts";
import { singleNumber } from "../single-number.ts";
import { constantFor, emitLinear, emitScaled } from "./affine-steps.ts";

type Fn = MergeOp["fn"];

/** With one input, adds `alpha`. */
export const add = on("add", ({ alpha }, call) => {
  if (call.inputCount !== 1) return lowerMerge(call, "add");
  const x = call.input();
  call.finishAs(emitLinear(call, call.valueOf(x), 1, singleNumber(alpha)), x);
});

/** With one input, multiplies by `alpha`. */
export const multiply = on("multiply", ({ alpha }, call) => {
  if (call.inputCount !== 1) return lowerMerge(call, "multiply");
  const x = call.input();
  call.finishAs(emitLinear(call, call.valueOf(x), singleNumber(alpha), 0), x);
});

/** Number by number, with broadcasting. */
export const average = merge("average");
export const max = merge("maximum");
export const min = merge("minimum");
export const addBroadcastable = merge("add");
export const subtractBroadcastable = merge("subtract");
export const multiplyBroadcastable = merge("multiply");
export const divideBroadcastable = merge("divide");
export const maxBroadcastable = merge("maximum");
export const minBroadcastable = merge("minimum");

/** 1 where two numbers, or a number and `alpha`, compare so. */
export const notEqual = on("notEqual", ({ alpha }, call) => {
  if (call.inputCount !== 1) call.refuse("it compares two blobs");
  const x = call.input();
  const op = {
    kind: "notEqualMask",
    value: singleNumber(alpha),
    reduceLast: false,
    weights: {},
  } as const;
  call.finishAs(call.emit(op, call.valueOf(x)), x);
});
export const greaterThan = on("greaterThan", ({ alpha }, call) => compare(call, alpha, 1, false));
export const lessThan = on("lessThan", ({ alpha }, call) => compare(call, alpha, -1, false));
export const lessEqual = on("lessEqual", ({ alpha }, call) => compare(call, alpha, 1, true));
export const greaterEqual = on("greaterEqual", ({ alpha }, call) => compare(call, alpha, -1, true));

/** `sign(max(x - alpha, 0))` is 1 where x > alpha; turned round for the others. */
function compare(call: LayerCall, alpha: number | undefined, side: 1 | -1, inverse: boolean): void {
  if (call.inputCount !== 1) call.refuse("it compares two blobs");
  const x = call.input();
  const distance = emitLinear(call, call.valueOf(x), side, -side * (alpha ?? 0));
  const above = call.emit({ kind: "unary", fn: "clip", min: 0, weights: {} }, distance);
  const mask = call.emit({ kind: "unary", fn: "sign", weights: {} }, above);
  call.finishAs(inverse ? emitLinear(call, mask, -1, 1) : mask, x);
}

function merge(fn: Fn): LayerLowering {
  return (call) => lowerMerge(call, fn);
}

/** Merges all inputs of the layer; constants that fit become a scale or an offset. */
export function lowerMerge(call: LayerCall, fn: Fn): void {
  if (call.inputCount < 2) call.fail("needs at least two inputs", "bad-config");
  if (call.inputCount === 2 && withConstant(call, fn, [call.operand(0), call.operand(1)])) return;
  const { values, axes } = alignBlobs(call, call.inputs);
  const two = fn === "subtract" || fn === "divide" ? values.slice(0, 2) : values;
  const value = call.emit({ kind: "merge", fn, weights: {} }, ...two);
  call.bind({ value, axes });
}

/** The values of several blobs with the same axes in the same order, those that some lack being 1 there. */
export function alignBlobs(
  call: LayerCall,
  blobs: readonly Blob[],
): {
  readonly values: readonly ValueId[];
  readonly axes: readonly BlobAxis[];
  readonly places: readonly number[];
} {
  const rank = Math.max(...blobs.map((blob) => blob.axes.length));
  const padded = blobs.map((blob) => withRank(blob, rank));
  const widest = padded.reduce((best, blob) => (wide(call, blob) > wide(call, best) ? blob : best));
  const all = [...new Set(padded.flatMap((blob) => placedAxes(blob)))].sort((a, b) => a - b);
  const places = [...placedAxes(widest)];
  for (const index of all) {
    if (places.includes(index)) continue;
    const before = places.findIndex((one) => one > index);
    places.splice(before < 0 ? places.length : before, 0, index);
  }
  const values = padded.map((blob) => call.arrange(blob, places));
  const axes = Array.from({ length: rank }, (_, index) => {
    const position = places.indexOf(index);
    const open = [...new Set(padded.flatMap((blob) => blob.axes[index]?.open ?? []))];
    const role = padded.map((blob) => blob.axes[index]?.role).find((one) => one !== undefined);
    return { at: position < 0 ? undefined : position + 1, open, role };
  });
  return { values, axes, places };
}

function wide(call: LayerCall, blob: Blob): number {
  return placedAxes(blob).length * 10 + call.dims(blob).filter((dim) => dim !== 1).length;
}

function withRank(blob: Blob, rank: number): Blob {
  const missing = rank - blob.axes.length;
  if (missing === 0) return blob;
  return { ...blob, axes: [...new Array<BlobAxis>(missing).fill(UNIT), ...blob.axes] };
}

/** With a constant as one of two inputs, `scale * x + offset` or a bound; false where that cannot say it. */
function withConstant(call: LayerCall, fn: Fn, blobs: readonly Blob[]): boolean {
  const [first, second] = blobs;
  if (first === undefined || second === undefined) return false;
  const swapped = first.constant !== undefined;
  const constant = swapped ? first.constant : second.constant;
  const x = swapped ? second : first;
  if (constant === undefined || x.value === undefined || constant.shape.length > x.axes.length)
    return false;
  const fitting = constantFor(call, constant, x);
  if (fitting === undefined) return false;
  const value = lowerWith(call, { fn, value: x.value, constant: fitting, swapped });
  if (value === undefined) return false;
  call.finishAs(value, x);
  return true;
}

interface WithConstant {
  readonly fn: Fn;
  readonly value: ValueId;
  readonly constant: WeightRef;
  /** Whether the constant comes first. */
  readonly swapped: boolean;
}

function lowerWith(
  call: LayerCall,
  { fn, value, constant, swapped }: WithConstant,
): ValueId | undefined {
  const inverse = (id: string, f: (one: number) => number): WeightRef =>
    mapWeight(id, [constant], constant.shape, (numbers = new Float64Array()) => numbers.map(f));
  switch (fn) {
    case "add":
      return emitScaled(call, value, { offset: constant });
    case "multiply":
      return emitScaled(call, value, { scale: constant });
    case "subtract": {
      if (!swapped) return emitScaled(call, value, { offset: inverse("negated", (one) => -one) });
      return emitScaled(call, emitLinear(call, value, -1, 0), { offset: constant });
    }
    case "divide": {
      if (!swapped)
        return emitScaled(call, value, { scale: inverse("inverted", (one) => 1 / one) });
      const reciprocal = call.emit({ kind: "unary", fn: "reciprocal", weights: {} }, value);
      return emitScaled(call, reciprocal, { scale: constant });
    }
    case "average":
      return emitScaled(call, emitLinear(call, value, 0.5, 0), {
        offset: inverse("halved", (one) => one / 2),
      });
    default: {
      if (sizeOf(constant.shape) !== 1) return undefined;
      const bound = readFloat64(constant)[0] ?? 0;
      const bounds = fn === "maximum" ? { min: bound } : { max: bound };
      return call.emit({ kind: "unary", fn: "clip", ...bounds, weights: {} }, value);
    }
  }
}
