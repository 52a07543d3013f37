import { around, emptyTensor, sizeOf, type Tensor } from "../../tensor.ts";
import type { OperationCall, OperationRun } from "../call.ts";

/** As numpy.take: the indices replace an axis. With `batch_dims` the axes before stand for themselves in both. */
export const gather: OperationRun = (call) => {
  const x = call.tensor("x", 1);
  const indices = call.tensor("indices");
  const axis = call.axis(call.number("axis", 0), x.shape.length);
  const batchDims = batchOf(call, x, indices);
  call.require(batchDims <= axis, `gathers along axis ${axis} within ${batchDims} batch axes`);
  const batch = sizeOf(x.shape.slice(0, batchDims));
  const outer = sizeOf(x.shape.slice(batchDims, axis));
  const [, size, inner] = around(x.shape, axis);
  const perBatch = indices.data.length / Math.max(1, batch);
  const result = emptyTensor([
    ...x.shape.slice(0, axis),
    ...indices.shape.slice(batchDims),
    ...x.shape.slice(axis + 1),
  ]);
  for (let item = 0; item < batch * outer; item++) {
    const first = Math.floor(item / outer) * perBatch;
    for (let index = 0; index < perBatch; index++) {
      const place = placeOf(call, indices.data[first + index] ?? 0, size);
      const from = (item * size + place) * inner;
      const part = x.data.subarray(from, from + inner);
      result.data.set(part, (item * perBatch + index) * inner);
    }
  }
  return { ...result, dataType: x.dataType };
};

/** An index for every element of the result along one axis, as numpy.take_along_axis. */
export const gather_along_axis: OperationRun = (call) => {
  const x = call.tensor("x", 1);
  const indices = call.tensor("indices");
  const axis = call.axis(call.number("axis", 0), x.shape.length);
  batchOf(call, x, indices);
  call.require(
    indices.shape.length === x.shape.length &&
      indices.shape.every((size, at) => at === axis || size === x.shape[at]),
    `gathers [${indices.shape}] from [${x.shape}] along axis ${axis}`,
  );
  const [, size, inner] = around(x.shape, axis);
  const count = indices.shape[axis] ?? 1;
  const result = emptyTensor(indices.shape);
  result.data.forEach((_, index) => {
    const item = Math.floor(index / (count * inner));
    const place = placeOf(call, indices.data[index] ?? 0, size);
    result.data[index] = x.data[(item * size + place) * inner + (index % inner)] ?? 0;
  });
  return { ...result, dataType: x.dataType };
};

/** The last axis of the indices names places in the first axes of the input. */
export const gather_nd: OperationRun = (call) => {
  const x = call.tensor("x", 1);
  const indices = call.tensor("indices", 1);
  const batchDims = batchOf(call, x, indices);
  const depth = indices.shape.at(-1) ?? 1;
  call.require(
    batchDims + depth <= x.shape.length && batchDims < indices.shape.length,
    `finds [${indices.shape}] in [${x.shape}]`,
  );
  const lead = indices.shape.slice(0, -1);
  const rest = x.shape.slice(batchDims + depth);
  const inner = sizeOf(rest);
  const sizes = x.shape.slice(batchDims, batchDims + depth);
  const perBatch = sizeOf(lead.slice(batchDims));
  const result = emptyTensor([...lead, ...rest]);
  for (let item = 0; item < sizeOf(lead); item++) {
    const start = Math.floor(item / perBatch);
    const place = sizes.reduce(
      (sum, size, at) => sum * size + placeOf(call, indices.data[item * depth + at] ?? 0, size),
      start,
    );
    result.data.set(x.data.subarray(place * inner, (place + 1) * inner), item * inner);
  }
  return { ...result, dataType: x.dataType };
};

function batchOf(call: OperationCall, x: Tensor, indices: Tensor): number {
  call.ignore("validate_indices");
  const count = call.number("batch_dims", 0);
  const same = x.shape.slice(0, count).join() === indices.shape.slice(0, count).join();
  call.require(
    Number.isInteger(count) && count >= 0 && count < x.shape.length && same,
    `has ${count} batch axes in [${x.shape}] and [${indices.shape}]`,
  );
  return count;
}

function placeOf(call: OperationCall, index: number, size: number): number {
  const place = index < 0 ? index + size : index;
  call.require(
    Number.isInteger(place) && place >= 0 && place < size,
    `looks up ${index} in ${size} places`,
  );
  return place;
}
