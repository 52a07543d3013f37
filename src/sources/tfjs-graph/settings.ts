import type { GraphNode } from "../../formats/tfjs/graph-def.ts";
import { readFloat64, sizeOf, type WeightRef } from "../../ir/tensor.ts";
import { isJsonList, type Json, type JsonObject } from "../../json.ts";

/** How a node is set, in Keras' words where it has them: windows without batch and channels, the activation that is computed with it. */
export function settingsOf(
  { op, attributes }: GraphNode,
  kernel: readonly number[] = [],
): JsonObject {
  const { strides, dilations, ksize, padding, fused_ops: fused, num_args: _, ...rest } = attributes;
  const first = attributes.data_format === "NCHW";
  const window = (value: Json | undefined): Json | undefined => {
    if (!isJsonList(value) || value.length < 3) return value;
    return first ? value.slice(2) : value.slice(1, -1);
  };
  const activation = isJsonList(fused)
    ? fused.filter((name) => name !== "BiasAdd").at(-1)
    : undefined;
  const stated = {
    kernel_size: /Conv/.test(op) && kernel.length > 2 ? kernel.slice(0, -2) : undefined,
    pool_size: window(ksize),
    strides: window(strides),
    dilations: window(dilations),
    padding: typeof padding === "string" ? padding.toLowerCase() : padding,
    activation: typeof activation === "string" ? activation.toLowerCase() : undefined,
    ...rest,
  };
  const found: [string, Json][] = Object.entries(stated).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value]],
  );
  return Object.fromEntries(found);
}

/** Scalars, and short lists of whole numbers: sizes and axes, no weights. */
export function isSetting({ shape, dtype }: WeightRef): boolean {
  return (
    shape.length === 0 || (shape.length === 1 && sizeOf(shape) <= LONGEST && dtype !== "float32")
  );
}

/** The numbers of a small array. */
export function settingIn(ref: WeightRef): Json {
  const numbers = [...readFloat64(ref)];
  return ref.shape.length === 0 ? (numbers[0] ?? 0) : numbers;
}

const LONGEST = 32;

/** What an operation calls the input of a number, as far as it is a setting. */
export function settingName(op: string, index: number, count: number): string {
  if (op === "ConcatV2" && index === count - 1) return "axis";
  return NAMES.get(op)?.[index] ?? `input ${index}`;
}

const REDUCTION = ["", "axis"];
const RESIZE = ["", "size"];

/** @see tensorflow/core/ops/ops.pbtxt */
const NAMES: ReadonlyMap<string, readonly string[]> = new Map([
  ["Reshape", ["", "target_shape"]],
  ["Transpose", ["", "perm"]],
  ["Pad", ["", "paddings"]],
  ["PadV2", ["", "paddings", "constant_values"]],
  ["MirrorPad", ["", "paddings"]],
  ["Mean", REDUCTION],
  ["Sum", REDUCTION],
  ["Max", REDUCTION],
  ["Min", REDUCTION],
  ["Prod", REDUCTION],
  ["ArgMax", REDUCTION],
  ["ExpandDims", REDUCTION],
  ["GatherV2", ["", "indices", "axis"]],
  ["Slice", ["", "begin", "size"]],
  ["StridedSlice", ["", "begin", "end", "strides"]],
  ["Tile", ["", "multiples"]],
  ["Split", ["axis"]],
  ["ResizeBilinear", RESIZE],
  ["ResizeNearestNeighbor", RESIZE],
  ["Conv2DBackpropInput", ["input_sizes"]],
]);
