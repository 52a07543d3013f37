import { fail } from "../errors.ts";
import type { Graph, TrainingSetup, ValueId } from "../ir/graph.ts";
import { type Batch, targetsOf } from "./batch.ts";
import { type Judge, judge, judgeOf } from "./judge.ts";
import { generationOf } from "./keras-generation.ts";

/** What one of a model's outputs is judged by. */
export interface OutputJudge extends Judge {
  /** Its place among the outputs. */
  readonly index: number;
  /** As Keras calls its loss in logs (`aux_loss`); undefined where the sum tells it. */
  readonly logged: string | undefined;
}

/** What losses look at in a batch, with what it should have been, in the order of the model's outputs. */
export interface JudgedOutputs {
  readonly shapes: readonly (readonly number[])[];
  readonly outputs: readonly Float32Array[];
  readonly targets: readonly Float32Array[];
  /** What each sample counts; 1 by default. */
  readonly weights: Float32Array | undefined;
}

/** The sum of the losses, each times its weight, and where their slopes begin. */
export interface Verdicts {
  readonly value: number;
  readonly starts: readonly {
    readonly value: ValueId;
    readonly shape: readonly number[];
    readonly gradient: Float32Array;
  }[];
  /** Of each output, without its weight, by Keras' name; empty for a model with one output. */
  readonly losses: Readonly<Record<string, number>>;
}

/** All outputs that have a loss. Throws `bad-option` where losses and outputs do not fit, and `unsupported` for a loss without a slope here. */
export function judgesOf(graph: Graph, training: TrainingSetup): readonly OutputJudge[] {
  const { outputs, source } = graph;
  const { losses } = training;
  if (losses.length > 1 && losses.length !== outputs.length) {
    fail("bad-option", `The model has ${outputs.length} outputs, but ${losses.length} losses.`);
  }
  const judges = outputs.flatMap(({ name }, index) => {
    const own = judgeOf(graph, training, index);
    return own === undefined ? [] : [{ ...own, index, logged: `${name}_loss` }];
  });
  if (judges.length === 0) {
    fail("bad-option", "No output of the model has a loss.", { hint: "State one: mse" });
  }
  // Keras 3 goes by the losses, those before by the outputs.
  const told = generationOf(source.version).kind === "keras-3" ? judges : outputs;
  return told.length > 1 ? judges : judges.map((own) => ({ ...own, logged: undefined }));
}

/** The graph with what losses take instead of its outputs as further outputs, and how many these are. */
export function withJudgedValues(
  graph: Graph,
  judges: readonly OutputJudge[],
): { readonly graph: Graph; readonly added: number } {
  const added = instead(judges).map(({ before }) => ({ name: before, value: before }));
  const outputs = [...graph.outputs, ...added];
  return { graph: added.length === 0 ? graph : { ...graph, outputs }, added: added.length };
}

/** Judges a batch by what comes out of that graph: outputs of the model, then what losses take instead. */
export function judgeBatch(
  judges: readonly OutputJudge[],
  { outputs }: Graph,
  { shapes, values }: Pick<JudgedOutputs, "shapes"> & { readonly values: readonly Float32Array[] },
  { weights, ...batch }: Batch,
): Verdicts {
  const { length } = outputs;
  const places = new Map(instead(judges).map(({ index }, place) => [index, length + place]));
  const own = outputs.map((_, index) => places.get(index) ?? index);
  return judgeOutputs(judges, {
    shapes: own.map((place) => shapes[place] ?? []),
    outputs: own.map((place) => values[place] ?? new Float32Array(0)),
    targets: targetsOf(batch, length),
    weights,
  });
}

function instead(judges: readonly OutputJudge[]): readonly OutputJudge[] {
  return judges.filter(({ way }) => way.before);
}

/** Judges all outputs of a batch. Throws `bad-shape` for targets that are not those of an output. */
export function judgeOutputs(
  judges: readonly OutputJudge[],
  { shapes, outputs, targets, weights }: JudgedOutputs,
): Verdicts {
  const none = new Float32Array(0);
  let sum = 0;
  const losses: [string, number][] = [];
  const starts = judges.map((own) => {
    const { index, weight, logged } = own;
    const shape = shapes[index] ?? [];
    const [output = none, target = none] = [outputs[index], targets[index]];
    const { value, gradient, start } = judge(own, { shape, output, target, weights });
    if (logged !== undefined) losses.push([logged, value]);
    sum += weight * value;
    const slope = weight === 1 ? gradient : gradient.map((one) => weight * one);
    return { value: start, shape, gradient: slope };
  });
  return { value: sum, starts, losses: Object.fromEntries(losses) };
}
