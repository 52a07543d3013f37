import type { Dim } from "../../../ir/tensor.ts";
import { axesAt, type Blob, type BlobAxis, placedAxes, sizeAt, UNIT } from "../blob.ts";
import { type LayerCall, type LayerLowering, on } from "../layer-call.ts";
import { flattenTail } from "./flat.ts";

/** Channels, height and width become one axis, read as C, H, W or as H, W, C. */
export const flatten = on("flatten", ({ mode }, call) => {
  const x = call.input(0, 3);
  const rank = x.axes.length;
  const order =
    mode === "CHANNEL_LAST" ? [rank - 2, rank - 1, rank - 3] : [rank - 3, rank - 2, rank - 1];
  const { value, places } = flattenTail(call, x, call.expectedChannels() ?? null, order);
  call.finish(value, x.axes, places);
});

/**
 * To `[C, H, W]` with the sequence kept, or to `[Seq, C, H, W]`; CHANNEL_LAST reads and fills H, W, C. One that changes
 * nothing in the blob turns a vector into a picture of one pixel, or back.
 * @see NeuralNetwork.proto ReshapeLayerParams
 */
export const reshape = on("reshape", ({ targetShape = [], mode }, call) => {
  const x = call.input(0, 5);
  if (x.axes.length !== 5) call.fail(`needs a blob of 5 axes, but its input has ${x.axes.length}`);
  if (targetShape.length !== 3 && targetShape.length !== 4) {
    call.fail(`reshapes to ${targetShape.length} axes, expected 3 or 4`, "bad-config");
  }
  const keepsSteps = targetShape.length === 3;
  const dims = call.dims(x);
  const [c = 1, h = 1, w = 1] = targetShape.slice(-3);
  const steps = keepsSteps ? sizeAt(dims, 0) : (targetShape[0] ?? 1);
  if (!keepsSteps && !holds(dims, targetShape)) call.touch(x, 0);
  const order = mode === "CHANNEL_LAST" ? [0, 3, 4, 2] : [0, 2, 3, 4];
  const source = order.filter((index) => x.axes[index]?.at !== undefined);
  const target: readonly Dim[] = [steps, 1, c, h, w];
  const hasSteps = keepsSteps ? x.axes[0]?.at !== undefined : steps !== 1;
  const places = order.filter((index) => isPlaced(index, { x, dims, target, hasSteps }));
  const shape = places.map((index) => (target[index] === -1 ? null : (target[index] ?? null)));
  const value = call.emit(
    {
      kind: "reshape",
      shape: solved(
        shape,
        source.map((index) => dims[index] ?? null),
      ),
      weights: {},
    },
    call.arrange(x, source),
  );
  const kept = x.axes.map((axis, index) => (index === 0 && keepsSteps ? axis : UNIT));
  call.finish(value, kept, places);
});

/** Whether an input without steps has as many elements as the target. */
function holds(dims: readonly Dim[], target: readonly number[]): boolean {
  const product = (list: readonly Dim[]): number =>
    list.reduce<number>((size, dim) => size * (dim ?? 0), 1);
  return target.includes(-1) || product(dims.slice(2)) === product(target);
}

/** Whether the result has an axis of its own here: pictures have three and perhaps steps, vectors only channels. */
function isPlaced(
  index: number,
  {
    x,
    dims,
    target,
    hasSteps,
  }: {
    readonly x: Blob;
    readonly dims: readonly Dim[];
    readonly target: readonly Dim[];
    readonly hasSteps: boolean;
  },
): boolean {
  if (index === 0) return hasSteps;
  if (index === 2) return true;
  const point = target[3] === 1 && target[4] === 1;
  if (!point) return target[3] !== 1 || target[4] !== 1;
  const unchanged = target.every((dim, at) => dim === dims[at]);
  return unchanged && x.axes[3]?.at === undefined && x.axes[4]?.at === undefined;
}

/** To a stated shape. */
export const reshapeStatic = on("reshapeStatic", ({ targetShape = [] }, call) =>
  rowMajor(
    call,
    targetShape.map((dim) => (dim === -1 ? null : dim)),
  ),
);

/** Zeros keep the size of the input's axis. */
export const rankPreservingReshape = on("rankPreservingReshape", ({ targetShape = [] }, call) => {
  const dims = call.dims(call.input());
  rowMajor(
    call,
    targetShape.map((dim, index) => (dim === 0 ? (dims[index] ?? null) : dim === -1 ? null : dim)),
  );
});

/** Everything before `axis`, and everything from it on. */
export const flattenTo2D = on("flattenTo2D", ({ axis = 0 }, call) => {
  const dims = call.dims(call.input());
  const at = axis === dims.length ? axis : call.axis(axis, dims.length);
  const product = (list: readonly Dim[]): Dim =>
    list.reduce((size, dim) => (size === null || dim === null ? null : size * dim), 1);
  rowMajor(call, [product(dims.slice(0, at)), product(dims.slice(at))]);
});

