import type { Graph, Node } from "../ir/graph.ts";
import type { Op } from "../ir/ops/index.ts";
import { droppedShares } from "../ir/ops/recurrent.ts";
import type { Dim } from "../ir/tensor.ts";
import { isJsonList, isJsonObject, type Json, type JsonObject } from "../json.ts";

/**
 * What the steps of one layer compute, in a form that all spellings of a function share: formats differ in where they
 * count axes from, in how they say a padding, a pooling over everything, or a merge of two directions.
 */
export function normalOps(graph: Graph, nodes: readonly Node[]): readonly JsonObject[] {
  const found = nodes.flatMap(({ op, inputs }) => {
    const shape = graph.types.get(inputs[0] ?? "")?.shape ?? [];
    return normal(op, shape).map((one) => plain({ ...one, weights: undefined }));
  });
  return withDifferences(mergedDirections(found));
}

type Settings = Readonly<Record<string, unknown>>;

function normal(op: Op, shape: readonly Dim[]): readonly Settings[] {
  const last = (axis: number): number => (axis < 0 ? axis : axis - shape.length);
  switch (op.kind) {
    case "conv":
    case "depthwiseConv":
      return convolution(op);
    case "convTranspose":
      return [{ ...op, padding: isTight(op) ? "valid" : op.padding }];
    case "pool":
      return [isWhole(op, shape) ? global(op.fn, op.poolSize) : { ...op }];
    case "globalPool":
      return [global(op.fn, op.layout === "channels-last" ? shape.slice(1, -1) : shape.slice(2))];
    case "batchNorm":
      // Epsilon is part of the scale, which is compared.
      return [{ kind: op.kind, axis: last(op.axis) }];
    case "activation":
      return [{ ...op, activation: activation(op.activation, last) }];
    case "concat":
      return [{ kind: op.kind, axis: last(op.axis) }];
    case "recurrent":
      return [recurrent(op)];
    case "convLstm":
      return [{ ...op, dropout: droppedShares(op) }];
    case "resize":
      return [
        op.interpolation === "nearest" && op.factors ? { ...op, coordinates: "any" } : { ...op },
      ];
    case "reshape":
      return [{ kind: op.kind, shape: reshaped(op.shape) }];
    default:
      return [{ ...op }];
  }
}

type Convolution = Extract<Op, { readonly kind: "conv" | "depthwiseConv" }>;

/** With one number in the window nothing is padded; what came before is padded by a step of its own. */
function convolution(op: Convolution): readonly Settings[] {
  const { padding, dilations } = op;
  const window = op.weights.kernel.shape.slice(0, dilations.length);
  if (padding !== "causal") {
    return [{ ...op, padding: window.every((size) => size === 1) ? "valid" : padding }];
  }
  const before = ((window[0] ?? 1) - 1) * (dilations[0] ?? 1);
  const amounts = [
    [0, 0],
    [before, 0],
    [0, 0],
  ];
  const pad = { kind: "pad", amounts, mode: "constant", value: 0 };
  return [...(before === 0 ? [] : [pad]), { ...op, padding: "valid" }];
}

/** Whether the windows of a transposed convolution lie side by side, so that nothing is cut off. */
function isTight(op: Extract<Op, { readonly kind: "convTranspose" }>): boolean {
  const { strides, dilations, weights } = op;
  return strides.every((step, at) => weights.kernel.shape[at] === step && dilations[at] === 1);
}

function isWhole(op: Extract<Op, { readonly kind: "pool" }>, shape: readonly Dim[]): boolean {
  const sizes = op.layout === "channels-last" ? shape.slice(1, -1) : shape.slice(2);
  return op.padding === "valid" && op.poolSize.every((size, at) => size === sizes[at]);
}

/** Over steps as one window of all of them: Core ML leaves open how many there are. */
function global(fn: string, sizes: readonly Dim[]): Settings {
  const [steps, ...others] = sizes;
  if (others.length > 0 || typeof steps !== "number") return { kind: "globalPool", fn };
  return { kind: "pool", fn, poolSize: [steps], strides: [steps], padding: "valid" };
}

function activation(
  settings: Extract<Op, { readonly kind: "activation" }>["activation"],
  last: (axis: number) => number,
): Settings {
  if (settings.fn === "softmax") return { ...settings, axis: last(settings.axis) };
  if (settings.fn !== "thresholdedRelu") return { ...settings };
  return { fn: "relu", negativeSlope: 0, maxValue: null, threshold: settings.theta };
}

/** Settings that say nothing about this kind of cell are left out. */
function recurrent(op: Extract<Op, { readonly kind: "recurrent" }>): Settings {
  const { merge, recurrentActivation, resetAfter, stateful: _, dropout: __, ...rest } = op;
  return {
    ...rest,
    dropout: droppedShares(op),
    ...(op.direction === "bidirectional" ? { merge } : {}),
    ...(op.cell === "simple" ? {} : { recurrentActivation }),
    ...(op.cell === "gru" ? { resetAfter } : {}),
  };
}

/** Axes of one element are a matter of form. */
function reshaped(shape: readonly Dim[]): Json {
  const wide = shape.filter((size) => size !== 1 && size !== null);
  return wide.length <= 1 ? "flat" : wide;
}

/** What Core ML spells as both directions, their halves, and a sum. */
function mergedDirections(ops: readonly JsonObject[]): readonly JsonObject[] {
  const [first, second, third, fourth, ...rest] = ops;
  const halves = second?.kind === "slice" && third?.kind === "slice";
  if (first?.kind !== "recurrent" || !halves || fourth?.kind !== "merge") return ops;
  const fn = fourth.fn === "add" ? "sum" : (fourth.fn ?? null);
  return [{ ...first, merge: fn }, ...rest];
}

/** Float32 has seven digits, of which a writer may lose one. */
const DIGITS = 6;

/** A difference as a sum with what was negated. */
function withDifferences(ops: readonly JsonObject[]): readonly JsonObject[] {
  const [first, second, ...rest] = ops;
  const negated = first?.kind === "unary" && first.fn === "neg";
  if (!negated || second?.kind !== "merge" || second.fn !== "add") return ops;
  return [{ ...second, fn: "subtract" }, ...rest];
}

/** Plain data with its keys in order. */
function plain(settings: Settings): JsonObject {
  const json: Json = JSON.parse(JSON.stringify(settings));
  const ordered = inOrder(json);
  if (!isJsonObject(ordered)) return {};
  const { layout: _, momentum: __, ...rest } = ordered;
  return rest;
}

function inOrder(json: Json): Json {
  if (typeof json === "number") return Number(json.toPrecision(DIGITS));
  if (isJsonList(json)) return json.map(inOrder);
  if (!isJsonObject(json)) return json;
  const entries = Object.entries(json).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, value]) => [key, inOrder(value)]));
}
