import { fail } from "../../errors.ts";
import type { BlobLookup } from "../../formats/coreml/open.ts";
import type { Model } from "../../formats/coreml/types.gen.ts";
import type { Graph, ValueId } from "../../ir/graph.ts";
import { evaluate } from "../graph/evaluate.ts";
import { firstItem } from "../graph/tensor.ts";
import { createInterpreter, type Interpreter, type ModelOutput } from "../interpreter.ts";
import { type Wiring, wiringOf } from "../wiring.ts";
import { type Difference, difference, topIndices } from "./agreement.ts";
import { arrange, fromBlob } from "./arrangement.ts";
import { axisOrder } from "./axis-order.ts";
import {
  type Divergence,
  firstDivergence,
  type LayerWatch,
  watchLayers,
} from "./first-divergence.ts";
import { batchSize, type Sample } from "./sample.ts";
import { defaultTolerance, precisionOf } from "./tolerance.ts";

/** How a comparison is made. */
export interface CompareOptions {
  /** The largest difference allowed, as a share of an output's largest number; by default as the weights allow. */
  readonly tolerance?: number;
  /** Imitates the half precision of the Neural Engine. */
  readonly half?: boolean;
  /** Finds the weight files of programs. */
  readonly blobs?: BlobLookup;
  /** Hears how many samples are done. */
  readonly onSample?: (done: number) => void;
}

/** One output over all samples: the worst of each figure. */
export interface OutputComparison extends Difference {
  /** In the Core ML model. */
  readonly name: string;
  /** In the Keras model. */
  readonly keras: string;
  /** Numbers of one sample. */
  readonly size: number;
  /** How many samples have the same best score; of outputs that are one list of several scores. */
  readonly top1?: number;
  /** How many have the same five best, in any order; of more than five scores. */
  readonly top5?: number;
}

/** What came out. */
export interface Comparison {
  readonly ok: boolean;
  readonly samples: number;
  readonly tolerance: number;
  readonly half: boolean;
  readonly outputs: readonly OutputComparison[];
  /** Present when an output differs, or a layer whose error fades before the outputs. */
  readonly divergence?: Divergence;
  /** The sample with the largest difference, when there is one. */
  readonly worst?: string;
}

/**
 * Runs a graph and a Core ML model on the same samples and compares what comes out.
 *
 * Throws `bad-option` when inputs or outputs do not correspond, and what `createInterpreter` and `evaluate` throw.
 */
export function compareModels(
  graph: Graph,
  model: Model,
  samples: readonly Sample[],
  options: CompareOptions = {},
): Comparison {
  const { half = false } = options;
  const bits = precisionOf(model, half);
  const tolerance = options.tolerance ?? defaultTolerance(bits, graph);
  const wiring = wiringOf(model);
  const names = outputNames(graph, wiring);
  const sides: Sides = {
    graph,
    wiring,
    interpreter: createInterpreter(model, options.blobs),
    names,
    half,
  };
  const last = samples.at(-1);
  if (last === undefined) return fail("bad-option", "There is nothing to compare on.");
  const watch = watchLayers(graph, sides.wiring, last, tolerance);
  const runs = samples.map((sample, index) => {
    options.onSample?.(index + 1);
    return runSample(sides, sample, sample === last ? watch : undefined);
  });
  const outputs = names.map((name, index) => {
    const column = runs.flatMap((run) => run[index] ?? []);
    return summarise(name, graph.outputs[index]?.name ?? "", column);
  });
  const base = { samples: samples.length, tolerance, half, outputs };
  const worst = worstOf(runs);
  const wrong = wrongValues(graph, runs[worst] ?? [], tolerance);
  // Coarse numbers let errors of right layers grow and fade again.
  if (wrong.size === 0 && bits < 32) return { ok: true, ...base };
  const sample = wrong.size === 0 ? last : (samples[worst] ?? last);
  const divergence = firstDivergence(
    graph,
    sample === last ? watch : watchAgain(sides, sample, tolerance),
    wrong,
    tolerance,
  );
  if (divergence === undefined) return { ok: true, ...base };
  return { ok: false, ...base, divergence, worst: sample.name };
}

/** Both models, ready to run. */
interface Sides {
  readonly graph: Graph;
  readonly wiring: Wiring;
  readonly interpreter: Interpreter;
  /** Core ML outputs in Keras' order. */
  readonly names: readonly string[];
  readonly half: boolean;
}

function watchAgain(sides: Sides, sample: Sample, tolerance: number): LayerWatch {
  const watch = watchLayers(sides.graph, sides.wiring, sample, tolerance);
  runSample(sides, sample, watch);
  return watch;
}

