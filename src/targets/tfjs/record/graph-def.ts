import type { Graph, ValueId } from "../../../ir/graph.ts";
import type { WeightRef } from "../../../ir/tensor.ts";
import type { Json, JsonObject } from "../../../json.ts";
import { dropInferenceNoops } from "../../../passes/drop-inference-noops.ts";
import { foldBatchNorm } from "../../../passes/fold-batch-norm.ts";
import { constantWeight } from "../../../weights/constant.ts";
import { planSteps } from "../plan.ts";
import { attr, shapeJson } from "./attributes.ts";
import { FIRST_BATCH, mergeRuns, SECOND_BATCH } from "./merge-runs.ts";
import { type Recording, recordRun, type Sizes } from "./record-run.ts";
import type { NumberList, RecordedNode } from "./recorder.ts";

/** A graph of TensorFlow operations in JSON, with the names of its inputs and outputs, and its weights by node. */
export interface GraphDef {
  readonly topology: JsonObject;
  readonly signature: JsonObject;
  readonly weights: readonly { readonly name: string; readonly ref: WeightRef }[];
  readonly nodes: number;
}

/**
 * Says a graph in TensorFlow's operations, for any batch: what the forwards of the ops call is written down instead of being
 * computed, so that both are the same. Throws `unsupported` for layers without a meaning, and for free sizes that cannot be said.
 */
export function recordGraphDef(given: Graph): GraphDef {
  const graph = foldBatchNorm(dropInferenceNoops(given));
  const steps = planSteps(graph);
  const run = (batch: number, rest: number): Recording => {
    const sizes: Sizes = (dim, axis) => dim ?? (axis === 0 ? batch : rest);
    return recordRun(graph, steps, sizes);
  };
  const { nodes, inputs, outputs } = mergeRuns(run(FIRST_BATCH, 64), run(SECOND_BATCH, 96));
  const weights: { name: string; ref: WeightRef }[] = [];
  const json = nodes.flatMap((node) => nodeJson(node, weights, graph, inputs));
  const shapes = (values: readonly { readonly name: string; readonly value: ValueId }[]) =>
    values.map(({ value }) => (graph.types.get(value)?.shape ?? []).map((dim) => dim ?? -1));
  const ports = (
    names: readonly string[],
    list: readonly { readonly name: string; readonly value: ValueId }[],
  ): Json =>
    Object.fromEntries(
      names.map((name, index) => [
        list[index]?.name ?? name,
        { name: `${name}:0`, dtype: "DT_FLOAT", tensorShape: shapeJson(shapes(list)[index] ?? []) },
      ]),
    );
  return {
    topology: { node: json, library: {}, versions: { producer: 1987 } },
    signature: { inputs: ports(inputs, graph.inputs), outputs: ports(outputs, graph.outputs) },
    weights,
    nodes: json.length,
  };
}

/** A node, after the Const nodes of its numbers. */
function nodeJson(
  node: RecordedNode,
  weights: { name: string; ref: WeightRef }[],
  graph: Graph,
  inputs: readonly string[],
): readonly Json[] {
  const { name, op, attrs, weight, constant } = node;
  if (weight !== undefined) {
    weights.push({ name, ref: weight });
    return [constJson(name, "DT_FLOAT", weight.shape)];
  }
  if (constant !== undefined) return [numbersJson(name, constant, weights)];
  if (op === "Placeholder") {
    const value = graph.inputs[inputs.indexOf(name)]?.value ?? "";
    const shape = (graph.types.get(value)?.shape ?? []).map((dim) => dim ?? -1);
    return [{ name, op, attr: { dtype: attr.type("DT_FLOAT"), shape: attr.shape(shape) } }];
  }
  const before: Json[] = [];
  const sources = node.inputs.map((input, place) => {
    if (typeof input === "string") return input;
    const own = `${name}/input_${place}`;
    before.push(numbersJson(own, input, weights));
    return own;
  });
  return [...before, { name, op, input: sources, attr: { T: attr.type("DT_FLOAT"), ...attrs } }];
}

function numbersJson(
  name: string,
  { numbers, shape = [numbers.length], dtype = "int32" }: NumberList,
  weights: { name: string; ref: WeightRef }[],
): Json {
  const ref = constantWeight(name, shape, numbers, dtype);
  weights.push({ name, ref });
  return constJson(name, dtype === "int32" ? "DT_INT32" : "DT_FLOAT", shape);
}

function constJson(name: string, type: string, shape: readonly number[]): Json {
  const value = { tensor: { dtype: type, tensorShape: shapeJson(shape) } };
  return { name, op: "Const", attr: { dtype: attr.type(type), value } };
}
