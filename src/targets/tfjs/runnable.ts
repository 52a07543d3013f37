import { keep, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { fail } from "../../errors.ts";
import type { Graph, GraphPort } from "../../ir/graph.ts";
import { formatShape, ownNumbers, sizeOf, type TensorType } from "../../ir/tensor.ts";
import { dropInferenceNoops } from "../../passes/drop-inference-noops.ts";
import { foldBatchNorm } from "../../passes/fold-batch-norm.ts";
import { planSteps, type Step } from "./plan.ts";
import { runSteps } from "./run-steps.ts";
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
  /** Runs on arrays likewise, and leaves the results where they were computed; the caller owns them. */
  start(inputs: ReadonlyMap<string, RunArray>): readonly Tensor[];
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
    const results = this.start(inputs);
    try {
      return results.map((result, index) => {
        const data = Float32Array.from(result.dataSync());
        return { name: this.outputs[index]?.name ?? "", shape: result.shape, data };
      });
    } finally {
      for (const one of results) one.dispose();
    }
  }

  start(inputs: ReadonlyMap<string, RunArray>): readonly Tensor[] {
    const arrays = this.inputs.map((port) => arrayOf(this.#graph, port, inputs));
    const given = arrays.map(({ shape, data }) =>
      keep(tensor(ownNumbers(data), [...shape], "float32")),
    );
    try {
      return this.run(given);
    } finally {
      for (const one of given) one.dispose();
    }
  }

  run(inputs: readonly Tensor[]): readonly Tensor[] {
    if (this.#disposed) fail("internal", "The model was disposed.");
    const { tensorOf } = this.#weights;
    return tidy(() => runSteps(this.#graph, this.#steps, inputs, tensorOf));
  }

  dispose(): void {
    this.#disposed = true;
    this.#weights.dispose();
  }
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