/** One output of one sample. */
export interface OutputRun extends Difference {
  readonly size: number;
  readonly top1: boolean | undefined;
  readonly top5: boolean | undefined;
}

function runSample(
  { graph, interpreter, names, half }: Sides,
  sample: Sample,
  watch: LayerWatch | undefined,
): readonly OutputRun[] {
  const outputs = evaluate(graph, sample.keras, watch?.onValue);
  const observe = watch === undefined ? {} : { observe: watch.onBlob };
  const results = interpreter.run(sample.coreML, { half, ...observe });
  return outputs.map(({ name, ...output }, index) => {
    const order = axisOrder(graph, graph.outputs[index]?.value ?? "");
    const { shape, data } = firstItem(output, batchSize(sample));
    const [right, got] = kerasNumbers(results.get(names[index] ?? ""), shape, order, data, name);
    return outputRun(right, got, shape.length === 1);
  });
}

/** The figures of one output; of one list of several scores the best ones too. */
export function outputRun(
  right: ArrayLike<number>,
  got: ArrayLike<number>,
  isList: boolean,
): OutputRun {
  const isScores = isList && right.length > 1;
  const same = (count: number): boolean =>
    sameSet(topIndices(right, count), topIndices(got, count));
  return {
    ...difference(right, got),
    size: right.length,
    top1: isScores ? same(1) : undefined,
    top5: isScores && right.length > 5 ? same(5) : undefined,
  };
}

/** Expected and actual numbers in the same order. */
function kerasNumbers(
  output: ModelOutput | undefined,
  shape: readonly number[],
  order: readonly number[],
  expected: Float64Array,
  name: string,
): readonly [ArrayLike<number>, ArrayLike<number>] {
  if (output instanceof Map) {
    const scores = [...output.values()];
    const [p = 0] = expected;
    // A single probability becomes the scores of both answers.
    if (scores.length === 2 && expected.length === 1) return [[1 - p, p], scores];
    if (scores.length === expected.length) return [expected, scores];
    return misfit(name, shape, `${scores.length} probabilities`);
  }
  if (typeof output !== "object" || !("data" in output)) return misfit(name, shape, "a label");
  const places = arrange(shape, output.shape, order);
  const [p = 0] = expected;
  if (expected.length === 1 && output.data.length === 2) return [[1 - p, p], output.data];
  if (places === undefined) return misfit(name, shape, `an array [${output.shape.join(", ")}]`);
  return [expected, fromBlob(output, shape, places)];
}

function misfit(name: string, shape: readonly number[], got: string): never {
  return fail(
    "verification",
    `The Keras output "${name}" has shape (null, ${shape.join(", ")}), but the Core ML model gives ${got}.`,
  );
}

/** The outputs with numbers, in Keras' order: the label of a classifier and states come in addition. */
function outputNames(graph: Graph, { outputs, labelOutput }: Wiring): readonly string[] {
  const names = outputs.map(({ name }) => name ?? "").filter((name) => name !== labelOutput);
  if (names.length < graph.outputs.length) {
    fail(
      "verification",
      `The Keras model has ${graph.outputs.length} outputs, the Core ML model ${names.length}.`,
      { hint: "Is this file made of this model?" },
    );
  }
  return names.slice(0, graph.outputs.length);
}

/** The worst of each figure over all samples. */
export function summarise(
  name: string,
  keras: string,
  runs: readonly OutputRun[],
): OutputComparison {
  const worst = (pick: (run: OutputRun) => number): number => Math.max(0, ...runs.map(pick));
  const count = (key: "top1" | "top5"): number => runs.filter((run) => run[key] === true).length;
  const [first] = runs;
  return {
    name,
    keras,
    size: first?.size ?? 0,
    absolute: worst(({ absolute }) => absolute),
    relative: worst(({ relative }) => relative),
    cosine: Math.min(1, ...runs.map(({ cosine }) => cosine)),
    ...(first?.top1 === undefined ? {} : { top1: count("top1") }),
    ...(first?.top5 === undefined ? {} : { top5: count("top5") }),
  };
}

/** Index of the sample with the largest difference. */
export function worstOf(runs: readonly (readonly OutputRun[])[]): number {
  const errors = runs.map((run) => Math.max(0, ...run.map(({ relative }) => relative)));
  return errors.indexOf(Math.max(...errors));
}

function wrongValues(
  graph: Graph,
  runs: readonly OutputRun[],
  tolerance: number,
): ReadonlyMap<ValueId, number> {
  return new Map(
    graph.outputs.flatMap(({ value }, index) => {
      const { relative = 0 } = runs[index] ?? {};
      return relative > tolerance ? [[value, relative] as const] : [];
    }),
  );
}

function sameSet(a: readonly number[], b: readonly number[]): boolean {
  return a.every((index) => b.includes(index));
}
