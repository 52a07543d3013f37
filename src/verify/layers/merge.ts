import { broadcastShape, broadcastTo, combine } from "../broadcast.ts";
import { type LayerRun, on } from "../call.ts";
import { around, emptyTensor, mapTensor } from "../tensor.ts";

/** With one input, adds `alpha`. */
export const add = on("add", ({ alpha = 0 }, call) =>
  call.inputCount === 1
    ? mapTensor(call.input(), (x) => x + alpha)
    : combine(call, call.inputs, (a, b) => a + b),
);

/** With one input, multiplies by `alpha`. */
export const multiply = on("multiply", ({ alpha = 0 }, call) =>
  call.inputCount === 1
    ? mapTensor(call.input(), (x) => x * alpha)
    : combine(call, call.inputs, (a, b) => a * b),
);

/** The mean of all inputs, number by number. */
export const average = on("average", (_, call) => {
  const count = call.inputCount;
  return mapTensor(
    combine(call, call.inputs, (a, b) => a + b),
    (sum) => sum / count,
  );
});

/**
 * Inner product over channels (axis -3), or its cosine.
 *
 * @see NeuralNetwork.proto DotProductLayerParams
 */
export const dot = on("dot", ({ cosineSimilarity }, call) => {
  const a = call.input(0, 3);
  const b = call.input(1, 3);
  call.require(a.shape.join() === b.shape.join(), `joins [${a.shape}] with [${b.shape}]`);
  const [outer, size, inner] = around(a.shape, a.shape.length - 3);
  call.require(inner === 1, `needs blobs that end in 1, 1, but gets [${a.shape}]`);
  const result = emptyTensor([...a.shape.slice(0, -3), 1, 1, 1]);
  for (let item = 0; item < outer; item++) {
    let product = 0;
    let squaresA = 0;
    let squaresB = 0;
    for (let index = item * size; index < (item + 1) * size; index++) {
      const left = a.data[index] ?? 0;
      const right = b.data[index] ?? 0;
      product += left * right;
      squaresA += left * left;
      squaresB += right * right;
    }
    result.data[item] =
      cosineSimilarity === true ? product / Math.sqrt(squaresA * squaresB) : product;
  }
  return result;
});

/** The first input chooses between the second and the third. */
export const whereBroadcastable = on("whereBroadcastable", (_, call) => {
  const tensors = [call.input(0), call.input(1), call.input(2)] as const;
  const shape = broadcastShape(
    call,
    tensors.map((tensor) => tensor.shape),
  );
  const [condition, yes, no] = tensors.map((tensor) => broadcastTo(tensor, shape).data);
  const result = emptyTensor(shape);
  for (let index = 0; index < result.data.length; index++) {
    result.data[index] = ((condition?.[index] ?? 0) !== 0 ? yes?.[index] : no?.[index]) ?? 0;
  }
  return result;
});

/** Number by number, with broadcasting. */
export const max = binary("max", Math.max);
export const min = binary("min", Math.min);
export const addBroadcastable = binary("addBroadcastable", (a, b) => a + b);
export const subtractBroadcastable = binary("subtractBroadcastable", (a, b) => a - b);
export const multiplyBroadcastable = binary("multiplyBroadcastable", (a, b) => a * b);
export const divideBroadcastable = binary("divideBroadcastable", (a, b) => a / b);
export const floorDivBroadcastable = binary("floorDivBroadcastable", (a, b) => Math.floor(a / b));
export const modBroadcastable = binary("modBroadcastable", (a, b) => a - Math.floor(a / b) * b);
export const powBroadcastable = binary("powBroadcastable", (a, b) => a ** b);
export const maxBroadcastable = binary("maxBroadcastable", Math.max);
export const minBroadcastable = binary("minBroadcastable", Math.min);
export const logicalAnd = binary("logicalAnd", (a, b) => Number(a !== 0 && b !== 0));
export const logicalOr = binary("logicalOr", (a, b) => Number(a !== 0 || b !== 0));
export const logicalXor = binary("logicalXor", (a, b) => Number((a !== 0) !== (b !== 0)));

/** With one input, compares with `alpha`. */
export const equal = comparison("equal", (a, b) => a === b);
export const notEqual = comparison("notEqual", (a, b) => a !== b);
export const lessThan = comparison("lessThan", (a, b) => a < b);
export const lessEqual = comparison("lessEqual", (a, b) => a <= b);
export const greaterThan = comparison("greaterThan", (a, b) => a > b);
export const greaterEqual = comparison("greaterEqual", (a, b) => a >= b);

function binary(
  kind:
    | "max"
    | "min"
    | "addBroadcastable"
    | "subtractBroadcastable"
    | "multiplyBroadcastable"
    | "divideBroadcastable"
    | "floorDivBroadcastable"
    | "modBroadcastable"
    | "powBroadcastable"
    | "maxBroadcastable"
    | "minBroadcastable"
    | "logicalAnd"
    | "logicalOr"
    | "logicalXor",
  f: (left: number, right: number) => number,
): LayerRun {
  return on(kind, (_, call) => {
    call.require(call.inputCount > 1, "needs at least two inputs");
    return combine(call, call.inputs, f);
  });
}

function comparison(
  kind: "equal" | "notEqual" | "lessThan" | "lessEqual" | "greaterThan" | "greaterEqual",
  holds: (left: number, right: number) => boolean,
): LayerRun {
  return on(kind, ({ alpha = 0 }, call) =>
    call.inputCount === 1
      ? mapTensor(call.input(), (x) => Number(holds(x, alpha)))
      : combine(call, [call.input(0), call.input(1)], (a, b) => Number(holds(a, b))),
  );
}
