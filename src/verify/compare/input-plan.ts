import { fail } from "../../errors.ts";
import type { FeatureDescription, Model } from "../../formats/coreml/types.gen.ts";
import { PRESETS, type Preprocessing } from "../../image/preprocessing.ts";
import type { Graph, GraphPort, ValueId } from "../../ir/graph.ts";
import { type Dim, formatShape } from "../../ir/tensor.ts";
import { type Wiring, wiringOf } from "../wiring.ts";
import { axisOrder } from "./axis-order.ts";

/** How one input is fed on both sides. */
export interface InputPlan {
  readonly port: GraphPort;
  readonly feature: FeatureDescription;
  /** In Keras' axis order, batch left out; free sizes chosen. */
  readonly shape: readonly number[];
  /** Batch size in Keras: 1 unless the model fixes another. */
  readonly batch: number;
  /** The axes in Core ML's order. */
  readonly order: readonly number[];
  /** Whether arrays have exactly their declared axes. */
  readonly exactArrays: boolean;
  /** Of an input that holds indices: how many there are. */
  readonly vocabulary: number | undefined;
  /** How pixels become the numbers that Keras sees; undefined for an input that takes no picture. */
  readonly preprocessing: Preprocessing | undefined;
}

/** How pictures are prepared for Keras: for all inputs alike, or by the input's name in Core ML. */
export type Preparation = Preprocessing | ((input: string) => Preprocessing | undefined);

/**
 * Finds the Core ML input for each Keras input: by name where all agree, else by order. `preprocessing` says how
 * pictures are prepared for Keras; without it, inputs that are arrays in Core ML are taken for no pictures.
 *
 * Throws `bad-option` when the two models have different inputs.
 */
export function planInputs(
  graph: Graph,
  model: Model,
  preprocessing: Preparation | undefined,
): readonly InputPlan[] {
  const wiring = wiringOf(model);
  const features = wiring.inputs.filter(({ type }) => type?.isOptional !== true);
  if (features.length !== graph.inputs.length) {
    fail(
      "bad-option",
      `The Keras model has ${countOf(graph.inputs.length)}, the Core ML model ${countOf(features.length)}.`,
      { hint: "Is this file made of this model?" },
    );
  }
  const byName = graph.inputs.every(({ name }) => features.some((one) => one.name === name));
  return graph.inputs.map((port, index) => {
    const named = byName ? features.find(({ name }) => name === port.name) : undefined;
    const feature = named ?? features[index] ?? {};
    const prepare = typeof preprocessing === "function" ? preprocessing : () => preprocessing;
    return planInput(graph, wiring, port, feature, prepare(feature.name ?? ""));
  });
}

function planInput(
  graph: Graph,
  wiring: Wiring,
  port: GraphPort,
  feature: FeatureDescription,
  preprocessing: Preprocessing | undefined,
): InputPlan {
  const [batch, ...dims] = graph.types.get(port.value)?.shape ?? [];
  const order = axisOrder(graph, port.value);
  const { imageType } = feature.type ?? {};
  const shape = imageType
    ? pictureShape(port.name, dims, order, feature)
    : arraySizes(dims, order, feature.type?.multiArrayType?.shape ?? []);
  const isPicture = shape.length === 3 && [1, 3].includes(shape[order[0] ?? 0] ?? 0);
  return {
    port,
    feature,
    shape,
    batch: batch ?? 1,
    order,
    exactArrays: wiring.exactArrays,
    vocabulary: vocabularyOf(graph, port.value),
    preprocessing: imageType
      ? (preprocessing ?? PRESETS.none)
      : isPicture
        ? preprocessing
        : undefined,
  };
}

/** The sizes of a picture: what Keras leaves open, Core ML declares. */
function pictureShape(
  name: string,
  dims: readonly Dim[],
  order: readonly number[],
  { type, name: featureName = "" }: FeatureDescription,
): readonly number[] {
  const { width = 0, height = 0, colorSpace } = type?.imageType ?? {};
  const channels = colorSpace === "RGB" || colorSpace === "BGR" ? 3 : 1;
  const sizes = [channels, height, width];
  const shape = dims.map((dim, axis) => dim ?? sizes[order.indexOf(axis)] ?? 1);
  if (dims.length === 3 && order.every((axis, at) => shape[axis] === sizes[at])) return shape;
  return fail(
    "bad-option",
    `The Core ML input "${featureName}" takes pictures of ${width} by ${height} pixels and ${channels} ` +
      `channel${channels === 1 ? "" : "s"}, but the Keras input "${name}" has shape ${formatShape([null, ...dims])}.`,
    { hint: "Is this file made of this model?" },
  );
}

/** Free sizes: as the array declares them, where it has as many axes; else a few steps. */
function arraySizes(
  dims: readonly Dim[],
  order: readonly number[],
  declared: readonly number[],
): readonly number[] {
  return dims.map((dim, axis) => {
    const stated = declared.length === dims.length ? declared[order.indexOf(axis)] : undefined;
    return dim ?? stated ?? FREE_SIZE;
  });
}

/** Size of the table that an input's numbers look things up in. */
export function vocabularyOf(graph: Graph, value: ValueId): number | undefined {
  const reached = new Set([value]);
  for (const { op, inputs, outputs } of graph.nodes) {
    if (!inputs.some((one) => reached.has(one))) continue;
    if (op.kind === "embedding") return op.weights.embeddings.shape[0];
    if (!["reshape", "permute", "slice", "repeat", "concat", "noise"].includes(op.kind)) continue;
    for (const one of outputs) reached.add(one);
  }
  return undefined;
}

function countOf(inputs: number): string {
  return inputs === 1 ? "1 input" : `${inputs} inputs`;
}

/** For free time steps that no side fixes. */
export const FREE_SIZE = 7;
