import { on } from "../call.ts";
import { cut, cutEqually, join } from "../joining.ts";
import { reshaped } from "../tensor.ts";

/** Along channels (axis -3) or the sequence (axis -5). */
export const concat = on("concat", ({ sequenceConcat }, call) => {
  const axis = sequenceConcat === true ? 5 : 3;
  const { shape } = call.input(0, axis);
  return join(call, call.inputs, shape.length - axis);
});

/** Along any axis; interleaved, the inputs take turns. */
export const concatND = on("concatND", ({ axis = 0, interleave }, call) => {
  const { shape } = call.input(0, 1);
  const at = call.axis(axis, shape.length);
  if (interleave !== true) return join(call, call.inputs, at);
  const apart = [...shape.slice(0, at + 1), 1, ...shape.slice(at + 1)];
  const joined = join(
    call,
    call.inputs.map((tensor) => reshaped(tensor, apart)),
    at + 1,
  );
  const size = (shape[at] ?? 1) * call.inputCount;
  return reshaped(joined, [...shape.slice(0, at), size, ...shape.slice(at + 1)]);
});

/** Along a new axis. */
export const stack = on("stack", ({ axis = 0 }, call) => {
  const { shape } = call.input();
  const at = call.axis(axis, shape.length + 1);
  const apart = [...shape.slice(0, at), 1, ...shape.slice(at)];
  return join(
    call,
    call.inputs.map((tensor) => {
      call.require(tensor.shape.join() === shape.join(), `stacks [${shape}] and [${tensor.shape}]`);
      return reshaped(tensor, apart);
    }),
    at,
  );
});

/** Channels in equal parts. */
export const split = on("split", ({ nOutputs = 0 }, call) => {
  const x = call.input(0, 3);
  return cutEqually(call, x, x.shape.length - 3, nOutputs);
});

/** Any axis, in equal parts or in stated ones. */
export const splitND = on("splitND", ({ axis = 0, numSplits = 0, splitSizes = [] }, call) => {
  const x = call.input(0, 1);
  const at = call.axis(axis, x.shape.length);
  return splitSizes.length === 0
    ? cutEqually(call, x, at, numSplits)
    : cut(call, x, at, splitSizes);
});
