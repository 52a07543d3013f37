import type { Node } from "../../../ir/graph.ts";
import type { DenseOp, DotOp, EmbeddingOp, MatmulOp } from "../../../ir/ops/dense.ts";
import type { Emitters } from "../../target.ts";
import type { LayersEmission, TensorPlace } from "./emission.ts";
import { refuse } from "./refuse.ts";

/** Products of matrices, and rows of tables. */
export const denseEmitters = {
  dense: emitDense,
  matmul: emitMatmul,
  dot: emitDot,
  embedding: emitEmbedding,
} satisfies Partial<Emitters<LayersEmission>>;

function emitDense(node: Node<DenseOp>, emission: LayersEmission): void {
  const { kernel, bias } = node.op.weights;
  const config = {
    units: kernel.shape[1] ?? 0,
    use_bias: bias !== undefined,
    activation: emission.activationOf(node),
  };
  const weights = { kernel, ...(bias === undefined ? {} : { bias }) };
  const shape = emission.outputShape(node);
  emission.finish(
    node,
    emission.one(node, { className: "Dense", config, shape, weights }, emission.input(node)),
  );
}

/** Dot of tfjs contracts the last axis of the first and the last but one of the second, or turns them. */
function emitMatmul(node: Node<MatmulOp>, emission: LayersEmission): void {
  const { transposeA, transposeB } = node.op;
  const [a, b] = [emission.input(node, 0), emission.input(node, 1)];
  if (a.shape.length !== 3) {
    refuse(node, "products of stacks of matrices do not exist in layers of TensorFlow.js.");
  }
  if (a.shape[0] !== b.shape[0])
    refuse(node, "a product with a constant matrix does not exist there.");
  emission.finish(
    node,
    dotOf(node, emission, [a, b], [transposeA ? 1 : 2, transposeB ? 2 : 1], false),
  );
}

function emitDot(node: Node<DotOp>, emission: LayersEmission): void {
  const inputs = [emission.input(node, 0), emission.input(node, 1)] as const;
  if (inputs.some(({ shape }) => shape.length > 3)) {
    refuse(node, "Dot of TensorFlow.js takes inputs of at most three axes.");
  }
  emission.finish(node, dotOf(node, emission, inputs, node.op.axes, node.op.normalize));
}

function dotOf(
  node: Node,
  emission: LayersEmission,
  inputs: readonly [TensorPlace, TensorPlace],
  axes: readonly [number, number],
  normalize: boolean,
): TensorPlace {
  const config = { axes: [...axes], normalize };
  const shape = emission.outputShape(node);
  return emission.one(node, { className: "Dot", config, shape }, ...inputs);
}

function emitEmbedding(node: Node<EmbeddingOp>, emission: LayersEmission): void {
  const { embeddings } = node.op.weights;
  const ids = emission.input(node);
  const [input_dim = 0, output_dim = 0] = embeddings.shape;
  const mask = emission.graph.nodes.find(
    ({ op, inputs }) =>
      op.kind === "notEqualMask" &&
      op.value === 0 &&
      !op.reduceLast &&
      inputs[0] === node.inputs[0],
  )?.outputs[0];
  const config = {
    input_dim,
    output_dim,
    mask_zero: mask !== undefined,
    // Without it tfjs takes the input's shape for that of one step.
    input_length: ids.shape.slice(1).every((dim) => dim !== null)
      ? ids.shape.slice(1).map((dim) => dim ?? 0)
      : null,
    batch_input_shape: [...ids.shape],
  };
  const parts = { className: "Embedding", config, weights: { embeddings } };
  const shape = emission.outputShape(node);
  const more = mask === undefined ? {} : { mask };
  emission.finish(node, emission.one(node, { ...parts, shape, ...more }, ids));
}
