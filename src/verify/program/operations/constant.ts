import { around, emptyTensor } from "../../tensor.ts";
import type { OperationCall, OperationRun } from "../call.ts";

/** One number in a stated shape. */
export const fill: OperationRun = (call) => filled(call, call.numbers("shape"));

/** One number in the shape of another tensor. */
export const fill_like: OperationRun = (call) => filled(call, call.tensor("ref_tensor").shape);

/** As numpy.arange. */
export const range_1d: OperationRun = (call) => {
  const [start, end, step] = [call.number("start"), call.number("end"), call.number("step")];
  const count = Math.max(0, Math.ceil((end - start) / step));
  call.require(Number.isSafeInteger(count), `counts from ${start} to ${end} by ${step}`);
  const result = emptyTensor([count]);
  result.data.forEach((_, at) => {
    result.data[at] = start + at * step;
  });
  return { ...result, dataType: call.tensor("start").dataType };
};

/** A new axis in which the place that an index names is on; an index outside turns nothing on. */
export const one_hot: OperationRun = (call) => {
  const indices = call.tensor("indices");
  const size = call.number("one_hot_vector_size");
  call.require(Number.isInteger(size) && size > 0, `makes vectors of ${size}`);
  const axis = call.axis(call.number("axis", -1), indices.shape.length + 1);
  const [on, off] = [call.number("on_value", 1), call.number("off_value", 0)];
  const result = emptyTensor([...indices.shape.slice(0, axis), size, ...indices.shape.slice(axis)]);
  result.data.fill(off);
  const [, , inner] = around(result.shape, axis);
  indices.data.forEach((place, index) => {
    if (place < 0 || place >= size) return;
    const [item, rest] = [Math.floor(index / inner), index % inner];
    result.data[(item * size + place) * inner + rest] = on;
  });
  return { ...result, dataType: call.optional("on_value")?.dataType ?? "INT32" };
};

function filled(call: OperationCall, shape: readonly number[]) {
  const value = call.optional("value");
  const result = emptyTensor(shape);
  result.data.fill(value?.data[0] ?? 0);
  return { ...result, dataType: value?.dataType ?? "FLOAT32" };
}