/** The elements in the blob's own order under another shape. Axes of one element are left out, they can always be had. */
function rowMajor(call: LayerCall, target: readonly Dim[]): void {
  const x = call.input();
  for (let index = 0; index < x.axes.length; index++) call.touch(x, index);
  const source = [...placedAxes(x)].sort((a, b) => a - b);
  const dims = call.dims(x);
  const places = target.flatMap((dim, index) => (dim === 1 ? [] : [index]));
  if (places.length === 0 && target.length > 0) places.push(target.length - 1);
  const shape = solved(
    places.map((index) => target[index] ?? null),
    source.map((index) => dims[index] ?? null),
  );
  const value = call.emit({ kind: "reshape", shape, weights: {} }, call.arrange(x, source));
  call.finish(value, new Array<BlobAxis>(target.length).fill(UNIT), places);
}

/** The free size of a target worked out where all of the source's are known. */
function solved(target: readonly Dim[], source: readonly Dim[]): readonly Dim[] {
  if (source.includes(null)) return target;
  const total = source.reduce<number>((size, dim) => size * (dim ?? 1), 1);
  const known = target.reduce<number>((size, dim) => size * (dim ?? 1), 1);
  return target.map((dim) => dim ?? total / known);
}

/** Output axis i is input axis `axis[i]` of `[Seq, C, H, W]`: only names change, until a layer needs another order. */
export const permute = on("permute", ({ axis = [] }, call) => {
  const x = call.input(0, 5);
  if (axis.length === 0) return call.bind(x);
  if ([...axis].sort((a, b) => a - b).join() !== "0,1,2,3") {
    call.fail(`permutes the axes [${axis.join(", ")}]`, "bad-config");
  }
  const order = axis.map((one) => (one === 0 ? 0 : one + 1));
  move(call, x, [order[0] ?? 0, 1, ...order.slice(1)]);
});

/** Any order of the axes. */
export const transpose = on("transpose", ({ axes = [] }, call) => {
  const x = call.input();
  const sorted = [...axes].sort((a, b) => a - b);
  if (axes.length !== x.axes.length || sorted.some((axis, index) => axis !== index)) {
    call.fail(`orders ${x.axes.length} axes as [${axes.join(", ")}]`, "bad-config");
  }
  move(call, x, axes);
});

function move(call: LayerCall, x: Blob, order: readonly number[]): void {
  order.forEach((from, to) => {
    if (from !== to) call.touch(x, from);
  });
  const moved = order.map((from) => {
    const { at, open } = x.axes[from] ?? UNIT;
    return { at, open };
  });
  const mover = call.originOf({ kind: "permute", dims: [], weights: {} });
  call.bind({ ...x, axes: moved, mover });
}

/** Adds axes of one element. */
export const expandDims = on("expandDims", ({ axes = [] }, call) => {
  const x = call.input();
  const rank = x.axes.length + axes.length;
  const added = new Set(axes.map((axis) => call.axis(axis, rank)));
  const own = [...x.axes];
  const wide = Array.from({ length: rank }, (_, index) =>
    added.has(index) ? UNIT : (own.shift() ?? UNIT),
  );
  call.bind({ ...x, axes: wide });
});

/** Removes axes of one element. */
export const squeeze = on("squeeze", ({ axes = [], squeezeAll }, call) => {
  const x = call.input();
  const rank = x.axes.length;
  const dims = call.dims(x);
  const gone = new Set(
    squeezeAll === true
      ? dims.flatMap((dim, index) => (dim === 1 ? [index] : []))
      : axes.map((axis) => call.axis(axis, rank)),
  );
  dropAxes(call, x, gone);
});

/** The blob without some axes, which must be of one element. */
export function dropAxes(call: LayerCall, x: Blob, gone: ReadonlySet<number>, index = 0): void {
  const roles = ["sequence", "batch", "channel", "height", "width"] as const;
  const places = placedAxes(x).filter((place) => !gone.has(place));
  const value = call.arrange(x, places);
  const placed = axesAt(x.axes, places).map((axis, at) =>
    x.axes.length === 5 ? { ...axis, role: roles[at] } : axis,
  );
  const left = placed.filter((_, at) => !gone.has(at));
  const { mover } = x;
  const axes = left.length === 0 ? [UNIT] : left;
  call.bind({ value, axes, ...(mover === undefined ? {} : { mover }) }, index);
}

/** To the shape of another blob, which only running it would tell. */
export const reshapeLike: LayerLowering = (call) => {
  const dims = call.dims(call.input(1));
  rowMajor(call, dims);
};
