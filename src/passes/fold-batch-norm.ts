import type { Graph, Node, ValueId } from "../ir/graph.ts";
import type { ConvOp, ConvTransposeOp, DepthwiseConvOp } from "../ir/ops/conv.ts";
import type { DenseOp } from "../ir/ops/dense.ts";
import type { BatchNormOp } from "../ir/ops/norm.ts";
import { consumersOf, producersOf, rewriteGraph } from "../ir/rewrite.ts";
import { sizeOf, type WeightRef } from "../ir/tensor.ts";
import { filledWeight } from "../weights/constant.ts";
import { mapWeight } from "../weights/map.ts";
import { reshapeWeight } from "../weights/reshape.ts";
import { scaleWeight } from "../weights/scale.ts";

/**
 * Multiplies a batch normalisation by stored statistics into the linear layer before it: for inference only. Done where
 * nothing else reads that layer's result and no other call shares its kernel, so that no weight is held twice.
 */
export function foldBatchNorm(graph: Graph): Graph {
  const folds = findFolds(graph);
  if (folds.size === 0) return graph;
  const norms = new Set([...folds.values()].map(({ norm }) => norm.id));
  return rewriteGraph(graph, (node) => {
    const fold = folds.get(node.id);
    if (fold !== undefined) {
      const op = foldInto(fold.linear, fold.norm.op);
      return { replace: [{ id: node.id, op, inputs: node.inputs, outputs: node.outputs }] };
    }
    return norms.has(node.id) ? { remove: node.inputs } : "keep";
  });
}

type LinearOp = ConvOp | DepthwiseConvOp | ConvTransposeOp | DenseOp;

interface Fold {
  readonly linear: LinearOp;
  readonly norm: Node<BatchNormOp>;
}

/** What to fold, by the id of the linear node. */
function findFolds(graph: Graph): ReadonlyMap<string, Fold> {
  const consumers = consumersOf(graph);
  const producers = producersOf(graph);
  const uses = kernelUses(graph);
  const outputs = new Set(graph.outputs.map(({ value }) => value));
  const folds = new Map<string, Fold>();
  for (const node of graph.nodes) {
    const { op } = node;
    const [value = ""] = node.inputs;
    const producer = producers.get(value);
    if (op.kind !== "batchNorm" || producer === undefined || outputs.has(value)) continue;
    const linear = linearOf(producer);
    if (linear === undefined || consumers.get(value)?.length !== 1) continue;
    if (uses.get(linear.weights.kernel.id) !== 1) continue;
    if (op.axis !== channelAxisOf(linear, graph, value)) continue;
    folds.set(producer.id, { linear, norm: { ...node, op } });
  }
  return folds;
}

function linearOf({ op }: Node): LinearOp | undefined {
  switch (op.kind) {
    case "conv":
    case "depthwiseConv":
    case "convTranspose":
    case "dense":
      return op;
    default:
      return undefined;
  }
}

function kernelUses(graph: Graph): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  for (const node of graph.nodes) {
    const kernel = linearOf(node)?.weights.kernel.id;
    if (kernel !== undefined) uses.set(kernel, (uses.get(kernel) ?? 0) + 1);
  }
  return uses;
}

function channelAxisOf(op: LinearOp, graph: Graph, value: ValueId): number {
  if (op.kind !== "dense" && op.layout === "channels-first") return 1;
  return (graph.types.get(value)?.shape.length ?? 0) - 1;
}

function foldInto(op: LinearOp, norm: BatchNormOp): LinearOp {
  const { mean, variance } = norm.weights;
  const gamma = norm.weights.gamma ?? filledWeight("one", mean.shape, 1);
  const beta = norm.weights.beta ?? filledWeight("zero", mean.shape, 0);
  const before = op.weights.bias ?? filledWeight("zero", mean.shape, 0);
  const scale = mapWeight(`fold${norm.epsilon}`, [variance, gamma], mean.shape, scaleOf(norm));
  const bias = mapWeight("foldBias", [scale, mean, beta, before], mean.shape, biasOf);
  return withWeights(op, scale, bias);
}

function scaleOf(norm: BatchNormOp): (...values: readonly Float64Array[]) => Float64Array {
  return (variance = NONE, gamma = NONE) =>
    variance.map((value, c) => (gamma[c] ?? 0) / Math.sqrt(value + norm.epsilon));
}

function biasOf(...values: readonly Float64Array[]): Float64Array {
  const [scale = NONE, mean = NONE, beta = NONE, before = NONE] = values;
  return scale.map((factor, c) => ((before[c] ?? 0) - (mean[c] ?? 0)) * factor + (beta[c] ?? 0));
}

const NONE = new Float64Array();

function withWeights(op: LinearOp, scale: WeightRef, bias: WeightRef): LinearOp {
  const { kernel } = op.weights;
  const rank = kernel.shape.length;
  switch (op.kind) {
    case "dense":
      return { ...op, weights: { kernel: scaleWeight(kernel, scale, rank - 1), bias } };
    case "conv":
      return { ...op, weights: { kernel: scaleWeight(kernel, scale, rank - 1), bias } };
    case "convTranspose":
      return { ...op, weights: { kernel: scaleWeight(kernel, scale, rank - 2), bias } };
    case "depthwiseConv": {
      // Channels and their multiples are one axis of the output.
      const joined = reshapeWeight(kernel, [...kernel.shape.slice(0, -2), sizeOf(scale.shape)]);
      const scaled = reshapeWeight(scaleWeight(joined, scale, rank - 2), kernel.shape);
      return { ...op, weights: { kernel: scaled, bias } };
    }
  }
}
