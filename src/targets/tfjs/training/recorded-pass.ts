import { clone, type Tensor, zeros } from "@tensorflow/tfjs-core";
import { fail, KcError } from "../../../errors.ts";
import type { ValueId } from "../../../ir/graph.ts";
import type { NoiseOp } from "../../../ir/ops/noise.ts";
import type { WeightRef } from "../../../ir/tensor.ts";
import { tensorAt } from "../forward.ts";
import { type NodeBackend, nodeBackend } from "../tensorflow/node-backend.ts";
import { FLOATS, type TensorFlowOps, tensorflowOps } from "../tensorflow/operations.ts";
import { Recorder, type Source } from "../tensorflow/recorder.ts";
import { reserveMemory } from "../tensorflow/reserve.ts";
import { type Feed, openSession, type Session } from "../tensorflow/session.ts";
import { cutWays, type Ways } from "../tensorflow/ways.ts";
import { noiseNumbers } from "../training-forward.ts";
import { memoryOfStep, type StepMemory } from "./memory.ts";
import {
  type BatchStatistics,
  type StartGradient,
  startPass,
  type TrainingInputs,
  type TrainingPass,
} from "./run-training.ts";
import type { TrainingPlan } from "./training-plan.ts";

/** The passes of a plan for batches of one shape, as a graph that TensorFlow knows as a whole. */
export interface RecordedPass {
  /** One at a time: another one ends what is kept for the way back of the one before. */
  start(given: TrainingInputs): TrainingPass;
  dispose(): void;
}

/** The values at which gradients start, with their shapes, for outputs of these shapes. */
export type GradientStarts = (
  shapes: readonly (readonly number[])[],
) => readonly { readonly value: ValueId; readonly shape: readonly number[] }[];

/**
 * Runs a pass there and back and writes down what TensorFlow computes, so that it can run it as a graph: what belongs together
 * becomes one kernel, independent steps run side by side, and what is kept goes when it has been read. Nothing but the shapes of the inputs matters. Undefined without
 * tfjs-node, and for passes that cannot be written down.
 */
export function recordPass(
  plan: TrainingPlan,
  given: TrainingInputs,
  startsOf: GradientStarts,
): RecordedPass | undefined {
  const [node, ops] = [nodeBackend(), tensorflowOps()];
  if (node === undefined || ops === undefined) return undefined;
  const memory = memoryOfStep(plan, { samples: given.inputs[0]?.shape[0] ?? 1, slots: 0 });
  reserveFor(memory, node);
  const recorder = new Recorder(node);
  const open: Session[] = [];
  const dispose = (): void => {
    for (const one of open) one.dispose();
    recorder.dispose();
  };
  try {
    const script = writeScript(plan, given, { startsOf, recorder, ops });
    const { there, results } = script;
    const { operations } = recorder;
    const starts = script.starts.map(({ source }) => source);
    const ways = cutWays({ operations, there, starts, wanted: new Set(results) });
    const session = openSession(node, ways.nodes);
    open.push(session);
    const both = new TwoWays(session, ways);
    tryOut(new Replay(script, both, { ...given, noise: NO_NOISE }));
    return { start: (next) => new Replay(script, both, next), dispose };
  } catch (error) {
    dispose();
    // Else TensorFlow does not run what it was handed over, which it runs step by step.
    if (error instanceof KcError && error.code !== "unsupported") throw error;
    return undefined;
  }
}

/** Of all that a step needs: larger tensors fit into few of the regions that TensorFlow takes one after the other. */
const LARGE = 1 / 6;

function reserveFor({ peak, largest }: StepMemory, node: NodeBackend): void {
  if (largest > LARGE * peak) reserveMemory(node, 2 * peak);
}

/** A stream of random numbers must not go on for what is thrown away. */
const NO_NOISE = noiseNumbers((count) => new Float32Array(count));

