import type { ValueId } from "../../../ir/graph.ts";
import type { Layout } from "../../../ir/ops/conv.ts";
import type { ResizeOp } from "../../../ir/ops/shape.ts";
import type { Dim } from "../../../ir/tensor.ts";
import { expectRank, knownSize, spatialAxes } from "./axes.ts";
import {
  flagOption,
  numbersOption,
  type Operation,
  type OperationLowering,
  valueOperand,
} from "./operation.ts";
import { INTERPOLATIONS } from "./resize.ts";
import { emitPermute, emitReshape } from "./shape.ts";

/** Operations on pictures and other values with spatial axes. */
export const spatialOperations: ReadonlyMap<string, OperationLowering> = new Map<
  string,
  OperationLowering
>([
  ...["maxpool", "maxpool1d", "maxpool2d", "maxpool3d"].map((name) => [name, pool("max")] as const),
  ...["averagepool", "avgpool", "avgpool1d", "avgpool2d", "avgpool3d"].map(
    (name) => [name, pool("average")] as const,
  ),
  ["resize", (operation) => lowerResize(operation, "half-pixel")],
  ["resizebilinear", (operation) => lowerOldResize(operation, "bilinear")],
  ["resizenearestneighbor", (operation) => lowerOldResize(operation, "nearest")],
  ["depthtospace", lowerDepthToSpace],
  ["spacetodepth", lowerSpaceToDepth],
]);

function pool(fn: "max" | "average"): OperationLowering {
  return (operation) => {
    const { call } = operation;
    const x = valueOperand(operation, 0, "inputs", "input", "value");
    const rank = call.shapeOf(x).length;
    const layout = layoutOption(operation);
    const poolSize = window(operation, rank, layout, "pool_size", "ksize");
    const strides =
      operation.option("strides") === undefined
        ? poolSize
        : window(operation, rank, layout, "strides");
    const stated = operation.option("padding");
    const padding = typeof stated === "string" ? stated.toLowerCase() : "valid";
    if (padding !== "valid" && padding !== "same") {
      return call.refuse(`padding ${JSON.stringify(stated)} of a pooling cannot be expressed.`);
    }
    return [call.emit({ kind: "pool", fn, poolSize, strides, padding, layout, weights: {} }, x)];
  };
}

/** One number for all spatial axes, one each, or (TensorFlow) one for every axis of the input. */
function window(
  operation: Operation,
  rank: number,
  layout: Layout,
  ...names: readonly string[]
): readonly number[] {
  const sizes = numbersOption(operation, ...names) ?? [];
  const axes = spatialAxes(layout, rank);
  if (sizes.length === 1) return axes.map(() => sizes[0] ?? 1);
  if (sizes.length === axes.length) return sizes;
  if (sizes.length === rank) return axes.map((axis) => sizes[axis] ?? 1);
  return operation.call.refuse(`${names[0]} has ${sizes.length} numbers for ${axes.length} axes.`);
}

function layoutOption(operation: Operation): Layout {
  const format = operation.option("data_format");
  const first = format === "channels_first" || (typeof format === "string" && /^NC/.test(format));
  return first ? "channels-first" : "channels-last";
}

function lowerResize(
  operation: Operation,
  coordinates: ResizeOp["coordinates"],
  fixed?: ResizeOp["interpolation"],
): readonly ValueId[] {
  const { call } = operation;
  const x = valueOperand(operation, 0, "images", "image");
  expectRank(call, x, 4);
  const size = numbersOption(operation, "size");
  if (size?.length !== 2) return call.refuse("a computed size cannot be expressed.");
  for (const option of [
    "antialias",
    "preserve_aspect_ratio",
    "crop_to_aspect_ratio",
    "pad_to_aspect_ratio",
  ]) {
    if (flagOption(operation, option)) call.refuse(`${option} cannot be expressed.`);
  }
  const stated = operation.option("interpolation", "method") ?? "bilinear";
  const interpolation = fixed ?? INTERPOLATIONS.find((name) => name === stated);
  if (interpolation === undefined) {
    return call.refuse(`interpolation ${JSON.stringify(stated)} cannot be expressed.`);
  }
  const layout = layoutOption(operation);
  const op = { kind: "resize", size, interpolation, coordinates, layout, weights: {} } as const;
  return [call.emit(op, x)];
}

/** `compat.v1`: the grid begins at the first pixel unless half-pixel centres are asked for. */
function lowerOldResize(
  operation: Operation,
  interpolation: ResizeOp["interpolation"],
): readonly ValueId[] {
  if (flagOption(operation, "align_corners")) {
    operation.call.refuse("align_corners cannot be expressed.");
  }
  const half = flagOption(operation, "half_pixel_centers");
  return lowerResize(operation, half ? "half-pixel" : "asymmetric", interpolation);
}

/** Channels become blocks of `n` by `n` pixels. @see tf.nn.depth_to_space */
function lowerDepthToSpace(operation: Operation): readonly ValueId[] {
  const { call } = operation;
  const { x, block } = blockOperands(operation);
  const [, height = null, width = null] = call.shapeOf(x);
  const channels = knownSize(call, x, 3) / (block * block);
  if (!Number.isInteger(channels)) call.refuse("its channels do not divide into the blocks.");
  const apart = emitReshape(call, x, [height, width, block, block, channels]);
  const between = emitPermute(call, apart, [0, 1, 3, 2, 4, 5]);
  const spread = (dim: Dim): Dim => (dim === null ? null : dim * block);
  return [emitReshape(call, between, [spread(height), spread(width), channels])];
}

/** Blocks of `n` by `n` pixels become channels. @see tf.nn.space_to_depth */
function lowerSpaceToDepth(operation: Operation): readonly ValueId[] {
  const { call } = operation;
  const { x, block } = blockOperands(operation);
  const rows = knownSize(call, x, 1) / block;
  const columns = knownSize(call, x, 2) / block;
  const channels = knownSize(call, x, 3);
  if (!Number.isInteger(rows) || !Number.isInteger(columns)) {
    call.refuse("the picture does not divide into the blocks.");
  }
  const apart = emitReshape(call, x, [rows, block, columns, block, channels]);
  const together = emitPermute(call, apart, [0, 1, 3, 2, 4, 5]);
  return [emitReshape(call, together, [rows, columns, block * block * channels])];
}

function blockOperands(operation: Operation): { readonly x: ValueId; readonly block: number } {
  const { call } = operation;
  const x = valueOperand(operation, 0, "input", "x");
  expectRank(call, x, 4);
  if (layoutOption(operation) === "channels-first") {
    call.refuse("blocks of a channels_first value cannot be expressed.");
  }
  const [block = 0] = numbersOption(operation, "block_size") ?? [];
  if (!(block > 1)) call.refuse("its block size is missing.");
  return { x, block };
}

/** Refuses to make indices of real numbers; casts among real types change nothing here. */
export function lowerCast(operation: Operation): readonly ValueId[] {
  const { call } = operation;
  const x = valueOperand(operation, 0, "x");
  const type = operation.option("dtype", "DstT");
  const name = typeof type === "string" ? type.replace(/^DT_/, "").toLowerCase() : "float32";
  const real = ["float16", "bfloat16", "float32", "float64", "half", "float", "double"];
  if (!real.includes(name) && call.build.typeOf(x).dtype !== name) {
    call.refuse(`a cast to ${name} cannot be expressed.`);
  }
  return [x];
}
