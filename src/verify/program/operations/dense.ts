import { combine } from "../../broadcast.ts";
import { multiplyBatches, multiplyRows } from "../../products.ts";
import { softmaxOf } from "../../softmax.ts";
import { emptyTensor, mapTensor, reshaped, type Tensor, transposed } from "../../tensor.ts";
import type { OperationCall, OperationRun } from "../call.ts";

/** The last axis times a matrix `[out, in]`, plus a bias. */
export const linear: OperationRun = (call) => {
  const x = call.tensor("x", 1);
  const weight = call.tensor("weight", 2);
  const [rows = 1, depth = 1] = weight.shape;
  call.require(
    weight.shape.length === 2 && x.shape.at(-1) === depth,
    `multiplies [${x.shape}] with weights [${weight.shape}]`,
  );
  const bias = call.optional("bias");
  call.require(
    bias === undefined || bias.data.length === rows,
    `has ${bias?.data.length ?? 0} biases for ${rows} outputs`,
  );
  const result = emptyTensor([...x.shape.slice(0, -1), rows]);
  multiplyRows(x, weight.data, rows, depth, bias?.data, result);
  return result;
};

/** As numpy.matmul, either side transposed if asked for. */
export const matmul: OperationRun = (call) => {
  const x = call.tensor("x", 1);
  const y = call.tensor("y", 1);
  const left = x.shape.length === 1 ? reshaped(x, [1, ...x.shape]) : x;
  const right = y.shape.length === 1 ? reshaped(y, [...y.shape, 1]) : y;
  const turnLeft = call.flag("transpose_x", false) && x.shape.length > 1;
  const turnRight = call.flag("transpose_y", false) && y.shape.length > 1;
  const product = multiplyBatches(
    call,
    turnLeft ? turned(left) : left,
    turnRight ? turned(right) : right,
  );
  const shape = [...product.shape];
  if (y.shape.length === 1) shape.pop();
  if (x.shape.length === 1) shape.splice(y.shape.length === 1 ? -1 : -2, 1);
  return reshaped(product, shape);
};

/** `softmax(Q K^T / sqrt(d) + mask) V` over the last two axes. */
export const scaled_dot_product_attention: OperationRun = (call) => {
  const query = call.tensor("query", 3);
  const scale = 1 / Math.sqrt(query.shape.at(-1) ?? 1);
  const products = multiplyBatches(call, query, turned(call.tensor("key", 3)));
  const scores = mapTensor(products, (x) => x * scale);
  const mask = call.optional("attn_mask");
  const isChoice = mask?.dataType === "BOOL";
  const added = isChoice ? mapTensor(mask, (x) => (x === 0 ? Number.NEGATIVE_INFINITY : 0)) : mask;
  const masked = added === undefined ? scores : combine(call, [scores, added], (a, b) => a + b);
  const shares = softmaxOf(masked, masked.shape.length - 1);
  return { ...multiplyBatches(call, shares, call.tensor("value", 3)), dataType: query.dataType };
};

/** A product of two tensors by subscripts, as in numpy. */
export const einsum: OperationRun = (call) => {
  const operands = call.tensors("values");
  const [text] = call.values("equation");
  const equation = text?.kind === "text" ? (text.text[0] ?? "") : "";
  const [inputs = "", output] = equation.replaceAll(" ", "").split("->");
  const terms = inputs.split(",");
  const [left, right] = operands;
  if (left === undefined || right === undefined || output === undefined || operands.length > 2) {
    return call.fail(`cannot compute the equation ${JSON.stringify(equation)}`, "unsupported");
  }
  return { ...contracted(call, [left, right], terms, output), dataType: left.dataType };
};

/** Brings both operands to [shared, free, summed] and multiplies matrices. */
function contracted(
  call: OperationCall,
  [left, right]: readonly [Tensor, Tensor],
  [a = "", b = ""]: readonly string[],
  output: string,
): Tensor {
  call.require(
    /^[a-zA-Z]+$/.test(a + b + output) &&
      [a, b, output].every((term) => new Set(term).size === term.length) &&
      a.length === left.shape.length &&
      b.length === right.shape.length &&
      [...output].every((letter) => (a + b).includes(letter)),
    `cannot compute the equation "${a},${b}->${output}" of [${left.shape}] and [${right.shape}]`,
  );
  const both = [...a].filter((letter) => b.includes(letter));
  const shared = both.filter((letter) => output.includes(letter));
  const summed = both.filter((letter) => !output.includes(letter));
  const alone = (term: string, other: string) =>
    [...term].filter((letter) => !other.includes(letter));
  const [freeA, freeB] = [alone(a, b), alone(b, a)];
  call.require(
    [...freeA, ...freeB].every((letter) => output.includes(letter)),
    `sums an axis of one operand alone in "${a},${b}->${output}"`,
  );
  const sizes = new Map([...a].map((letter, axis) => [letter, left.shape[axis] ?? 1] as const));
  [...b].forEach((letter, axis) => {
    const size = right.shape[axis] ?? 1;
    call.require((sizes.get(letter) ?? size) === size, `has two sizes for axis "${letter}"`);
    sizes.set(letter, size);
  });
  const count = (letters: readonly string[]) =>
    letters.reduce((product, letter) => product * (sizes.get(letter) ?? 1), 1);
  const arrange = (tensor: Tensor, term: string, order: readonly (readonly string[])[]) => {
    const moved = transposed(
      tensor,
      order.flat().map((letter) => term.indexOf(letter)),
    );
    return reshaped(moved, order.map(count));
  };
  const product = multiplyBatches(
    call,
    arrange(left, a, [shared, freeA, summed]),
    arrange(right, b, [shared, summed, freeB]),
  );
  const order = [...shared, ...freeA, ...freeB];
  const apart = reshaped(
    product,
    order.map((letter) => sizes.get(letter) ?? 1),
  );
  return transposed(
    apart,
    [...output].map((letter) => order.indexOf(letter)),
  );
}

/** The last two axes exchanged. */
function turned(tensor: Tensor): Tensor {
  const axes = tensor.shape.map((_, axis) => axis);
  return transposed(tensor, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
}
