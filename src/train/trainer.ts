import { type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { fail, KcError } from "../errors.ts";
import type { Graph, ValueId, WeightPenalty } from "../ir/graph.ts";
import { readFloat32, sizeOf, type WeightRef } from "../ir/tensor.ts";
import type { WeightLookup } from "../targets/tfjs/forward.ts";
import { type BatchStatistics, runTraining } from "../targets/tfjs/training/run-training.ts";
import { planTraining, type TrainingPlan } from "../targets/tfjs/training/training-plan.ts";
import type { RandomStream } from "../targets/tfjs/training-forward.ts";
import { type LossWay, lossOf } from "./losses.ts";
import { type AveragingWay, average, averagingWay, type HiddenAverages } from "./moving-average.ts";
import { createOptimizer, type Optimizer } from "./optimizers/optimizer.ts";
import { optimizerSettings } from "./optimizers/settings.ts";
import { addPenalty } from "./penalties.ts";

/** One batch, batch first, row-major. */
export interface Batch {
  readonly inputs: readonly { readonly shape: readonly number[]; readonly data: Float32Array }[];
  /** Of the output's size; one class number a sample for sparse losses. */
  readonly target: Float32Array;
  /** What each sample counts; 1 by default. */
  readonly weights?: Float32Array;
}

/** What a step gives. */
export interface StepReport {
  /** Of the weights before the step, penalties included. */
  readonly loss: number;
  readonly output: Float32Array;
}

/** A model in training: it owns its weights, and its optimizer the state. */
export interface Trainer {
  readonly optimizer: Optimizer;
  /** Trained weights in the order of the optimizer's. */
  readonly weights: TrainingPlan["weights"];
  step(batch: Batch): StepReport;
  /** The present numbers of any weight of the graph. */
  valuesOf(ref: WeightRef): Float32Array;
}

/** Goes on training a compiled model as the Keras that saved it would. Throws `unsupported` with what cannot be continued. */
export function createTrainer(graph: Graph, random: RandomStream): Trainer {
  const { training, source } = graph;
  if (training === undefined) {
    return fail("bad-option", "The model was saved without a loss and an optimizer.");
  }
  const [other] = graph.penalties?.others ?? [];
  if (other !== undefined) throw new KcError(other);
  const plan = planTraining(graph);
  const settings = optimizerSettings(training.optimizer, source.version);
  const sizes = plan.weights.map(({ ref }) => sizeOf(ref.shape));
  const run: Run = {
    plan,
    optimizer: createOptimizer(settings, sizes),
    arrays: arraysOf(graph),
    hidden: new Map(),
    loss: lossWayOf(graph),
    averaging: averagingWay(source.version),
    penalties: graph.penalties?.weights ?? [],
    standalone: settings.dialect === "keras",
    random,
  };
  return {
    optimizer: run.optimizer,
    weights: plan.weights,
    step: (batch) => stepOnce(run, batch),
    valuesOf: (ref) => arrayOf(run, ref),
  };
}

interface Run {
  readonly plan: TrainingPlan;
  readonly optimizer: Optimizer;
  /** All weights by id. */
  readonly arrays: ReadonlyMap<string, Float32Array>;
  /** By the id of the node. */
  readonly hidden: Map<string, HiddenAverages>;
  readonly loss: LossWay;
  readonly averaging: AveragingWay;
  readonly penalties: readonly WeightPenalty[];
  readonly standalone: boolean;
  readonly random: RandomStream;
}

function stepOnce(run: Run, batch: Batch): StepReport {
  const { plan, optimizer, penalties } = run;
  let report: StepReport = { loss: 0, output: new Float32Array(0) };
  const gradients = new Map<string, Float32Array>();
  tidy(() => {
    const result = runTraining(plan, {
      inputs: batch.inputs.map(({ data, shape }) => tensor(data, [...shape], "float32")),
      weightOf: uploaded(run),
      random: run.random,
      frozenNorm: run.standalone ? "batch" : "stored",
      startGradients: ([output]) => {
        if (output === undefined) return fail("internal", "The model has no output.");
        const [judged, at] = judge(run, batch, output);
        report = { loss: judged.value, output: Float32Array.from(output.dataSync()) };
        return [{ value: at, gradient: tensor(judged.gradient, output.shape) }];
      },
    });
    for (const [id, gradient] of result.gradients) {
      gradients.set(id, Float32Array.from(gradient.dataSync()));
    }
    for (const seen of result.statistics) averageStatistics(run, seen);
  });
  let { loss } = report;
  for (const penalty of penalties) {
    const { weight } = penalty;
    loss += addPenalty(penalty, arrayOf(run, weight), gradients.get(weight.id));
  }
  optimizer.step(
    plan.weights.map(({ ref }) => arrayOf(run, ref)),
    plan.weights.map(({ ref }) => gradients.get(ref.id) ?? new Float32Array(sizeOf(ref.shape))),
  );
  return { ...report, loss };
}

/** The present weights as tensors, within the scope that is open. */
function uploaded(run: Run): WeightLookup {
  const tensors = new Map<string, Tensor>();
  for (const ref of run.plan.graph.nodes.flatMap(({ op }) => refsOf(op.weights))) {
    if (!tensors.has(ref.id)) tensors.set(ref.id, tensor(arrayOf(run, ref), [...ref.shape]));
  }
  return (ref) => tensors.get(ref.id) ?? fail("internal", `The weight ${ref.id} is not there.`);
}

/** The loss, and the value of the graph at which its gradient starts. */
function judge(
  { plan, loss, standalone }: Run,
  { target, weights }: Batch,
  output: Tensor,
): readonly [ReturnType<typeof lossOf>, ValueId] {
  const data = Float32Array.from(output.dataSync());
  const [samples = 1, ...rest] = output.shape;
  const classes = rest.at(-1) ?? 1;
  const rows = data.length / classes;
  const given = weights ?? new Float32Array(samples).fill(1);
  // Stand-alone Keras divides by the share of samples that count at all, the others by their number alone.
  const counted = standalone ? given.filter((one) => one !== 0).length / samples : 1;
  const perRow = rows / samples;
  const factors = Float32Array.from(
    { length: rows },
    (_, row) => (given[Math.floor(row / perRow)] ?? 1) / counted / rows,
  );
  const judged = lossOf(loss, { output: data, target, classes, factors });
  const [{ value } = { value: "" }] = plan.graph.outputs;
  if (judged.at === "output" || loss.fromLogits) return [judged, value];
  const maker = plan.graph.nodes.find((node) => node.outputs.includes(value));
  return [judged, maker?.inputs[0] ?? value];
}

/** Which way the loss looks at the output, from the generation and the last node. */
function lossWayOf({ training, source, outputs, nodes }: Graph): LossWay {
  const [name = ""] = training?.losses ?? [];
  const [settings = { fromLogits: false, labelSmoothing: 0 }] = training?.lossSettings ?? [];
  if (outputs.length !== 1) {
    fail("unsupported", `The model has ${outputs.length} outputs, only one can be trained here.`);
  }
  const [major = 0, minor = 0] = source.version.split(".").map(Number.parseFloat);
  const standalone = major < 3 && !source.version.endsWith("-tf") && !(major === 2 && minor >= 4);
  const maker = nodes.find((node) => node.outputs.includes(outputs[0]?.value ?? ""));
  const last = maker?.op.kind === "activation" ? maker.op.activation.fn : undefined;
  const seen =
    name === "binary_crossentropy"
      ? last === "sigmoid"
      : name.includes("categorical") && last === "softmax";
  return { ...settings, name, clipping: !standalone && seen ? "before" : "clip" };
}

function averageStatistics({ arrays, hidden, averaging }: Run, seen: BatchStatistics): void {
  const { op, id } = seen.node;
  if (op.kind !== "batchNorm") return;
  const [mean, variance] = [arrays.get(op.weights.mean.id), arrays.get(op.weights.variance.id)];
  if (mean === undefined || variance === undefined) return;
  const own = hidden.get(id) ?? {
    steps: 0,
    mean: new Float32Array(mean.length),
    variance: new Float32Array(mean.length),
  };
  hidden.set(id, own);
  const { momentum, epsilon } = op;
  const { count, rank } = seen;
  const measured = {
    mean: Float32Array.from(seen.mean.dataSync()),
    variance: Float32Array.from(seen.variance.dataSync()),
  };
  average(
    { mean, variance, momentum, hidden: own },
    { ...measured, count, rank, epsilon },
    averaging,
  );
}

function arraysOf(graph: Graph): ReadonlyMap<string, Float32Array> {
  const arrays = new Map<string, Float32Array>();
  for (const ref of graph.nodes.flatMap(({ op }) => refsOf(op.weights))) {
    if (!arrays.has(ref.id)) arrays.set(ref.id, readFloat32(ref));
  }
  for (const { weight } of graph.penalties?.weights ?? []) {
    if (!arrays.has(weight.id)) arrays.set(weight.id, readFloat32(weight));
  }
  return arrays;
}

function refsOf(weights: Readonly<Record<string, WeightRef | undefined>>): readonly WeightRef[] {
  return Object.values(weights).flatMap((ref) => ref ?? []);
}

function arrayOf({ arrays }: Run, ref: WeightRef): Float32Array {
  return arrays.get(ref.id) ?? fail("internal", `The weight ${ref.id} is not there.`);
}
