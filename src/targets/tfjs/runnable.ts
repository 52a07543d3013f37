import { clone, keep, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { fail, KcError } from "../../errors.ts";
import type { Graph, GraphPort, Node, ValueId } from "../../ir/graph.ts";
import type { OpKind, OpOf } from "../../ir/ops/index.ts";
import { formatShape, sizeOf, type TensorType } from "../../ir/tensor.ts";
import { dropInferenceNoops } from "../../passes/drop-inference-noops.ts";
import { foldBatchNorm } from "../../passes/fold-batch-norm.ts";
import type { Computed, FusedActivation, WeightLookup } from "./forward.ts";
import { forwards } from "./forwards.ts";
import { planSteps, type Step } from "./plan.ts";
import { type TensorWeights, uploadWeights } from "./tensor-weights.ts";

/** Numbers of one input or output, row-major, batch first. */
export interface RunArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** One output of the model. */
export interface NamedRunArray extends RunArray {
  readonly name: string;
}

/** How a graph is made runnable. */
export interface TfjsOptions {
  /** Multiply batch normalisations into the layers before them; on by default. */
  readonly foldBatchNorm?: boolean;
}

/**
 * A model on the backend of tfjs that was active when it was built. It owns its weights until `dispose`; nothing else
 * stays behind after a call.
 */
export interface TfjsRunnable {
  readonly inputs: readonly GraphPort[];
  readonly outputs: readonly GraphPort[];
  /** Runs on arrays by input name. Throws `bad-option` for inputs that are missing or of another shape. */
  predict(inputs: ReadonlyMap<string, RunArray>): readonly NamedRunArray[];
  /** Runs on tensors in the order of the inputs; the caller owns those and the results. */
  run(inputs: readonly Tensor[]): readonly Tensor[];
  dispose(): void;
}

/** Makes a graph run over tfjs core ops. Throws `unsupported` with every layer that has no meaning here. */
export function buildTfjs(graph: Graph, options: TfjsOptions = {}): TfjsRunnable {
  const lean = dropInferenceNoops(graph);
  return new GraphRunnable(options.foldBatchNorm === false ? lean : foldBatchNorm(lean));
}

class GraphRunnable implements TfjsRunnable {
  readonly #graph: Graph;
  readonly #steps: readonly Step[];
  readonly #weights: TensorWeights;
  #disposed = false;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#steps = planSteps(graph);
    this.#weights = uploadWeights(graph);
  }

  get inputs(): readonly GraphPort[] {
    return this.#graph.inputs;
  }

  get outputs(): readonly GraphPort[] {
    return this.#graph.outputs;
  }

  predict(inputs: ReadonlyMap<string, RunArray>): readonly NamedRunArray[] {
    const arrays = this.inputs.map((port) => arrayOf(this.#graph, port, inputs));
    const given = arrays.map(({ shape, data }) => keep(tensor(data, [...shape], "float32")));
    let results: readonly Tensor[] = [];
    try {
      results = this.run(given);
      return results.map((result, index) => {
        const data = Float32Array.from(result.dataSync());
        return { name: this.outputs[index]?.name ?? "", shape: result.shape, data };
      });
    } finally {
      for (const one of [...given, ...results]) one.dispose();
    }
  }

  run(inputs: readonly Tensor[]): readonly Tensor[] {
    if (this.#disposed) fail("internal", "The model was disposed.");
    return tidy(() => {
      const values = new Map<ValueId, Tensor>();
      this.inputs.forEach(({ value }, index) => {
        const input = inputs[index] ?? fail("bad-option", `Input ${index + 1} is missing.`);
        values.set(value, clone(input));
      });
      for (const step of this.#steps) runStep(step, values, this.#weights.tensorOf);
      return this.outputs.map(({ value }) => clone(made(values, value)));
    });
  }

  dispose(): void {
    this.#disposed = true;
    this.#weights.dispose();
  }
}

/** Runs one node, stores what it makes and disposes what nothing reads any more. */
function runStep(step: Step, values: Map<ValueId, Tensor>, weightOf: WeightLookup): void {
  const inputs = step.node.inputs.map((value) => made(values, value));
  const outputs = tidy(() => [...compute(step, inputs, weightOf).outputs]);
  step.outputs.forEach((value, index) => {
    const output = outputs[index] ?? fail("internal", `"${value}" was not made.`);
    values.set(value, output);
  });
  for (const value of step.release) {
    values.get(value)?.dispose();
    values.delete(value);
  }
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

function arrayOf(
  graph: Graph,
  { name, value }: GraphPort,
  inputs: ReadonlyMap<string, RunArray>,
): RunArray {
  const array = inputs.get(name);
  const type = graph.types.get(value);
  if (array === undefined) return fail("bad-option", `Input "${name}" is missing.`);
  if (array.data.length !== sizeOf(array.shape)) {
    const { shape, data } = array;
    fail("bad-option", `Input "${name}" of ${formatShape(shape)} has ${data.length} numbers.`);
  }
  if (type !== undefined && fits(type, array.shape)) return array;
  const [got, expected] = [formatShape(array.shape), formatShape(type?.shape ?? [])];
  return fail("bad-option", `Input "${name}" has shape ${got}, expected ${expected}.`);
}

function fits(type: TensorType, shape: readonly number[]): boolean {
  return (
    type.shape.length === shape.length &&
    type.shape.every((dim, axis) => dim === null || dim === shape[axis])
  );
}
