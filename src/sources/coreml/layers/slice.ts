import type { ValueId } from "../../../ir/graph.ts";
import type { Dim } from "../../../ir/tensor.ts";
import { axesAt, type Blob } from "../blob.ts";
import { type LayerCall, on } from "../layer-call.ts";
import { dropAxes } from "./reshape.ts";
import { borderAmounts } from "./window.ts";

/** What is taken along one axis of a blob. */
interface Cut {
  readonly index: number;
  readonly start: number;
  readonly end: number | null;
  readonly step: number;
}

/** Channels in equal parts. */
export const split = on("split", ({ nOutputs = 0 }, call) => {
  const x = call.input(0, 3);
  parts(call, x, x.axes.length - 3, equalSizes(call, x, x.axes.length - 3, nOutputs));
});

/** Any axis, in equal parts or in stated ones. */
export const splitND = on("splitND", ({ axis = 0, numSplits = 0, splitSizes = [] }, call) => {
  const x = call.input(0, 1);
  const index = call.axis(axis, x.axes.length);
  parts(
    call,
    x,
    index,
    splitSizes.length === 0 ? equalSizes(call, x, index, numSplits) : splitSizes,
  );
});

function equalSizes(call: LayerCall, x: Blob, index: number, count: number): readonly number[] {
  const size = call.dims(x)[index] ?? null;
  if (size === null) return call.refuse("it cuts an axis of free size into equal parts");
  if (!(count >= 1 && count <= call.outputCount && size % count === 0)) {
    call.fail(`cuts ${size} into ${count} equal parts`);
  }
  return new Array<number>(count).fill(size / count);
}

function parts(call: LayerCall, x: Blob, index: number, sizes: readonly number[]): void {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const size = call.dims(x)[index] ?? null;
  if (size !== null && size !== total) call.fail(`cuts ${size} into parts of ${sizes.join(", ")}`);
  call.touch(x, index);
  let start = 0;
  sizes.forEach((one, output) => {
    const from = start;
    start += one;
    if (call.isRead(output)) take(call, x, [{ index, start: from, end: start, step: 1 }], output);
  });
}

/** Part of channels, height or width; a negative end counts from behind. */
export const slice = on("slice", (params, call) => {
  const { startIndex = 0, endIndex = 0, stride = 1, axis = "CHANNEL_AXIS" } = params;
  const fromEnd = { CHANNEL_AXIS: 3, HEIGHT_AXIS: 2, WIDTH_AXIS: 1 }[axis];
  const x = call.input(0, fromEnd);
  const index = x.axes.length - fromEnd;
  const size = call.dims(x)[index] ?? null;
  const from = (value: number): number => {
    if (value >= 0) return value;
    if (size !== null) return value + size;
    return call.refuse("it counts from the end of an axis of free size");
  };
  const [start, end] = [from(startIndex), from(endIndex)];
  if (!(stride > 0 && start < end))
    call.fail(`takes ${startIndex} to ${endIndex} in steps of ${stride}`);
  call.touch(x, index);
  take(call, x, [{ index, start, end, step: stride }]);
});

/** Every axis as in Python. @see NeuralNetwork.proto SliceStaticLayerParams */
export const sliceStatic = on("sliceStatic", (params, call) => {
  const { beginIds = [], endIds = [], beginMasks = [], endMasks = [], squeezeMasks = [] } = params;
  const x = call.input();
  const dims = call.dims(x);
  if (beginIds.length !== dims.length) {
    call.fail(`slices ${beginIds.length} axes, but its input has ${dims.length}`, "bad-config");
  }
  const cuts = dims.map((size, index): Cut => {
    const squeezed = squeezeMasks[index] === true;
    const step = squeezed ? 1 : (params.strides?.[index] ?? 1);
    if (step < 1) call.refuse("it takes elements in falling order");
    const start =
      beginMasks[index] === true && !squeezed ? 0 : clamp(call, beginIds[index] ?? 0, size);
    if (squeezed) return { index, start, end: start + 1, step };
    const open = endMasks[index] === true;
    return { index, start, end: open ? null : clamp(call, endIds[index] ?? 0, size), step };
  });
  const real = cuts.filter(({ index, start, end, step }) => {
    const size = dims[index] ?? null;
    return start !== 0 || step !== 1 || (end !== null && (size === null || end < size));
  });
  for (const { index } of real) call.touch(x, index);
  const gone = new Set(squeezeMasks.flatMap((squeezed, index) => (squeezed ? [index] : [])));
  if (gone.size === 0) return take(call, x, real);
  dropAxes(call, cutBlob(call, x, real), gone);
});

function clamp(call: LayerCall, index: number, size: Dim): number {
  if (index >= 0) return size === null ? index : Math.min(index, size);
  if (size === null) return call.refuse("it counts from the end of an axis of free size");
  return Math.max(0, index + size);
}

/** Cuts height and width, by stated amounts or to the size of a second input. */
export const crop = on("crop", ({ cropAmounts, offset = [] }, call) => {
  const x = call.input(0, 3);
  const rank = x.axes.length;
  const plane = [rank - 2, rank - 1];
  if (call.inputCount > 1) {
    const reference = call.dims(call.input(1, 3)).slice(-2);
    const cuts = plane.map((index, side): Cut => {
      const size = reference[side] ?? call.refuse("it cuts to a size that is free");
      const start = offset[side] ?? 0;
      return { index, start, end: start + size, step: 1 };
    });
    return take(call, x, cuts);
  }
  const amounts = borderAmounts(cropAmounts);
  const cut = plane.filter((_, side) => (amounts[side]?.[0] ?? 0) + (amounts[side]?.[1] ?? 0) > 0);
  for (const index of cut) call.touch(x, index);
  const places = call.placesWith(x, ...cut);
  const value = call.arrange(x, places);
  const on = (index: number): readonly [number, number] => amounts[index - (rank - 2)] ?? [0, 0];
  const all = [[0, 0] as const, ...places.map(on)];
  call.finish(call.emit({ kind: "crop", amounts: all, weights: {} }, value), x.axes, places);
});

function take(call: LayerCall, x: Blob, cuts: readonly Cut[], output = 0): void {
  call.bind(cutBlob(call, x, cuts), output);
}

function cutBlob(call: LayerCall, x: Blob, cuts: readonly Cut[]): Blob {
  const dims = call.dims(x);
  const real = cuts.filter(({ index, start, end, step }) => {
    const whole = start === 0 && step === 1 && (end === null || end === dims[index]);
    return !whole;
  });
  if (real.length === 0) return x;
  const places = call.placesWith(x, ...real.map(({ index }) => index));
  const at = (place: number): Cut | undefined => real.find(({ index }) => index === place);
  const value: ValueId = call.emit(
    {
      kind: "slice",
      starts: [0, ...places.map((place) => at(place)?.start ?? 0)],
      ends: [null, ...places.map((place) => at(place)?.end ?? null)],
      steps: [1, ...places.map((place) => at(place)?.step ?? 1)],
      weights: {},
    },
    call.arrange(x, places),
  );
  const { mover } = x;
  return { value, axes: axesAt(x.axes, places), ...(mover === undefined ? {} : { mover }) };
}
