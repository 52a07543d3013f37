import type { Node } from "../ir/graph.ts";
import type { OpKind, OpOf } from "../ir/ops/index.ts";
import type { Dim, TensorType } from "../ir/tensor.ts";

type Shape = readonly Dim[];

/**
 * Floating point operations of one node for one sample: 2 for each multiplication with its addition in convolutions,
 * matrix products and recurrent steps, 1 for each element that anything else computes, 0 for what only moves numbers.
 * Undefined when a size is free.
 */
export function flopsOf(
  node: Node,
  inputs: readonly TensorType[],
  outputs: readonly TensorType[],
): number | undefined {
  const shapes = inputs.map((type) => type.shape);
  const [first = []] = outputs.map((type) => type.shape);
  return count(node, shapes, first);
}

/** Elements of one sample; undefined when a size other than the batch is free. */
export function elementsOf(shape: Shape): number | undefined {
  let size: number | undefined = 1;
  for (const dim of shape.slice(1)) {
    size = dim === null || size === undefined ? undefined : size * dim;
  }
  return size;
}

const MOVES: ReadonlySet<OpKind> = new Set([
  "embedding",
  "concat",
  "reshape",
  "permute",
  "repeat",
  "pad",
  "crop",
  "slice",
  "constant",
  "noise",
  "custom",
]);

function count({ op }: Node, inputs: readonly Shape[], output: Shape): number | undefined {
  const [input = []] = inputs;
  const out = elementsOf(output);
  if (MOVES.has(op.kind)) return 0;
  switch (op.kind) {
    case "conv":
    case "dense": {
      // The kernel's last axis counts the outputs, all others what each output sums.
      const terms = product(op.weights.kernel.shape.slice(0, -1));
      return times(out, 2 * terms + (op.weights.bias === undefined ? 0 : 1));
    }
    case "depthwiseConv": {
      const terms = product(op.weights.kernel.shape.slice(0, -2));
      return times(out, 2 * terms + (op.weights.bias === undefined ? 0 : 1));
    }
    case "convTranspose": {
      const spread = 2 * product(op.weights.kernel.shape.slice(0, -1));
      const bias = op.weights.bias === undefined ? 0 : 1;
      return plus(times(elementsOf(input), spread), times(out, bias));
    }
    case "locallyConnected":
      return plus(2 * product(op.weights.kernel.shape), op.weights.bias === undefined ? 0 : out);
    case "matmul":
      return times(out, 2, input.at(op.transposeA ? -2 : -1));
    case "dot":
      return times(out, 2, input[op.axes[0]]);
    case "pool":
      return times(out, product(op.poolSize));
    case "globalPool":
    case "reduce":
      return elementsOf(input);
    case "batchNorm":
      return times(out, 2);
    case "recurrent":
      return recurrent(op, input);
    case "convLstm":
      return convLstm(op, input, output);
    default:
      return out;
  }
}

/** All gates of all steps, in both directions. */
function recurrent({ weights, direction }: OpOf<"recurrent">, input: Shape): number | undefined {
  const step = 2 * (product(weights.kernel.shape) + product(weights.recurrentKernel.shape));
  return times(input[1], step * (direction === "bidirectional" ? 2 : 1));
}

function convLstm(op: OpOf<"convLstm">, input: Shape, output: Shape): number | undefined {
  const step = 2 * (product(op.weights.kernel.shape) + product(op.weights.recurrentKernel.shape));
  const places = output.slice(op.returnSequences ? 2 : 1, -1);
  return times(input[1], step, ...places);
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((result, size) => result * size, 1);
}

function times(...factors: readonly (Dim | undefined)[]): number | undefined {
  let result = 1;
  for (const factor of factors) {
    if (factor === null || factor === undefined) return undefined;
    result *= factor;
  }
  return result;
}

function plus(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}
