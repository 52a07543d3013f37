import { bitsOf as widthOf } from "../../formats/coreml/blob-storage.ts";
import { networkOf } from "../../formats/coreml/network.ts";
import type { Model, NeuralNetworkLayer, WeightParams } from "../../formats/coreml/types.gen.ts";
import type { Graph } from "../../ir/graph.ts";
import { pipelineOf } from "../pipeline.ts";
import { openProgram, type ProgramStep } from "../program/open.ts";

/** Bits of the coarsest numbers in a run: 32 for single precision, 16 for half, 1 to 8 for quantised weights. */
export function precisionOf(model: Model, half: boolean): number {
  const members = pipelineOf(model)?.models ?? [];
  const bits = [
    ...(networkOf(model)?.layers ?? []).flatMap(bitsOf),
    ...(model.mlProgram === undefined ? [] : openProgram(model).steps.flatMap(bitsOfStep)),
    ...members.map((member) => precisionOf(member, half)),
  ];
  return Math.min(half ? 16 : 32, ...new Set(bits));
}

/**
 * The difference to expect of a right model, as a share of an output's largest number: single precision adds up to some 1e-5 in
 * deep networks, quantised weights to some of their steps. Half precision grows with the number of layers that compute with weights: on
 * random inputs, one to five of them are up to 0.006 off, recurrent ones 0.003 in a few steps, but the 55 of a MobileNet 0.04 to 0.1 by
 * their weights alone, and 0.05 to 0.29 when every layer is rounded, the scores of noise being close to each other.
 */
export function defaultTolerance(bits: number, graph: Graph): number {
  if (bits === 32) return 1e-4;
  if (bits < 16) return 4 / 2 ** bits;
  const layers = graph.nodes.map(({ op }) => {
    if (Object.keys(op.weights).length === 0) return 0;
    return RECURRENT.has(op.kind) ? STEPS : 1;
  });
  const count = layers.reduce<number>((sum, one) => sum + one, 0);
  return Math.min(0.35, Math.max(0.01, (6 * count) / 1000));
}

/** Recurrent layers round at each step. */
const RECURRENT: ReadonlySet<string> = new Set(["recurrent", "convLstm"]);
/** For how many layers one of them counts. */
const STEPS = 10;

/** Bits of what an operation of a program makes, and of the compressed weights that it unpacks. */
function bitsOfStep({ operation }: ProgramStep): readonly number[] {
  const { type = "", inputs, attributes, outputs = [] } = operation;
  const made = outputs.map((one) => (one.type?.tensorType?.dataType === "FLOAT16" ? 16 : 32));
  if (!type.startsWith("constexpr_")) return made;
  const valueAt = (name: string) =>
    attributes?.get(name) ?? inputs?.get(name)?.arguments?.[0]?.value;
  const packed = PACKED_INPUTS.flatMap((name) => {
    const tensor = valueAt(name)?.type?.tensorType;
    // Tables of old say by their length how many bits an index has; the indices are bytes.
    if (name === "lut" && tensor?.dimensions?.length === 1) {
      return [Math.log2(tensor.dimensions[0]?.constant?.size ?? 1)];
    }
    const bits = name === "lut" ? undefined : widthOf(tensor?.dataType ?? "UNUSED_TYPE");
    return bits === undefined ? [] : [Math.max(1, bits)];
  });
  return [...made, ...packed];
}

const PACKED_INPUTS = [
  "quantized_data",
  "data",
  "nonzero_data",
  "indices",
  "indices_nonzero_data",
  "lut",
] as const;

/** Bits of each weight of a layer. */
function bitsOf(layer: NeuralNetworkLayer): readonly number[] {
  return Object.values(layer).flatMap((body: unknown) => {
    if (typeof body !== "object" || body === null) return [];
    return weightsIn(body).map(({ quantization, float16Value }) => {
      if (quantization !== undefined) return quantization.numberOfBits ?? 8;
      return float16Value === undefined ? 32 : 16;
    });
  });
}

/** Weights stand in a layer's parameters, or in a list of weights within. */
function weightsIn(body: object): readonly WeightParams[] {
  return Object.values(body).flatMap((part: unknown): readonly WeightParams[] => {
    if (isWeights(part)) return [part];
    if (typeof part !== "object" || part === null || ArrayBuffer.isView(part)) return [];
    return Object.values(part).flatMap((inner: unknown) => {
      if (isWeights(inner)) return [inner];
      return typeof inner === "object" && inner !== null && !ArrayBuffer.isView(inner)
        ? Object.values(inner).filter(isWeights)
        : [];
    });
  });
}

function isWeights(value: unknown): value is WeightParams {
  return (
    typeof value === "object" &&
    value !== null &&
    ("floatValue" in value || "float16Value" in value || "quantization" in value)
  );
}
