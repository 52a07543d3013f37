import { type LayerCall, on } from "../call.ts";
import { around, emptyTensor, reshaped, type Tensor } from "../tensor.ts";

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

function join(call: LayerCall, tensors: readonly Tensor[], axis: number): Tensor {
  const first = tensors[0]?.shape ?? [];
  let total = 0;
  for (const { shape } of tensors) {
    const fits =
      shape.length === first.length &&
      shape.every((size, index) => index === axis || size === first[index]);
    call.require(fits, `joins [${first}] and [${shape}] along axis ${axis}`);
    total += shape[axis] ?? 0;
  }
  const result = emptyTensor(first.map((size, index) => (index === axis ? total : size)));
  const [outer, , inner] = around(result.shape, axis);
  let at = 0;
  for (const { shape, data } of tensors) {
    const stretch = (shape[axis] ?? 0) * inner;
    for (let item = 0; item < outer; item++) {
      const part = data.subarray(item * stretch, (item + 1) * stretch);
      result.data.set(part, item * total * inner + at);
    }
    at += stretch;
  }
  return result;
}

function cutEqually(call: LayerCall, x: Tensor, axis: number, parts: number): readonly Tensor[] {
  const size = (x.shape[axis] ?? 0) / parts;
  call.require(Number.isInteger(size), `cuts ${x.shape[axis]} into ${parts} equal parts`);
  return cut(call, x, axis, new Array<number>(parts).fill(size));
}

function cut(
  call: LayerCall,
  x: Tensor,
  axis: number,
  sizes: readonly number[],
): readonly Tensor[] {
  const [outer, total, inner] = around(x.shape, axis);
  call.require(
    sizes.reduce((sum, size) => sum + size, 0) === total,
    `cuts ${total} into parts of ${sizes.join(", ")}`,
  );
  let start = 0;
  return sizes.map((size) => {
    const part = emptyTensor(x.shape.map((one, index) => (index === axis ? size : one)));
    for (let item = 0; item < outer; item++) {
      const from = (item * total + start) * inner;
      part.data.set(x.data.subarray(from, from + size * inner), item * size * inner);
    }
    start += size;
    return part;
  });
}