/** Goes there and back once, so that what does not run as graphs shows before anything depends on it. */
function tryOut(pass: Replay): void {
  try {
    for (const one of pass.backward(pass.zeroStarts()).values()) one.dispose();
  } finally {
    pass.dispose();
  }
}

/** What was written down, and where in it things are. */
interface Script {
  readonly recorder: Recorder;
  /** Operations of the way there. */
  readonly there: number;
  readonly inputs: readonly Source[];
  readonly weights: ReadonlyMap<Source, WeightRef>;
  readonly noises: readonly Noise[];
  readonly outputs: readonly Source[];
  readonly statistics: readonly Statistics[];
  readonly starts: readonly { readonly value: ValueId; readonly source: Source }[];
  readonly gradients: ReadonlyMap<string, Source>;
  /** All that is wanted of it. */
  readonly results: readonly Source[];
}

interface Noise {
  readonly op: NoiseOp;
  readonly shape: readonly number[];
  readonly sources: readonly Source[];
}

interface Statistics extends Omit<BatchStatistics, "mean" | "variance"> {
  readonly mean: Source;
  readonly variance: Source;
}

interface Place {
  readonly startsOf: GradientStarts;
  readonly recorder: Recorder;
  readonly ops: TensorFlowOps;
}

function writeScript(plan: TrainingPlan, given: TrainingInputs, place: Place): Script {
  const { recorder } = place;
  const weights = new Map<Source, WeightRef>();
  const noises: Noise[] = [];
  const inputs = given.inputs.map((one) => recorder.give(one));
  const listened: TrainingInputs = {
    ...given,
    weightOf: (ref) => {
      const tensor = given.weightOf(ref);
      weights.set(recorder.give(tensor), ref);
      return tensor;
    },
    noise: (op, shape) => {
      const tensors = NO_NOISE(op, shape);
      noises.push({ op, shape, sources: tensors.map((one) => recorder.give(one)) });
      return tensors;
    },
  };
  return recorder.listen(() => {
    const pass = startPass(plan, listened);
    const held: Tensor[] = [];
    try {
      const found = (one: Tensor): Source => resultOf(one, recorder, place.ops, held);
      const outputs = pass.outputs.map(found);
      const statistics = pass.statistics.map(({ mean, variance, ...rest }) => ({
        ...rest,
        mean: found(mean),
        variance: found(variance),
      }));
      const there = recorder.operations.length;
      const shapes = pass.outputs.map(({ shape }) => shape);
      const begun = place.startsOf(shapes).map(({ value, shape }) => {
        const gradient = zeros([...shape]);
        return { value, gradient, source: recorder.give(gradient) };
      });
      const back = pass.backward(begun);
      held.push(...back.values());
      const gradients = new Map([...back].map(([id, one]) => [id, found(one)]));
      const seen = statistics.flatMap(({ mean, variance }) => [mean, variance]);
      const results = [...outputs, ...seen, ...gradients.values()];
      const starts = begun.map(({ value, source }) => ({ value, source }));
      const ways = { inputs, weights, noises, outputs, statistics, starts, gradients, results };
      return { recorder, there, ...ways };
    } finally {
      for (const one of held) one.dispose();
      pass.dispose();
    }
  });
}

/** A tensor as a result; what was only handed on is made one. */
function resultOf(tensor: Tensor, recorder: Recorder, ops: TensorFlowOps, held: Tensor[]): Source {
  const known = recorder.sourceOf(tensor);
  if (known?.kind === "result") return known;
  const made = ops.one("Identity", [tensor], FLOATS);
  held.push(made);
  return recorder.sourceOf(made) ?? fail("internal", "A result was not written down.");
}

/** What was written down, ready to run, one way after the other. */
class TwoWays {
  readonly #session: Session;
  readonly #ways: Ways;
  /** The pass whose way there was the last. */
  #gone: object | undefined;

  constructor(session: Session, ways: Ways) {
    this.#session = session;
    this.#ways = ways;
  }

