import { cut, cutEqually, join } from "../../joining.ts";
import { repeated } from "../../repeating.ts";
import { reshaped, type Tensor } from "../../tensor.ts";
import type { OperationRun } from "../call.ts";

/** Along an axis; interleaved, the inputs take turns. */
export const concat: OperationRun = (call) => {
  const tensors = call.tensors("values");
  const [first] = tensors;
  if (first === undefined) return call.fail("joins nothing");
  const { shape, dataType } = first;
  const axis = call.axis(call.number("axis"), shape.length);
  if (!call.flag("interleave", false)) return { ...join(call, tensors, axis), dataType };
  const apart = tensors.map((tensor) => {
    call.require(tensor.shape.join() === shape.join(), `joins [${shape}] and [${tensor.shape}]`);
    return reshaped(tensor, [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)]);
  });
  const size = (shape[axis] ?? 1) * tensors.length;
  const joined = join(call, apart, axis + 1);
  return {
    ...reshaped(joined, [...shape.slice(0, axis), size, ...shape.slice(axis + 1)]),
    dataType,
  };
};

/** Along a new axis. */
export const stack: OperationRun = (call) => {
  const tensors = call.tensors("values");
  const [first] = tensors;
  if (first === undefined) return call.fail("joins nothing");
  const { shape, dataType } = first;
  const axis = call.axis(call.number("axis"), shape.length + 1);
  const apart = tensors.map((tensor) => {
    call.require(tensor.shape.join() === shape.join(), `stacks [${shape}] and [${tensor.shape}]`);
    return reshaped(tensor, [...shape.slice(0, axis), 1, ...shape.slice(axis)]);
  });
  return { ...join(call, apart, axis), dataType };
};

/** An axis in equal parts, or in stated ones. */
export const split: OperationRun = (call) => {
  const x = call.tensor("x", 1);
  const axis = call.axis(call.number("axis"), x.shape.length);
  const sizes = call.numbers("split_sizes", []);
  const count = call.number("num_splits", sizes.length);
  call.require(
    count === call.outputCount && (sizes.length === 0 || sizes.length === count),
    `makes ${count} parts, but names ${call.outputCount} outputs`,
  );
  const whole = sizes.every((size) => Number.isInteger(size) && size >= 0);
  call.require(whole, `cuts into parts of ${sizes.join(", ")}`);
  return sizes.length === 0 ? cutEqually(call, x, axis, count) : cut(call, x, axis, sizes);
};

/** Every axis so many times over. */
export const tile: OperationRun = (call) => {
  const x = call.tensor("x", 1);
  const counts = call.numbers("reps");
  call.require(
    counts.length === x.shape.length &&
      counts.every((count) => Number.isInteger(count) && count > 0),
    `repeats [${x.shape}] by [${counts}]`,
  );
  return counts.reduce<Tensor>((result, count, axis) => repeated(result, axis, count), x);
};
