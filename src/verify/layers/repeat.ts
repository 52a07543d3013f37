import { broadcastTo } from "../broadcast.ts";
import { type LayerCall, on } from "../call.ts";
import { repeated } from "../repeating.ts";
import type { Tensor } from "../tensor.ts";

/** Repeats the sequence (axis -5); 0 repetitions mean 1. */
export const sequenceRepeat = on("sequenceRepeat", ({ nRepetitions = 0 }, call) => {
  const x = call.input(0, 5);
  return repeated(x, x.shape.length - 5, nRepetitions || 1);
});

/** Repeats every axis; missing counts in front are 1. */
export const tile = on("tile", ({ reps = [] }, call) => {
  const x = call.input();
  const given = call.inputCount > 1 ? [...call.input(1).data] : reps;
  call.require(
    given.length > 0 && given.length <= x.shape.length,
    `repeats [${x.shape}] by [${given}]`,
  );
  const first = x.shape.length - given.length;
  return given.reduce((result, count, index) => repeated(result, first + index, count), x);
});

/** To a stated shape. */
export const broadcastToStatic = on("broadcastToStatic", ({ targetShape = [] }, call) =>
  broadcast(call, call.input(), targetShape),
);

/** To the shape of the second input. */
export const broadcastToLike = on("broadcastToLike", (_, call) =>
  broadcast(call, call.input(0), call.input(1).shape),
);

/** To the shape that the second input states. */
export const broadcastToDynamic = on("broadcastToDynamic", (_, call) =>
  broadcast(call, call.input(0), [...call.input(1).data]),
);

function broadcast(call: LayerCall, x: Tensor, target: readonly number[]): Tensor {
  const missing = target.length - x.shape.length;
  const fits =
    missing >= 0 && x.shape.every((size, axis) => size === 1 || size === target[axis + missing]);
  call.require(fits, `broadcasts [${x.shape}] to [${target}]`);
  return broadcastTo(x, target);
}
