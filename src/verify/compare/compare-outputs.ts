import { fail } from "../../errors.ts";
import type { Graph } from "../../ir/graph.ts";
import { sizeOf } from "../../ir/tensor.ts";
import { evaluate } from "../graph/evaluate.ts";
import type { Tensor } from "../graph/tensor.ts";
import { type Comparison, outputRun, summarise, worstOf } from "./compare.ts";
import { FREE_SIZE, vocabularyOf } from "./input-plan.ts";
import type { Random } from "./random.ts";

/** Inputs for a model that keeps Keras' axes: batches of one unless the model fixes another size. */
export interface GraphSample {
  /** `random 3` */
  readonly name: string;
  /** By Keras input name. */
  readonly inputs: ReadonlyMap<string, Tensor>;
}

/**
 * Random numbers and indices, as each input wants them. Numbers lie from -1 to 1, in every second sample from -8 to 8, where activations
 * reach their bounds.
 */
export function graphSamples(graph: Graph, count: number, random: Random): readonly GraphSample[] {
  return Array.from({ length: count }, (_, index) => {
    const reach = index % 2 === 0 ? 1 : 8;
    const inputs = graph.inputs.map(({ name, value }): [string, Tensor] => {
      const { dtype = "float32", shape = [] } = graph.types.get(value) ?? {};
      const sizes = shape.map((dim, axis) => dim ?? (axis === 0 ? 1 : FREE_SIZE));
      const vocabulary = vocabularyOf(graph, value) ?? (dtype.includes("float") ? undefined : 2);
      const data = Float64Array.from({ length: sizeOf(sizes) }, () =>
        vocabulary === undefined
          ? Math.fround((random() * 2 - 1) * reach)
          : Math.floor(random() * vocabulary),
      );
      return [name, { shape: sizes, data }];
    });
    return { name: `random ${index + 1}`, inputs: new Map(inputs) };
  });
}

/** What the graph gives for a sample, in float64; in the order of its outputs. */
export function runGraph(graph: Graph, { inputs }: GraphSample): readonly Tensor[] {
  return evaluate(graph, inputs);
}

/** One output on both sides. */
export interface OutputPair {
  readonly expected: Tensor;
  readonly actual: ArrayLike<number>;
}

/**
 * Compares what a program computed with what the graph gives; `runs` holds the outputs of each sample, in the graph's order. `names` are
 * the outputs' names in the written model.
 */
export function compareOutputs(
  graph: Graph,
  names: readonly string[],
  runs: readonly { readonly sample: GraphSample; readonly outputs: readonly OutputPair[] }[],
  tolerance: number,
): Comparison {
  if (runs.length === 0) return fail("bad-option", "There is nothing to compare on.");
  const figures = runs.map(({ outputs }) =>
    outputs.map(({ expected, actual }) =>
      outputRun(expected.data, actual, expected.shape.length === 2 && expected.shape[0] === 1),
    ),
  );
  const outputs = names.map((name, index) => {
    const column = figures.flatMap((run) => run[index] ?? []);
    return summarise(name, graph.outputs[index]?.name ?? "", column);
  });
  const ok = outputs.every(({ relative }) => relative <= tolerance);
  const base = { ok, samples: runs.length, tolerance, half: false, outputs };
  const worst = runs[worstOf(figures)]?.sample.name;
  return ok || worst === undefined ? base : { ...base, worst };
}
