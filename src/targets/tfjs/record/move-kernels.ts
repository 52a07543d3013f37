import { slice_util, type TensorInfo } from "@tensorflow/tfjs-core";
import { attr, numberOf, numbersOf } from "./attributes.ts";
import { type Call, inputAt, list, type RecordKernel, record, single } from "./call.ts";

/** Kernels that move numbers. */
export const MOVE_KERNELS: Readonly<Record<string, RecordKernel>> = {
  Concat: (call) => {
    const { inputs, attrs } = call;
    const axis = numberOf(attrs, "axis");
    const total = inputs.reduce((sum, { shape }) => sum + (shape[axis] ?? 0), 0);
    const shape = inputAt(call, 0).shape.with(axis, total);
    const count = { N: attr.int(inputs.length) };
    return record(call, "ConcatV2", [...inputs, single(axis)], shape, count);
  },
  GatherV2: (call) => {
    const [x, indices] = [inputAt(call, 0), inputAt(call, 1)];
    const axis = numberOf(call.attrs, "axis");
    const shape = x.shape.toSpliced(axis, 1, ...indices.shape);
    const attrs = { batch_dims: attr.int(0) };
    return record(call, "GatherV2", [x, indices, single(axis)], shape, attrs);
  },
  Pack: (call) => {
    const axis = numberOf(call.attrs, "axis");
    const { inputs } = call;
    const shape = inputAt(call, 0).shape.toSpliced(axis, 0, inputs.length);
    const attrs = { axis: attr.int(axis), N: attr.int(inputs.length) };
    return record(call, "Pack", inputs, shape, attrs);
  },
  PadV2: (call) => {
    const x = inputAt(call, 0);
    const numbers = numbersOf(call.attrs, "paddings");
    const amount = (i: number): number => numbers[i] ?? 0;
    const shape = x.shape.map((size, axis) => size + amount(2 * axis) + amount(2 * axis + 1));
    const paddings = { numbers, shape: [x.shape.length, 2] };
    const numbersOfValue = [numberOf(call.attrs, "constantValue")];
    const value = { numbers: numbersOfValue, shape: [], dtype: "float32" } as const;
    return record(call, "PadV2", [x, paddings, value], shape);
  },
  Reshape: (call) => {
    const x = inputAt(call, 0);
    const size = x.shape.reduce((product, dim) => product * dim, 1);
    const wanted = numbersOf(call.attrs, "shape");
    const known = wanted.reduce((product, dim) => (dim < 0 ? product : product * dim), 1);
    const shape = wanted.map((dim) => (dim < 0 ? size / known : dim));
    return call.recorder.view(x, shape);
  },
  Reverse: (call) => {
    const x = inputAt(call, 0);
    return record(call, "ReverseV2", [x, list(numbersOf(call.attrs, "dims"))], x.shape);
  },
  Slice: (call) => {
    const x = inputAt(call, 0);
    const begin = numbersOf(call.attrs, "begin");
    const shape = numbersOf(call.attrs, "size").map((size, axis) =>
      size < 0 ? (x.shape[axis] ?? 0) - (begin[axis] ?? 0) : size,
    );
    return record(call, "Slice", [x, list(begin), list(shape)], shape);
  },
  SplitV: splitInto,
  StridedSlice: (call) => {
    const x = inputAt(call, 0);
    const parts = ["begin", "end", "strides"].map((key) => [...numbersOf(call.attrs, key)]);
    const [begin = [], end = [], strides = []] = parts;
    const shape = slice_util.computeOutShape(begin, end, strides);
    return record(call, "StridedSlice", [x, list(begin), list(end), list(strides)], shape, {
      begin_mask: attr.int(0),
      end_mask: attr.int(0),
      new_axis_mask: attr.int(0),
      ellipsis_mask: attr.int(0),
      shrink_axis_mask: attr.int(0),
    });
  },
  Tile: (call) => {
    const x = inputAt(call, 0);
    const reps = numbersOf(call.attrs, "reps");
    const shape = x.shape.map((size, axis) => size * (reps[axis] ?? 1));
    return record(call, "Tile", [x, list(reps)], shape, {}, x.dtype);
  },
  Transpose: (call) => {
    const x = inputAt(call, 0);
    const order = numbersOf(call.attrs, "perm");
    const shape = order.map((axis) => x.shape[axis] ?? 0);
    return record(call, "Transpose", [x, list(order)], shape);
  },
  Unpack: (call) => {
    const { recorder, attrs } = call;
    const x = inputAt(call, 0);
    const axis = numberOf(attrs, "axis");
    const count = x.shape[axis] ?? 0;
    const json = { axis: attr.int(axis), num: attr.int(count) };
    const name = recorder.add("Unpack", [recorder.sourceOf(x)], json);
    return outputsOf(call, name, count, x.shape.toSpliced(axis, 1), x.dtype);
  },
};

function splitInto(call: Call): TensorInfo[] {
  const { recorder, attrs } = call;
  const x = inputAt(call, 0);
  const axis = numberOf(attrs, "axis");
  const sizes = attrs?.numOrSizeSplits;
  const count = typeof sizes === "number" ? sizes : numbersOf(attrs, "numOrSizeSplits").length;
  const json = { num_split: attr.int(count) };
  const name = recorder.add("Split", [single(axis), recorder.sourceOf(x)], json);
  return outputsOf(call, name, count, x.shape.with(axis, (x.shape[axis] ?? 0) / count), x.dtype);
}

function outputsOf(
  { recorder }: Call,
  name: string,
  count: number,
  shape: readonly number[],
  dtype: TensorInfo["dtype"],
): TensorInfo[] {
  return Array.from({ length: count }, (_, index) =>
    recorder.tensor(index === 0 ? name : `${name}:${index}`, shape, dtype),
  );
}
