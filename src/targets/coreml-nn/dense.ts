import type { Node } from "../../ir/graph.ts";
import type { DenseOp, DotOp, EmbeddingOp, MatmulOp } from "../../ir/ops/dense.ts";
import { reshapeWeight } from "../../weights/reshape.ts";
import { transposeWeight } from "../../weights/transpose.ts";
import { knownSize, refuse } from "../refuse.ts";
import type { Emitters } from "../target.ts";
import { VALID } from "./border.ts";
import type { Emission } from "./emission.ts";
import { BATCH, CHANNEL, HEIGHT, type Layout, SEQ, WIDTH, withAxisAt } from "./layout.ts";
import { inverseNorm } from "./standardise.ts";

/** Dense layers, embeddings and products of two values. */
export const denseEmitters: Pick<Emitters<Emission>, "dense" | "embedding" | "matmul" | "dot"> = {
  dense: emitDense,
  embedding: emitEmbedding,
  matmul: emitMatmul,
  dot: emitDot,
};

/**
 * On vectors and sequences `innerProduct`; where other axes lie on height or width, Keras applies the layer at each
 * place, which is a 1 x 1 convolution.
 */
function emitDense(node: Node<DenseOp>, emission: Emission): string {
  const { kernel, bias } = node.op.weights;
  const [inputs = 0, units = 0] = kernel.shape;
  const last = emission.input(node).shape.length - 1;
  const layout = withAxisAt(emission.input(node).layout, last, CHANNEL);
  const x = emission.read(node, layout).name;
  const biasPart = bias === undefined ? {} : { hasBias: true, bias: emission.weights(node, bias) };
  const matrix = transposeWeight(kernel, [1, 0]);
  const writer = emission.write(node, layout);
  const update = emission.isTrainable(node) ? { isUpdatable: true } : {};
  if (layout.includes(HEIGHT) || layout.includes(WIDTH)) {
    const weights = emission.weights(node, reshapeWeight(matrix, [units, inputs, 1, 1]));
    const shape = { kernelSize: [1, 1], stride: [1, 1], dilationFactor: [1, 1], nGroups: 1 };
    const sizes = { outputChannels: units, kernelChannels: inputs };
    return writer.finish(
      { ...update, convolution: { ...sizes, ...shape, ...VALID, weights, ...biasPart } },
      x,
    );
  }
  const weights = emission.weights(node, matrix);
  const sizes = { inputChannels: inputs, outputChannels: units };
  return writer.finish({ ...update, innerProduct: { ...sizes, weights, ...biasPart } }, x);
}

/**
 * The classic layer takes its indices from the sequence axis. Indices of several axes are laid out in one row for it, and
 * their vectors laid back.
 */
function emitEmbedding(node: Node<EmbeddingOp>, emission: Emission): string {
  const { embeddings } = node.op.weights;
  const [inputDim = 0, outputChannels = 0] = embeddings.shape;
  const weights = emission.weights(node, transposeWeight(embeddings, [1, 0]));
  const embedding = { embedding: { inputDim, outputChannels, weights } };
  const input = emission.input(node);
  const rank = input.shape.length;
  if (rank <= 2) {
    const x = emission.read(node, rank === 1 ? [BATCH] : [BATCH, SEQ]).name;
    const layout = rank === 1 ? [BATCH, CHANNEL] : [BATCH, SEQ, CHANNEL];
    return emission.write(node, layout).finish(embedding, x);
  }
  const sizes = input.shape.slice(1).map((_, index) => {
    return knownSize(node, input.shape, index + 1, "The number of indices");
  });
  const count = sizes.reduce((product, size) => product * size, 1);
  const x = emission.read(node, [BATCH, SEQ, CHANNEL, HEIGHT, WIDTH].slice(0, rank)).name;
  const layout = [BATCH, ...[SEQ, HEIGHT, WIDTH].slice(-(rank - 1)), CHANNEL];
  const writer = emission.write(node, layout);
  const row = writer.step("row", { reshape: { targetShape: [count, 1, 1, 1] } }, x);
  const [width = 1, height = 1, sequence = 1] = [...sizes].reverse();
  const targetShape = [sequence, outputChannels, height, width];
  const back = { reshape: { targetShape, mode: "CHANNEL_LAST" } } as const;
  return writer.finish(back, writer.step("vectors", embedding, row));
}

/** The matrices stand on height and width. */
function emitMatmul(node: Node<MatmulOp>, emission: Emission): string {
  const { transposeA, transposeB } = node.op;
  const rank = emission.shapeOf(node.outputs[0] ?? "").length;
  const leading = [BATCH, SEQ, CHANNEL].slice(0, rank - 2);
  if (leading.length !== rank - 2)
    refuse(node, `matrices of ${rank} axes cannot be multiplied: at most five.`);
  const layout = [...leading, HEIGHT, WIDTH];
  const a = emission.read(node, layout, 0).name;
  const b = emission.read(node, layout, 1).name;
  return emission.write(node, layout).finish({ batchedMatmul: { transposeA, transposeB } }, a, b);
}

/** Two vectors have a layer of their own; everything else is a matrix product over the contracted axes. */
function emitDot(node: Node<DotOp>, emission: Emission): string {
  const [a, b] = [emission.input(node, 0), emission.input(node, 1)];
  if (a.shape.length === 2 && b.shape.length === 2) {
    const layout = [BATCH, CHANNEL];
    const inputs = [emission.read(node, layout, 0).name, emission.read(node, layout, 1).name];
    const dot = node.op.normalize ? { cosineSimilarity: true } : {};
    return emission.write(node, layout).finish({ dot }, ...inputs);
  }
  return emitContraction(node, emission);
}

function emitContraction(node: Node<DotOp>, emission: Emission): string {
  const [axisA, axisB] = node.op.axes;
  const rankA = emission.input(node, 0).shape.length;
  const rankB = emission.input(node, 1).shape.length;
  const rows = places(rankA - 2, [HEIGHT, SEQ]);
  const columns = places(rankB - 2, [WIDTH, CHANNEL]);
  if (rows === undefined || columns === undefined) {
    refuse(
      node,
      `inputs of ${rankA} and ${rankB} axes have more than four left after contraction.`,
    );
  }
  const a = emission.read(node, contracted(rankA, axisA, rows, WIDTH), 0).name;
  const b = emission.read(node, contracted(rankB, axisB, columns, HEIGHT), 1).name;
  const rest = [...rows, ...columns];
  const writer = emission.write(node, [BATCH, ...(rest.length === 0 ? [CHANNEL] : rest)]);
  if (!node.op.normalize) return writer.finish({ batchedMatmul: {} }, a, b);
  const product = { multiplyBroadcastable: {} };
  const unit = (name: string, x: string, axis: "H" | "W"): string =>
    writer.step(name, product, x, inverseNorm(writer, x, axis, name));
  return writer.finish({ batchedMatmul: {} }, unit("first", a, "W"), unit("second", b, "H"));
}

/** Blob axes for the axes that remain, outermost first; the last one is the matrix's own. */
function places(
  count: number,
  [own, outer]: readonly [number, number],
): readonly number[] | undefined {
  if (count > 2) return undefined;
  return count === 2 ? [outer, own] : [own].slice(0, count);
}

function contracted(rank: number, axis: number, rest: readonly number[], place: number): Layout {
  const left = [...rest];
  return Array.from({ length: rank }, (_, index) => {
    if (index === 0) return BATCH;
    return index === axis ? place : (left.shift() ?? CHANNEL);
  });
}
