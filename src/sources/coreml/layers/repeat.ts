import { readFloat64, sizeOf, type WeightRef } from "../../../ir/tensor.ts";
import { constantWeight, filledWeight } from "../../../weights/constant.ts";
import { reshapeWeight } from "../../../weights/reshape.ts";
import { type Blob, type BlobAxis, placedAxes, UNIT } from "../blob.ts";
import { type LayerCall, on } from "../layer-call.ts";

/** Repeats the sequence; 0 repetitions mean 1. */
export const sequenceRepeat = on("sequenceRepeat", ({ nRepetitions }, call) => {
  const x = call.input(0, 5);
  const count = nRepetitions || 1;
  const steps = x.axes.length - 5;
  const channel = x.axes.length - 3;
  const placed = placedAxes(x);
  const vector = placed.every((index) => index === channel);
  if (!vector)
    return tiled(
      call,
      x,
      x.axes.map((_, index) => (index === steps ? count : 1)),
    );
  const value = call.emit({ kind: "repeat", n: count, weights: {} }, call.arrange(x, [channel]));
  const axes = x.axes.map((axis, index) => (index === steps ? UNIT : axis));
  call.finish(value, axes, [steps, channel]);
});

/** Repeats every axis; missing counts in front are 1. */
export const tile = on("tile", ({ reps = [] }, call) => {
  if (call.inputCount > 1) call.refuse("its counts are computed by another layer");
  const x = call.input();
  const lead = x.axes.length - reps.length;
  if (lead < 0 || reps.length === 0)
    call.fail(`repeats ${x.axes.length} axes by ${reps.length} counts`);
  tiled(call, x, [...new Array<number>(lead).fill(1), ...reps]);
});

/** To a stated shape. */
export const broadcastToStatic = on("broadcastToStatic", ({ targetShape = [] }, call) => {
  const x = call.input();
  const missing = targetShape.length - x.axes.length;
  if (missing < 0) call.fail("broadcasts to fewer axes than there are");
  const blob = { ...x, axes: [...new Array<BlobAxis>(missing).fill(UNIT), ...x.axes] };
  const dims = call.dims(blob);
  const counts = targetShape.map((size, index) => (dims[index] === 1 ? size : 1));
  tiled(call, blob, counts);
});

/** Copies one after another along each axis. */
function tiled(call: LayerCall, x: Blob, counts: readonly number[]): void {
  const repeated = counts.flatMap((count, index) => (count === 1 ? [] : [index]));
  const total = counts.reduce((product, count) => product * count, 1);
  if (!(total >= 1 && total <= MOST_COPIES)) call.refuse(`it makes ${total} copies`);
  for (const index of repeated) call.touch(x, index);
  const places = call.placesWith(x, ...repeated);
  let value = call.arrange(x, places);
  for (const index of repeated) {
    const axis = places.indexOf(index) + 1;
    const copies = new Array<string>(counts[index] ?? 1).fill(value);
    value = call.emit({ kind: "concat", axis, weights: {} }, ...copies);
  }
  call.finish(value, x.axes, places);
}

const MOST_COPIES = 4096;

/** A block `[C, H, W]` as a blob of five axes. */
export const loadConstant = on("loadConstant", ({ shape = [], data }, call) => {
  constant(call, reshapeWeight(call.weight(data, shape, "data"), [1, 1, ...shape]));
});

/** A constant of any rank. */
export const loadConstantND = on("loadConstantND", ({ shape = [], data }, call) => {
  constant(call, call.weight(data, shape, "data"));
});

/** One number in a stated shape. */
export const fillStatic = on("fillStatic", ({ value = 0, targetShape = [] }, call) => {
  if (sizeOf(targetShape) > 2 ** 28) call.fail("makes more numbers than any sound model");
  constant(call, filledWeight(call.constantId("fill"), targetShape, value));
});

/** As numpy.arange. */
export const rangeStatic = on("rangeStatic", (params, call) => {
  const { startValue = 0, endValue = 0, stepSizeValue = 0 } = params;
  const count = Math.max(0, Math.ceil((endValue - startValue) / stepSizeValue));
  if (!(count > 0 && count < 2 ** 24)) call.fail("counts without end");
  const numbers = Float64Array.from({ length: count }, (_, at) => startValue + at * stepSizeValue);
  constant(call, constantWeight(call.constantId("range"), [count], numbers));
});

function constant(call: LayerCall, weight: WeightRef): void {
  const axes = weight.shape.map(() => UNIT);
  call.bind({ value: undefined, axes, constant: weight });
}

/** The numbers of a constant operand, if it is one. */
export function constantNumbers(blob: Blob): Float64Array | undefined {
  return blob.constant === undefined ? undefined : readFloat64(blob.constant);
}
