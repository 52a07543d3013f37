import { fail } from "../errors.ts";
import type { Graph, TrainingSetup, ValueId } from "../ir/graph.ts";
import { formatShape } from "../ir/tensor.ts";
import { generationOf } from "./keras-generation.ts";
import { type Loss, type LossWay, lossOf } from "./losses.ts";

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

/** Which way the loss looks at the output, from the generation and the last node. Throws `unsupported` for several outputs. */
export function judgeOf({ source, outputs, nodes }: Graph, training: TrainingSetup): Judge {
  const [name = ""] = training.losses;
  const [settings = { fromLogits: false, labelSmoothing: 0 }] = training.lossSettings ?? [];
  if (outputs.length !== 1) {
    fail("unsupported", `The model has ${outputs.length} outputs, only one can be trained here.`);
  }
  const standalone = generationOf(source.version).kind === "standalone";
  const [{ value } = { value: "" }] = outputs;
  const maker = nodes.find((node) => node.outputs.includes(value));
  const last = maker?.op.kind === "activation" ? maker.op.activation.fn : undefined;
  const seen =
    name === "binary_crossentropy"
      ? last === "sigmoid"
      : name.includes("categorical") && last === "softmax";
  return {
    way: { ...settings, name, clipping: !standalone && seen ? "before" : "clip" },
    output: value,
    before: maker?.inputs[0] ?? value,
    weight: training.lossWeights?.[0] ?? 1,
    bySharesThatCount: standalone,
  };
}

/** The mean loss of a batch. Throws `bad-shape` for targets that are not those of the output. */
export function judge(own: Judge, batch: JudgedBatch): Verdict {
  const { output, target, shape, weights } = batch;
  const [samples = 1, ...rest] = shape;
  const classes = rest.at(-1) ?? 1;
  const rows = output.length / classes;
  refuseOtherSizes(own, batch, rows);
  const given = weights ?? new Float32Array(samples).fill(1);
  const counted = own.bySharesThatCount ? given.filter((one) => one !== 0).length / samples : 1;
  const perRow = rows / samples;
  const factors = Float32Array.from(
    { length: rows },
    (_, row) => (own.weight * (given[Math.floor(row / perRow)] ?? 1)) / counted / rows,
  );
  const loss = lossOf(own.way, { output, target, classes, factors });
  const atOutput = loss.at === "output" || own.way.fromLogits;
  return { ...loss, start: atOutput ? own.output : own.before };
}

function refuseOtherSizes(
  { way }: Judge,
  { shape, output, target, weights }: JudgedBatch,
  rows: number,
): void {
  const [samples = 1] = shape;
  const sparse = way.name.startsWith("sparse");
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
    ? target.find((one) => !(Number.isInteger(one) && one >= 0 && one < classes))
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
