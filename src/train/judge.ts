import { fail } from "../errors.ts";
import { hasClassTargets } from "../evaluate/index.ts";
import type { Graph, TrainingSetup, ValueId } from "../ir/graph.ts";
import { formatShape } from "../ir/tensor.ts";
import { generationOf } from "./keras-generation.ts";
import { type JudgedModel, type LossWay, lossWayOf, USUAL_SETTINGS } from "./loss-way.ts";
import { type Loss, lossOf } from "./losses.ts";
import { axesBack, axesLast, reducedAxes } from "./reduced-axes.ts";
import { rowFactors } from "./row-factors.ts";

/** What a model's output is judged by. */
export interface Judge {
  readonly way: LossWay;
  /** The output of the model. */
  readonly output: ValueId;
  /** The value at which the gradient starts where it does before the softmax or sigmoid. */
  readonly before: ValueId;
  /** What the loss counts beside the penalties. */
  readonly weight: number;
  /** Whether the batch is divided by the share of samples that count at all, as stand-alone Keras does. */
  readonly bySharesThatCount: boolean;
}

/** Outputs of a batch with what they should have been. */
export interface JudgedBatch {
  readonly shape: readonly number[];
  readonly output: Float32Array;
  /** Of the output's size; one class number a row for sparse losses. */
  readonly target: Float32Array;
  /** What each sample counts; 1 by default. */
  readonly weights: Float32Array | undefined;
}

/** The loss of a batch, and the value of the graph at which its slope begins. */
export interface Verdict extends Loss {
  readonly start: ValueId;
}

/**
 * Which way the loss of an output looks at it, from the generation and the node that makes it; undefined for an output without a
 * loss. Throws `unsupported` for a loss that cannot be trained with.
 */
export function judgeOf(graph: Graph, training: TrainingSetup, index = 0): Judge | undefined {
  const { source, outputs } = graph;
  const name = ofOutput(training.losses, index) ?? "";
  if (name === "" && outputs.length > 1) return undefined;
  const settings = ofOutput(training.lossSettings ?? [], index) ?? USUAL_SETTINGS;
  const { kind, minor, major } = generationOf(source.version);
  const value = outputs[index]?.value ?? "";
  const way = lossWayOf(name, settings, judgedModelOf(graph, index));
  if (way.before && way.name === "binary_focal_crossentropy") refuseMixed(name);
  return {
    way,
    output: value,
    before: makerOf(graph, index)?.inputs[0] ?? value,
    weight: training.lossWeights?.[index] ?? 1,
    bySharesThatCount: kind === "standalone" && (major < 2 || minor < 3),
  };
}

function refuseMixed(name: string): never {
  return fail(
    "unsupported",
    `The loss "${name}" of a softmax weighs by its probabilities the entropies of sigmoids, and cannot be trained with here.`,
    { hint: "Give the output a sigmoid, or state another loss." },
  );
}

/** Of a list with one for each output, or one for all. */
export function ofOutput<Item>(list: readonly Item[], index: number): Item | undefined {
  return list.length === 1 ? list[0] : list[index];
}

/** What a loss is told about a model and its output. */
export function judgedModelOf(graph: Graph, index = 0): JudgedModel {
  const op = makerOf(graph, index)?.op;
  const rank = graph.types.get(graph.outputs[index]?.value ?? "")?.shape.length ?? 0;
  const model = { version: graph.source.version, rank };
  if (op?.kind !== "activation") return { ...model, last: undefined };
  const { activation } = op;
  const { fn: last } = activation;
  return last === "softmax"
    ? { ...model, last, lastAxis: activation.axis - rank }
    : { ...model, last };
}

function makerOf({ nodes, outputs }: Graph, index: number): Graph["nodes"][number] | undefined {
  const port = outputs[index];
  return nodes.find((node) => port !== undefined && node.outputs.includes(port.value));
}

/** The loss of a batch, without its own weight among several. Throws `bad-shape` for targets that are not those of the output. */
export function judge(own: Judge, batch: JudgedBatch): Verdict {
  const { shape } = batch;
  const { way } = own;
  const axes = reducedAxes(way, shape);
  const classes = axes.reduce((size, axis) => size * (shape[axis] ?? 1), 1);
  const rows = batch.output.length / classes;
  refuseOtherSizes(own, batch, rows);
  const factors = rowFactors(own, batch, { rows, axes });
  const output = axesLast(batch.output, shape, axes);
  const { name } = way;
  const target = hasClassTargets(name) ? batch.target : axesLast(batch.target, shape, axes);
  const loss = lossOf(way, { output, target, classes, factors });
  const gradient = axesBack(loss.gradient, shape, axes);
  const isBefore = way.before || loss.at === "before";
  return { ...loss, gradient, start: isBefore ? own.before : own.output };
}

function refuseOtherSizes(
  { way }: Judge,
  { shape, output, target, weights }: JudgedBatch,
  rows: number,
): void {
  const [samples = 1] = shape;
  const sparse = hasClassTargets(way.name);
  const expected = sparse ? rows : output.length;
  if (target.length !== expected) {
    const what = sparse ? "one class number for each row" : "one number for each of the output";
    fail(
      "bad-shape",
      `The targets of a batch are ${target.length} numbers; ${way.name} wants ${what} of ${formatShape(shape)}: ${expected}.`,
    );
  }
  const classes = output.length / rows;
  const wrong = sparse
    ? target.find(
        (one) => one !== way.ignoreClass && !(Number.isInteger(one) && one >= 0 && one < classes),
      )
    : undefined;
  if (wrong !== undefined) {
    fail(
      "bad-shape",
      `A target is class ${wrong}, but the model has the classes 0 to ${classes - 1}.`,
    );
  }
  if (weights !== undefined && weights.length !== samples) {
    fail("bad-shape", `The batch has ${samples} samples but ${weights.length} weights of samples.`);
  }
}
