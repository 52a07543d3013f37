import { reshaped, sizeOf, type Tensor, transposed } from "../../tensor.ts";
import type { OperationCall, OperationRun } from "../call.ts";

/** To a stated shape; one -1 is worked out, 0 keeps the size of that axis. */
export const reshape: OperationRun = (call) => {
  const x = call.tensor();
  const target = call
    .numbers("shape")
    .map((size, axis) => (size === 0 ? (x.shape[axis] ?? 0) : size));
  return toShape(call, x, target);
};

/** To stretches of the shapes of other tensors. */
export const reshape_like: OperationRun = (call) => {
  const parts = (name: string) => call.tensors(name).map(({ data }) => data[0] ?? 0);
  const [begins, ends, masks] = [parts("begins"), parts("ends"), parts("end_masks")];
  const target = call.tensors("ref_tensors").flatMap(({ shape }, index) => {
    const end = masks[index] === 0 ? (ends[index] ?? 0) : shape.length;
    return shape.slice(begins[index] ?? 0, end);
  });
  return toShape(call, call.tensor(), target);
};

/** Output axis `i` is input axis `perm[i]`. */
export const transpose: OperationRun = (call) => {
  const x = call.tensor();
  const rank = x.shape.length;
  const order = call.numbers("perm").map((axis) => call.axis(axis, rank));
  call.require(
    order.length === rank && new Set(order).size === rank,
    `orders the axes of [${x.shape}] as [${order}]`,
  );
  return transposed(x, order);
};

/** Adds axes of size 1, counted in the result. */
export const expand_dims: OperationRun = (call) => {
  const x = call.tensor();
  const axes = call.numbers("axes");
  const rank = x.shape.length + axes.length;
  const added = new Set(axes.map((axis) => call.axis(axis, rank)));
  call.require(added.size === axes.length, `adds an axis of [${axes}] twice`);
  const rest = [...x.shape];
  const shape = Array.from({ length: rank }, (_, axis) =>
    added.has(axis) ? 1 : (rest.shift() ?? 1),
  );
  return reshaped(x, shape);
};

/** Drops the given axes of size 1, or all. */
export const squeeze: OperationRun = (call) => {
  const x = call.tensor();
  const ones = x.shape.flatMap((size, axis) => (size === 1 ? [axis] : []));
  const axes = call.numbers("axes", ones).map((axis) => call.axis(axis, x.shape.length));
  call.require(
    axes.every((axis) => x.shape[axis] === 1),
    `drops the axes [${axes}] of [${x.shape}], which are not all 1`,
  );
  return reshaped(
    x,
    x.shape.filter((_, axis) => !axes.includes(axis)),
  );
};

/** Everything before an axis, and everything from it on. */
export const flatten2d: OperationRun = (call) => {
  const x = call.tensor();
  const rank = x.shape.length;
  const given = call.number("axis", 1);
  const axis = given === rank ? rank : call.axis(given, rank);
  return reshaped(x, [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis))]);
};

/** The shape of the input as numbers. */
export const shape: OperationRun = (call) => {
  const { shape: sizes } = call.tensor();
  return { shape: [sizes.length], data: Float32Array.from(sizes), dataType: "INT32" };
};

function toShape(call: OperationCall, x: Tensor, target: readonly number[]): Tensor {
  const free = target.filter((size) => size === -1).length;
  const known = sizeOf(target.filter((size) => size !== -1));
  const count = sizeOf(x.shape);
  const sizes = target.map((size) => (size === -1 ? count / known : size));
  call.require(
    free <= 1 &&
      sizes.every((size) => Number.isInteger(size) && size >= 0) &&
      sizeOf(sizes) === count,
    `reshapes [${x.shape}] to [${target}]`,
  );
  return reshaped(x, sizes);
}
