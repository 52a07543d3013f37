import {
  engine,
  getBackend,
  registerBackend,
  removeBackend,
  setBackend,
  type Tensor,
  tidy,
} from "@tensorflow/tfjs-core";
import { fail } from "../../../errors.ts";
import type { Graph } from "../../../ir/graph.ts";
import type { Dim, WeightRef } from "../../../ir/tensor.ts";
import type { Step } from "../plan.ts";
import { runSteps } from "../run-steps.ts";
import { RECORDING, registerRecording } from "./kernels.ts";
import { type RecordedNode, Recorder } from "./recorder.ts";

/** What a run wrote down: the nodes, and which of them give the model's inputs and outputs. */
export interface Recording {
  readonly nodes: readonly RecordedNode[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Says which size a free dimension has in a run. */
export type Sizes = (dim: Dim, axis: number) => number;

/** Runs the steps on a backend that only writes down, for inputs of these sizes. */
export function recordRun(graph: Graph, steps: readonly Step[], sizes: Sizes): Recording {
  registerRecording();
  const recorder = new Recorder();
  const before = getBackend();
  registerBackend(RECORDING, () => recorder);
  // Both backends exist already, so that nothing is waited for.
  void setBackend(RECORDING);
  const weights = new Map<string, Tensor>();
  try {
    const recordings: Recording[] = [];
    tidy(() => {
      recordings.push(record(graph, steps, recorder, weights, sizes));
    });
    return recordings[0] ?? fail("internal", "Nothing was recorded.");
  } finally {
    for (const weight of weights.values()) weight.dispose();
    removeBackend(RECORDING);
    if (before !== undefined && before !== null) void setBackend(before);
  }
}

function record(
  graph: Graph,
  steps: readonly Step[],
  recorder: Recorder,
  weights: Map<string, Tensor>,
  sizes: Sizes,
): Recording {
  const tensorOf = (source: string, shape: readonly number[]): Tensor =>
    engine().makeTensorFromTensorInfo(recorder.tensor(source, shape), recorder);
  const weightOf = (weight: WeightRef): Tensor => {
    const known = weights.get(weight.id);
    if (known !== undefined) return known;
    const name = recorder.add("Const", [], {}, { weight });
    const made = engine().keep(tensorOf(name, weight.shape));
    weights.set(weight.id, made);
    return made;
  };
  const inputs = graph.inputs.map(({ name }) => recorder.add("Placeholder", [], {}, { name }));
  const tensors = graph.inputs.map(({ value }, index) => {
    const shape = (graph.types.get(value)?.shape ?? []).map(sizes);
    return tensorOf(inputs[index] ?? "", shape);
  });
  const results = runSteps(graph, steps, tensors, weightOf, (node) => {
    recorder.scope = node.id;
  });
  // The outputs are nodes of their own, named like the layers that make them.
  const outputs = graph.outputs.map(({ name }, index) => {
    const result = results[index];
    const source = result === undefined ? "" : recorder.sourceOf(result);
    return recorder.add("Identity", [source], {}, { name: `output/${name}` });
  });
  return { nodes: recorder.nodes, inputs, outputs };
}
