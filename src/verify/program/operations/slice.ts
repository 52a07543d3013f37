import { clamp, take } from "../../taking.ts";
import { around, emptyTensor, reshaped, sizeOf, stridesOf, type Tensor } from "../../tensor.ts";
import type { OperationCall, OperationRun } from "../call.ts";

/** Every axis as in Python; masks stand for a missing begin or end, squeezed axes keep one element and go. */
export const slice_by_index: OperationRun = (call) => {
  const x = call.tensor();
  const plan = slicePlan(call, x.shape);
  let result: Tensor = x;
  plan.forEach(({ start, step, count }, axis) => {
    result = take(result, axis, start, step, count);
  });
  return reshaped(
    result,
    result.shape.filter((_, axis) => plan[axis]?.squeezed !== true),
  );
};

/** The tensor with a slice of it replaced. */
export const slice_update: OperationRun = (call) => {
  const x = call.tensor();
  const update = call.tensor("update");
  const plan = slicePlan(call, x.shape);
  const sizes = plan.map(({ count }) => count);
  call.require(
    sizeOf(sizes) === update.data.length,
    `replaces a slice [${sizes}] by [${update.shape}]`,
  );
  const data = x.data.slice();
  const strides = stridesOf(x.shape);
  const inner = stridesOf(sizes);
  update.data.forEach((value, index) => {
    const place = plan.reduce((sum, { start, step, count }, axis) => {
      const at = Math.floor(index / (inner[axis] ?? 1)) % count;
      return sum + (start + at * step) * (strides[axis] ?? 0);
    }, 0);
    data[place] = value;
  });
  return { shape: x.shape, data };
};

/** So many elements of every axis from a begin on; -1 takes all that follow. */
export const slice_by_size: OperationRun = (call) => {
  const x = call.tensor();
  const [begins, sizes] = [call.numbers("begin"), call.numbers("size")];
  call.require(
    begins.length === x.shape.length && sizes.length === x.shape.length,
    `slices [${x.shape}] from [${begins}] by [${sizes}]`,
  );
  return x.shape.reduce<Tensor>((result, length, axis) => {
    const begin = begins[axis] ?? 0;
    const size = sizes[axis] === -1 ? length - begin : (sizes[axis] ?? 0);
    call.require(
      begin >= 0 && size > 0 && begin + size <= length,
      `slices [${x.shape}] from [${begins}] by [${sizes}]`,
    );
    return take(result, axis, begin, 1, size);
  }, x);
};

/** The chosen axes turned round, or all. */
export const reverse: OperationRun = (call) => {
  const x = call.tensor();
  const all = x.shape.map((_, axis) => axis);
  return call.numbers("axes", all).reduce<Tensor>((result, one) => {
    const axis = call.axis(one, all.length);
    const size = x.shape[axis] ?? 1;
    return take(result, axis, size - 1, -1, size);
  }, x);
};

/** The first elements of an axis turned round, as many as the sample's length says. */
export const reverse_sequence: OperationRun = (call) => {
  const x = call.tensor("x", 2);
  const lengths = call.numbers("lengths");
  const axis = call.axis(call.number("seq_axis", 0), x.shape.length);
  const batch = call.axis(call.number("batch_axis", 0), x.shape.length);
  const [, size, inner] = around(x.shape, axis);
  const [, samples, perSample] = around(x.shape, batch);
  call.require(lengths.length === samples, `has ${lengths.length} lengths for ${samples} samples`);
  const result = emptyTensor(x.shape);
  result.data.forEach((_, index) => {
    const length = lengths[Math.floor(index / perSample) % samples] ?? 0;
    const at = Math.floor(index / inner) % size;
    const from = at < length ? length - 1 - at : at;
    result.data[index] = x.data[index + (from - at) * inner] ?? 0;
  });
  return result;
};

/** All windows of a size along an axis, in a new axis before it. */
export const sliding_windows: OperationRun = (call) => {
  const x = call.tensor("x", 1);
  const axis = call.axis(call.number("axis"), x.shape.length);
  const [size, stride] = [call.number("size"), call.number("stride", 1)];
  const length = x.shape[axis] ?? 1;
  call.require(
    Number.isInteger(size) && size > 0 && size <= length && Number.isInteger(stride) && stride > 0,
    `takes windows of ${size} in steps of ${stride} from ${length}`,
  );
  const count = Math.floor((length - size) / stride) + 1;
  const [outer, , inner] = around(x.shape, axis);
  const result = emptyTensor([...x.shape.slice(0, axis), count, size, ...x.shape.slice(axis + 1)]);
  for (let item = 0; item < outer; item++) {
    for (let window = 0; window < count; window++) {
      const from = (item * length + window * stride) * inner;
      const to = (item * count + window) * size * inner;
      result.data.set(x.data.subarray(from, from + size * inner), to);
    }
  }
  return result;
};

/** Zeros outside a band around the diagonal of the last two axes; a negative bound is none. */
export const band_part: OperationRun = (call) => {
  const x = call.tensor("x", 2);
  const [lower, upper] = [call.number("lower", -1), call.number("upper", -1)];
  const [rows = 1, columns = 1] = x.shape.slice(-2);
  const result = emptyTensor(x.shape);
  result.data.forEach((_, index) => {
    const [row, column] = [Math.floor(index / columns) % rows, index % columns];
    const inside = (lower < 0 || row - column <= lower) && (upper < 0 || column - row <= upper);
    result.data[index] = inside ? (x.data[index] ?? 0) : 0;
  });
  return result;
};

/** What is taken of one axis. */
interface AxisSlice {
  readonly start: number;
  readonly step: number;
  readonly count: number;
  readonly squeezed: boolean;
}

function slicePlan(call: OperationCall, shape: readonly number[]): readonly AxisSlice[] {
  const rank = shape.length;
  const perAxis = (name: string, absent?: number) => {
    const fallback = absent === undefined ? undefined : new Array<number>(rank).fill(absent);
    const values = call.numbers(name, fallback);
    call.require(values.length === rank, `has ${name} [${values}] for an input [${shape}]`);
    return values;
  };
  const [begins, ends, strides] = [perAxis("begin"), perAxis("end"), perAxis("stride", 1)];
  const [beginMasks, endMasks] = [perAxis("begin_mask", 0), perAxis("end_mask", 0)];
  const squeezes = perAxis("squeeze_mask", 0);
  return shape.map((size, axis) => {
    const begin = begins[axis] ?? 0;
    if (squeezes[axis] !== 0) {
      return { start: call.axis(begin, size), step: 1, count: 1, squeezed: true };
    }
    const step = strides[axis] ?? 1;
    call.require(Number.isInteger(step) && step !== 0, `slices in steps of ${step}`);
    const [first, last] = step > 0 ? [0, size] : [size - 1, -1];
    const start = beginMasks[axis] === 0 ? clamp(begin, size, step) : first;
    const end = endMasks[axis] === 0 ? clamp(ends[axis] ?? 0, size, step) : last;
    const count = Math.ceil((end - start) / step);
    call.require(count > 0, `slices nothing from axis ${axis} of [${shape}]`);
    return { start, step, count, squeezed: false };
  });
}