  there(pass: object, feed: Feed): ReadonlyMap<Source, Tensor> {
    if (this.#gone !== undefined) this.end(this.#gone);
    this.#gone = pass;
    return this.#session.run(this.#ways.there, feed);
  }

  back(pass: object, feed: Feed): ReadonlyMap<Source, Tensor> {
    if (this.#gone !== pass) return fail("internal", "What was kept for the way back is gone.");
    const { back } = this.#ways;
    if (back.fetches.length === 0) this.end(pass);
    const found = this.#session.run(back, feed);
    this.#gone = undefined;
    return found;
  }

  /** Ends what is kept for the way back of a pass. */
  end(pass: object): void {
    if (this.#gone !== pass) return;
    this.#gone = undefined;
    for (const one of this.#session.run(this.#ways.end, () => undefined).values()) one.dispose();
  }
}

/** A pass that runs what was written down. */
class Replay implements TrainingPass {
  readonly outputs: readonly Tensor[];
  readonly statistics: readonly BatchStatistics[];
  readonly #script: Script;
  readonly #ways: TwoWays;
  readonly #given: TrainingInputs;
  readonly #values = new Map<Source, Tensor>();

  constructor(script: Script, ways: TwoWays, given: TrainingInputs) {
    this.#script = script;
    this.#ways = ways;
    this.#given = given;
    try {
      script.inputs.forEach((source, index) => {
        this.#values.set(source, clone(tensorAt(given.inputs, index)));
      });
      for (const { op, shape, sources } of script.noises) {
        given.noise(op, shape).forEach((one, index) => {
          const source = sources[index];
          if (source !== undefined) this.#values.set(source, one);
        });
      }
      this.#take(ways.there(this, this.#feed));
    } catch (error) {
      this.#end();
      throw error;
    }
    this.outputs = script.outputs.map((source) => clone(this.#valueOf(source)));
    this.statistics = script.statistics.map(({ mean, variance, ...rest }) => ({
      ...rest,
      mean: clone(this.#valueOf(mean)),
      variance: clone(this.#valueOf(variance)),
    }));
  }

  /** Gradients of zeros where gradients start. */
  zeroStarts(): readonly StartGradient[] {
    return this.#script.starts.map(({ value, source: { shape } }) => ({
      value,
      gradient: zeros([...shape]),
    }));
  }

  backward(start: Parameters<TrainingPass["backward"]>[0]): ReadonlyMap<string, Tensor> {
    const { starts, gradients } = this.#script;
    start.forEach(({ value, gradient }, index) => {
      const begun = starts[index];
      if (begun?.value !== value) fail("internal", `No gradient starts at "${value}".`);
      this.#values.set(begun.source, gradient);
    });
    this.#take(this.#ways.back(this, this.#feed));
    const found = new Map([...gradients].map(([id, source]) => [id, clone(this.#valueOf(source))]));
    this.#disposeValues();
    return found;
  }

  dispose(): void {
    const seen = this.statistics.flatMap(({ mean, variance }) => [mean, variance]);
    for (const one of [...this.outputs, ...seen]) one.dispose();
    this.#end();
  }

  readonly #feed: Feed = (source) => {
    const { weights, recorder } = this.#script;
    const ref = weights.get(source);
    const elsewhere =
      ref === undefined ? recorder.constants.get(source) : this.#given.weightOf(ref);
    return this.#values.get(source) ?? elsewhere;
  };

  #take(found: ReadonlyMap<Source, Tensor>): void {
    for (const [source, one] of found) this.#values.set(source, one);
  }

  #valueOf(source: Source): Tensor {
    return this.#values.get(source) ?? fail("internal", "A result was not made.");
  }

  #end(): void {
    this.#ways.end(this);
    this.#disposeValues();
  }

  #disposeValues(): void {
    for (const one of this.#values.values()) one.dispose();
    this.#values.clear();
  }
}
