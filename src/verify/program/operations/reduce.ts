import {
  fold,
  indexOfExtreme,
  mean,
  type Reduction,
  reduceAxes,
  squares,
  sum,
} from "../../reduction.ts";
import { around, emptyTensor, reshaped, type Tensor } from "../../tensor.ts";
import type { OperationRun } from "../call.ts";
import { dataTypeOf } from "./cast.ts";

/** Over the given axes, or all. */
export const reduce_sum = reduction(sum);
export const reduce_mean = reduction(mean);
export const reduce_max = reduction((values) => fold(values, Number.NEGATIVE_INFINITY, Math.max));
export const reduce_min = reduction((values) => fold(values, Number.POSITIVE_INFINITY, Math.min));
export const reduce_prod = reduction((values) => fold(values, 1, (product, x) => product * x));
export const reduce_l1_norm = reduction((values) => fold(values, 0, (all, x) => all + Math.abs(x)));
export const reduce_l2_norm = reduction((values) => Math.sqrt(squares(values)));
export const reduce_sum_square = reduction(squares);
export const reduce_log_sum = reduction((values) => Math.log(sum(values)));
/** The logarithm of a sum of exponentials, without overflow. */
export const reduce_log_sum_exp = reduction((values) => {
  const largest = fold(values, Number.NEGATIVE_INFINITY, Math.max);
  return largest + Math.log(fold(values, 0, (total, x) => total + Math.exp(x - largest)));
});

/** Where the extreme lies along an axis. */
export const reduce_argmax = argument((value, best) => value > best);
export const reduce_argmin = argument((value, best) => value < best);

/** Sums up to each element. */
export const cumsum: OperationRun = (call) => {
  const x = call.tensor("x", 1);
  const [outer, size, inner] = around(x.shape, call.axis(call.number("axis", 0), x.shape.length));
  const exclusive = call.flag("exclusive", false);
  const reverse = call.flag("reverse", false);
  const result = emptyTensor(x.shape);
  for (let group = 0; group < outer * inner; group++) {
    const start = Math.floor(group / inner) * size * inner + (group % inner);
    let total = 0;
    for (let step = 0; step < size; step++) {
      const place = start + (reverse ? size - 1 - step : step) * inner;
      const before = total;
      total += x.data[place] ?? 0;
      result.data[place] = exclusive ? before : total;
    }
  }
  return result;
};

/** The order in which an axis would be sorted. */
export const argsort: OperationRun = (call) => {
  const x = call.tensor("x", 1);
  const axis = call.axis(call.number("axis", -1), x.shape.length);
  const { indices } = sorted(x, axis, call.flag("ascending", false), x.shape[axis] ?? 1);
  return { ...indices, dataType: "INT32" };
};

/** The largest or smallest numbers along an axis, and where they lie. */
export const topk: OperationRun = (call) => {
  const x = call.tensor("x", 1);
  const axis = call.axis(call.number("axis", -1), x.shape.length);
  const count = call.number("k", 1);
  call.require(
    Number.isInteger(count) && count > 0 && count <= (x.shape[axis] ?? 1),
    `takes ${count} of ${x.shape[axis] ?? 1} numbers`,
  );
  call.require(call.flag("sort", true), "leaves the order of its results open");
  const { values, indices } = sorted(x, axis, call.flag("ascending", false), count);
  const dataType = dataTypeOf(call, "output_indices_dtype", "int32");
  if (!call.flag("return_indices", true)) return values;
  return [
    { ...values, dataType: x.dataType },
    { ...indices, dataType },
  ];
};

function reduction(f: Reduction): OperationRun {
  return (call) => {
    const x = call.tensor();
    const all = x.shape.map((_, axis) => axis);
    const given = call.numbers("axes", all).map((axis) => call.axis(axis, all.length));
    const keep = call.flag("keep_dims", false);
    const result = reduceAxes(x, given, keep, f);
    const shape = keep ? result.shape : x.shape.filter((_, axis) => !given.includes(axis));
    return reshaped(result, x.shape.length === 0 ? [] : shape);
  };
}

function argument(better: (value: number, best: number) => boolean): OperationRun {
  return (call) => {
    const x = call.tensor("x", 1);
    const axis = call.axis(call.number("axis", -1), x.shape.length);
    const result = indexOfExtreme(x, axis, better);
    const keep = call.flag("keep_dims", false);
    const shape = keep ? result.shape : result.shape.filter((_, index) => index !== axis);
    return { ...reshaped(result, shape), dataType: dataTypeOf(call, "output_dtype", "int32") };
  };
}

/** The first `count` places of every line along an axis, in order; of equal numbers the first comes first. */
function sorted(
  x: Tensor,
  axis: number,
  ascending: boolean,
  count: number,
): { readonly values: Tensor; readonly indices: Tensor } {
  const [outer, size, inner] = around(x.shape, axis);
  const shape = x.shape.map((one, index) => (index === axis ? count : one));
  const values = emptyTensor(shape);
  const indices = emptyTensor(shape);
  for (let group = 0; group < outer * inner; group++) {
    const [item, rest] = [Math.floor(group / inner), group % inner];
    const at = (place: number) => x.data[(item * size + place) * inner + rest] ?? 0;
    const order = Array.from({ length: size }, (_, place) => place).sort(
      (a, b) => (ascending ? at(a) - at(b) : at(b) - at(a)) || a - b,
    );
    for (let place = 0; place < count; place++) {
      const target = (item * count + place) * inner + rest;
      values.data[target] = at(order[place] ?? 0);
      indices.data[target] = order[place] ?? 0;
    }
  }
  return { values, indices };
}
