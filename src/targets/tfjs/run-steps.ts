import { clone, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { fail, KcError } from "../../errors.ts";
import type { Graph, Node, ValueId } from "../../ir/graph.ts";
import type { OpKind, OpOf } from "../../ir/ops/index.ts";
import type { Computed, FusedActivation, WeightLookup } from "./forward.ts";
import { forwards } from "./forwards.ts";
import type { Step } from "./plan.ts";

/** Hears of each node before it runs. */
export type StepListener = (node: Node) => void;

/** Runs all steps on tensors in the order of the graph's inputs. To be called within a tidy scope; the results are new tensors. */
export function runSteps(
  graph: Graph,
  steps: readonly Step[],
  inputs: readonly Tensor[],
  weightOf: WeightLookup,
  onStep: StepListener = () => {},
): Tensor[] {
  const values = new Map<ValueId, Tensor>();
  graph.inputs.forEach(({ value }, index) => {
    const input = inputs[index] ?? fail("bad-option", `Input ${index + 1} is missing.`);
    values.set(value, clone(input));
  });
  for (const step of steps) {
    onStep(step.node);
    runStep(step, values, weightOf);
  }
  return graph.outputs.map(({ value }) => clone(made(values, value)));
}

/** Runs one node, stores what it makes and disposes what nothing reads any more. */
function runStep(step: Step, values: Map<ValueId, Tensor>, weightOf: WeightLookup): void {
  const inputs = step.node.inputs.map((value) => made(values, value));
  const outputs = tidy(() => compute(step, inputs, weightOf).outputs.map(ownTensor(inputs)));
  step.outputs.forEach((value, index) => {
    const output = outputs[index] ?? fail("internal", `"${value}" was not made.`);
    values.set(value, output);
  });
  for (const value of step.release) {
    values.get(value)?.dispose();
    values.delete(value);
  }
}

/** An op that has nothing to do gives its input back, which is disposed on its own. */
function ownTensor(inputs: readonly Tensor[]): (output: Tensor) => Tensor {
  return (output) => (inputs.includes(output) ? clone(output) : output);
}

function compute(step: Step, inputs: readonly Tensor[], weightOf: WeightLookup): Computed {
  const { node, activation } = step;
  try {
    return computeKind(node.op.kind, node.op, inputs, weightOf, activation);
  } catch (error) {
    if (error instanceof KcError || !(error instanceof Error)) throw error;
    return refuseInput(node, error);
  }
}

function computeKind<K extends OpKind>(
  kind: K,
  op: OpOf<K>,
  inputs: readonly Tensor[],
  weightOf: WeightLookup,
  activation: FusedActivation,
): Computed {
  const forward = forwards[kind];
  if ("unsupported" in forward) return fail("unsupported", forward.unsupported);
  return forward(op, inputs, weightOf, activation);
}

/** An input that the layer cannot take, such as an index beyond the end of an Embedding. */
function refuseInput(node: Node, error: Error): never {
  const { layer, className } = node.origin;
  return fail("bad-shape", `this input cannot be computed: ${error.message}`, {
    at: { layer, className },
    cause: error,
  });
}

function made(values: ReadonlyMap<ValueId, Tensor>, value: ValueId): Tensor {
  return values.get(value) ?? fail("internal", `The value "${value}" is read before it is made.`);
}
