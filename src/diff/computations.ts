import type { Graph, Node } from "../ir/graph.ts";
import type { Op } from "../ir/ops/index.ts";
import { type Dim, readFloat64, sizeOf, type WeightRef } from "../ir/tensor.ts";
import { isJsonObject, type Json, type JsonObject } from "../json.ts";

/**
 * What each layer computes, by its name: the ops of its first call without their weights, in plain data. What two spellings of one
 * function share is said in one of them.
 */
export function computations(graph: Graph): ReadonlyMap<string, readonly JsonObject[]> {
  const found = new Map<string, JsonObject[]>();
  for (const node of graph.nodes) {
    const { origin } = node;
    if (origin.call !== 0) continue;
    const list = found.get(origin.layer) ?? [];
    found.set(origin.layer, list);
    for (const settings of spelled(node, graph)) {
      const entries = Object.entries(settings).sort(([x], [y]) => (x < y ? -1 : 1));
      const plain: Json = JSON.parse(JSON.stringify(Object.fromEntries(entries)));
      if (isJsonObject(plain)) list.push(plain);
    }
  }
  return found;
}

/**
 * Keras 3 has no ThresholdedReLU and another `hard_sigmoid`, so that both are said by other layers there; convolutions of Theano are
 * padded by layers of their own.
 */
function spelled({ op, inputs, outputs }: Node, { types }: Graph): readonly object[] {
  const { weights, ...settings } = op;
  switch (op.kind) {
    case "activation":
      return activation(op);
    case "conv":
    case "depthwiseConv":
      return convolution(op);
    case "globalPool":
      return globalPool(op, types.get(outputs[0] ?? "")?.shape ?? []);
    case "affine": {
      const { scale, offset } = op.weights;
      return [{ ...settings, scale: numbersOf(scale, 1), offset: numbersOf(offset, 0) }];
    }
    case "matmul":
      if (types.get(inputs[0] ?? "")?.shape.length !== 3) return [settings];
      return [
        { kind: "dot", axes: [op.transposeA ? 1 : 2, op.transposeB ? 2 : 1], normalize: false },
      ];
    default:
      return [settings];
  }
}

/** With amounts of its own as a step that pads, and one that does not. */
function convolution({ weights, ...op }: Extract<Op, { readonly kind: "conv" | "depthwiseConv" }>) {
  const { padding, strides, dilations, layout } = op;
  const before = ((weights.kernel.shape[0] ?? 1) - 1) * (dilations[0] ?? 1);
  const spatial = padding === "causal" ? [[before, 0] as const] : padding;
  if (typeof spatial === "string") return [op];
  const isSame = spatial.every(([first, last], axis) => {
    const total = ((weights.kernel.shape[axis] ?? 1) - 1) * (dilations[axis] ?? 1);
    return first === Math.floor(total / 2) && last === total - first;
  });
  if (isSame && strides.every((step) => step === 1)) return [{ ...op, padding: "same" }];
  const none = [0, 0];
  const amounts = layout === "channels-last" ? [none, ...spatial, none] : [none, none, ...spatial];
  const pad = { kind: "pad", amounts, mode: "constant", value: 0 };
  return [pad, { ...op, padding: "valid" }];
}

/** With the axes that it pools over given back by a step of their own. */
function globalPool(
  { weights: _, ...op }: Extract<Op, { readonly kind: "globalPool" }>,
  shape: readonly Dim[],
) {
  const whole = { ...op, keepDims: false };
  return op.keepDims ? [whole, { kind: "reshape", shape: shape.slice(1) }] : [whole];
}

function activation({ kind, activation: stated }: Extract<Op, { readonly kind: "activation" }>) {
  const relu = (maxValue: number | null, threshold: number) => ({
    kind,
    activation: { fn: "relu", negativeSlope: 0, maxValue, threshold },
  });
  switch (stated.fn) {
    case "linear":
      return [];
    case "thresholdedRelu":
      return [relu(null, stated.theta)];
    case "hardSigmoid": {
      const scale = Math.fround(stated.slope);
      return [{ kind: "affine", scale, offset: stated.offset }, relu(1, 0)];
    }
    default:
      return [{ kind, activation: stated }];
  }
}

/** More than these are compared as weights, or not told. */
const MOST = 64;

function numbersOf(ref: WeightRef | undefined, otherwise: number): Json {
  if (ref === undefined) return otherwise;
  if (sizeOf(ref.shape) > MOST) return `${sizeOf(ref.shape)} numbers`;
  const numbers = [...readFloat64(ref)].map(Math.fround);
  const [first = otherwise] = numbers;
  return numbers.every((number) => number === first) ? first : numbers;
}
