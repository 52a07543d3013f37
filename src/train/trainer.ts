import {
  getBackend,
  nextFrame,
  setBackend,
  type Tensor,
  tensor,
  tidy,
} from "@tensorflow/tfjs-core";
import { fail, KcError } from "../errors.ts";
import type { Graph, TrainingSetup } from "../ir/graph.ts";
import { sizeOf, type WeightRef } from "../ir/tensor.ts";
import type { JsonObject } from "../json.ts";
import { measureActivities, withSums } from "../passes/measure-activities.ts";
import { throwIfRefused } from "../targets/tfjs/device-errors.ts";
import { planSteps, type Step } from "../targets/tfjs/plan.ts";
import { runSteps } from "../targets/tfjs/run-steps.ts";
import { type PassRunner, passRunner } from "../targets/tfjs/training/pass-runner.ts";
import type { TrainingPass } from "../targets/tfjs/training/run-training.ts";
import {
  type PlannedWeight,
  planTraining,
  type TrainingPlan,
} from "../targets/tfjs/training/training-plan.ts";
import { noiseNumbers, type RandomStream } from "../targets/tfjs/training-forward.ts";
import { activityOf, type PartedResults, partResults, startOfSum } from "./activity-sums.ts";
import { type Batch, inputsOf } from "./batch.ts";
import { carryStates } from "./carry-states.ts";
import { channelsOf, readHidden, writeHidden } from "./hidden-state.ts";
import {
  judgeBatch,
  judgesOf,
  type OutputJudge,
  type Verdicts,
  withJudgedValues,
} from "./judges.ts";
import { type KeptStates, keptStates } from "./kept-states.ts";
import { type MovingStatistics, movingStatistics } from "./moving-statistics.ts";
import { openAll, storeOf } from "./open-weights.ts";
import { createOptimizer } from "./optimizers/optimizer.ts";
import { type OptimizerSettings, optimizerSettings } from "./optimizers/settings.ts";
import { restoreState, type SavedArray, type StateArray, saveState } from "./optimizers/state.ts";
import { type StepPlans, stepPlans } from "./step-plans.ts";
import { reportOf, type StepReport } from "./step-report.ts";
import { refuseUntrainableLayers } from "./untrainable-layers.ts";
import type { WeightStore } from "./weight-store.ts";

/** How a model is trained. */
export interface TrainerOptions {
  /** Numbers for dropout: a stream for each batch, by its number since the start of the run. */
  readonly random: (batch: number) => RandomStream;
  /** Loss and optimizer instead of those that the model was saved with. */
  readonly training?: TrainingSetup;
  /**
   * Frozen batch normalisations: by the numbers of the batch, or by the stored ones. By default as the Keras that saved the
   * model: stand-alone Keras goes by the batch.
   */
  readonly frozenNorm?: "batch" | "stored";
}

/**
 * A model in training, on the backend of tfjs that was active when it was made. It owns its weights and the optimizer's state
 * until `dispose`. Its calls must not overlap; between batches they let others run, such as threads that decode and signals.
 */
export interface Trainer {
  readonly graph: Graph;
  /** Trained weights in the order of the optimizer's. */
  readonly weights: readonly PlannedWeight[];
  readonly settings: OptimizerSettings;
  /** Before decay; may be changed between steps, which ends the schedule that the file states. */
  learningRate: number;
  /** Whether the rate goes by such a schedule. */
  readonly scheduled: boolean;
  /** Steps of the optimizer so far. */
  readonly iterations: number;
  /** There and back, moving statistics included; the gradients go into the mean over all samples since the last update. */
  accumulate(batch: Batch): Promise<StepReport>;
  /** One step of the optimizer with what was accumulated. */
  update(): void;
  /** Ends a run as Keras' `fit`: where the optimizer keeps averages of the weights (`use_ema`), these take their places. */
  finish(): void;
  /** One batch and one step. */
  step(batch: Batch): Promise<StepReport>;
  /** The model as it predicts, with its loss, penalties included. */
  test(batch: Batch): Promise<StepReport>;
  /** The present numbers of any weight of the graph; a copy. */
  valuesOf(ref: WeightRef): Float32Array;
  /** Puts other numbers into any weight of the graph. Throws `bad-weights` for another count of them. */
  setValues(ref: WeightRef, values: Float32Array): void;
  /** The optimizer's arrays as files of a version of Keras keep them. */
  saveState(version: string): readonly StateArray[];
  /** Goes on from such arrays. Throws `bad-weights` when they are those of another optimizer or other weights. */
  restoreState(saved: readonly SavedArray[], version: string): void;
  /** What files of Keras do not keep, so that a run can go on exactly: plain JSON. */
  saveHidden(): JsonObject;
  restoreHidden(state: JsonObject): void;
  /** Whether layers keep their states from batch to batch, training or not, so that all batches must be of one size. */
  readonly stateful: boolean;
  /** Sets the states of such layers back to zeros; nothing else does. */
  resetStates(): void;
  dispose(): void;
}

/** Goes on training a compiled model as the Keras that saved it would. Throws `unsupported` with what cannot be continued. */
export function createTrainer(graph: Graph, options: TrainerOptions): Trainer {
  const training = options.training ?? graph.training;
  if (training === undefined) {
    return fail("bad-option", "The model was saved without a loss and an optimizer.", {
      hint: "State a loss and an optimizer.",
    });
  }
  const [other] = graph.penalties?.others ?? [];
  if (other !== undefined) {
    throw new KcError({ hint: "Take the regularizer off, or train in Keras.", ...other });
  }
  refuseUntrainableLayers(graph);
  const judges = judgesOf(graph, training);
  const judged = withJudgedValues(graph, judges);
  const carried = carryStates(judged.graph);
  const plan = planTraining(withSums(measureActivities(carried.graph)));
  const settings = optimizerSettings(training.optimizer, graph.source.version);
  return new GraphTrainer({
    graph,
    plan,
    states: keptStates(carried.sizes),
    plans: stepPlans(plan, settings),
    passes: passRunner(),
    settings,
    judges,
    added: judged.added,
    store: storeOf(plan, settings),
    statistics: movingStatistics(graph),
    frozenNorm: options.frozenNorm ?? frozenNormOf(training, graph),
    random: options.random,
  });
}

/** What frozen batch normalisations go by in the Keras that saved a model. */
export function frozenNormOf({ optimizer }: TrainingSetup, { source }: Graph): "batch" | "stored" {
  return optimizerSettings(optimizer, source.version).dialect === "keras" ? "batch" : "stored";
}

interface Parts extends Required<Pick<TrainerOptions, "random" | "frozenNorm">> {
  /** As it was given; that of the plan has kept states as inputs and outputs too. */
  readonly graph: Graph;
  readonly plan: TrainingPlan;
  readonly states: KeptStates;
  readonly plans: StepPlans;
  readonly passes: PassRunner;
  readonly settings: OptimizerSettings;
  readonly judges: readonly OutputJudge[];
  /** Outputs behind the graph's own that losses look at; those behind them are kept states. */
  readonly added: number;
  readonly store: WeightStore;
  readonly statistics: MovingStatistics;
}

class GraphTrainer implements Trainer {
  readonly #parts: Parts;
  readonly #backend = getBackend();
  #steps: readonly Step[] | undefined;
  #batches = 0;
  #disposed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get graph(): Graph {
    return this.#parts.graph;
  }

  get weights(): readonly PlannedWeight[] {
    return this.#parts.plan.weights;
  }

  get settings(): OptimizerSettings {
    return this.#parts.settings;
  }

  get learningRate(): number {
    return this.#parts.store.counters.learningRate;
  }

  set learningRate(rate: number) {
    const { counters } = this.#parts.store;
    const rounded = Math.fround(rate);
    if (rounded === counters.learningRate) return;
    counters.learningRate = rounded;
    counters.scheduled = false;
  }

  get scheduled(): boolean {
    return this.#parts.store.counters.scheduled;
  }

  get iterations(): number {
    return this.#parts.store.counters.iterations;
  }

  async accumulate(batch: Batch): Promise<StepReport> {
    await nextFrame();
    this.#activate();
    const { passes, plans, store, statistics, random, frozenNorm, states } = this.#parts;
    const inputs = this.#inputsOf(batch);
    const open = openAll(this.#parts);
    let pass: TrainingPass | undefined;
    const gradients: Tensor[] = [];
    try {
      const plan = plans.planFor(batch.inputs[0]?.shape[0] ?? 1);
      const noise = noiseNumbers(random(this.#batches));
      const given = { inputs, weightOf: open.weightOf, frozenNorm, noise, tables: store.tables };
      pass = passes.start(plan, given, (shapes) => this.#startsOf(shapes, batch));
      const [outputs, verdicts] = await this.#judge(pass.outputs, batch);
      this.#activate();
      const found = pass.backward(
        verdicts.starts.map(({ value, shape, gradient }) => ({
          value,
          gradient: tensor(gradient, [...shape]),
        })),
      );
      gradients.push(...found.values());
      const penalty = store.penalty();
      await store.collect(found, pass.outputs[0]?.shape[0] ?? 1);
      for (const seen of pass.statistics) await statistics.take(seen);
      await states.take(this.#parted(pass.outputs).states);
      this.#batches++;
      return reportOf(outputs, verdicts, penalty);
    } finally {
      for (const one of [...inputs, ...gradients]) one.dispose();
      pass?.dispose();
      open.close();
    }
  }

  update(): void {
    this.#activate();
    this.#parts.store.update();
  }

  finish(): void {
    this.#activate();
    this.#parts.store.finish();
  }

  async step(batch: Batch): Promise<StepReport> {
    const report = await this.accumulate(batch);
    this.update();
    return report;
  }

  async test(batch: Batch): Promise<StepReport> {
    await nextFrame();
    this.#activate();
    const { plan, store, states } = this.#parts;
    const { graph } = plan;
    this.#steps ??= planSteps(graph);
    const steps = this.#steps;
    const inputs = this.#inputsOf(batch);
    const open = openAll(this.#parts);
    let outputs: readonly Tensor[] = [];
    try {
      outputs = tidy(() => runSteps(graph, steps, inputs, open.weightOf));
      const [read, verdicts] = await this.#judge(outputs, batch);
      this.#activate();
      await states.take(this.#parted(outputs).states);
      return reportOf(read, verdicts, store.penalty());
    } finally {
      for (const one of [...inputs, ...outputs]) one.dispose();
      open.close();
    }
  }

  valuesOf(ref: WeightRef): Float32Array {
    this.#activate();
    const { statistics, store } = this.#parts;
    const values = statistics.valuesOf(ref) ?? store.valuesOf(ref);
    return values?.slice() ?? fail("internal", `The weight ${ref.id} is not there.`);
  }

  setValues(ref: WeightRef, values: Float32Array): void {
    this.#activate();
    const { statistics, store } = this.#parts;
    const size = sizeOf(ref.shape);
    if (values.length !== size) {
      fail(
        "bad-weights",
        `The weight ${ref.id} has ${size} numbers, but ${values.length} are given.`,
      );
    }
    if (!statistics.setValues(ref, values)) store.setValues(ref, values);
  }

  saveState(version: string): readonly StateArray[] {
    this.#activate();
    return saveState(this.#parts.store.readOptimizer(), { weights: this.#named(), version });
  }

  restoreState(saved: readonly SavedArray[], version: string): void {
    this.#activate();
    const { settings, store } = this.#parts;
    const sizes = this.weights.map(({ ref }) => sizeOf(ref.shape));
    const optimizer = createOptimizer(settings, sizes);
    optimizer.state.learningRate = store.counters.learningRate;
    optimizer.state.scheduled = store.counters.scheduled;
    restoreState(optimizer, saved, { weights: this.#named(), version });
    store.replaceOptimizer(optimizer);
  }

  saveHidden(): JsonObject {
    const { statistics, store, states } = this.#parts;
    const { counters } = store;
    const hidden = { counters, batches: this.#batches, averages: statistics.hidden };
    return { ...writeHidden(hidden), ...(states.any ? { states: states.save() } : {}) };
  }

  restoreHidden(state: JsonObject): void {
    const { statistics, store, plan } = this.#parts;
    const { counters, batches, averages } = readHidden(state, (id) => channelsOf(plan.graph, id));
    Object.assign(store.counters, counters);
    this.#batches = batches;
    this.#parts.states.restore(state.states);
    statistics.hidden.clear();
    for (const [id, own] of averages) statistics.hidden.set(id, own);
  }

  get stateful(): boolean {
    return this.#parts.states.any;
  }

  resetStates(): void {
    this.#parts.states.reset();
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#activate();
    this.#disposed = true;
    this.#parts.store.dispose();
    this.#parts.passes.dispose();
  }

  /** Another user of tfjs may have made its own backend the active one. Where a backend is started, this takes effect at once. */
  #activate(): void {
    if (this.#disposed) fail("internal", "The trainer was disposed.");
    if (getBackend() !== this.#backend) void setBackend(this.#backend);
    throwIfRefused();
  }

  /** The batch and the kept states, as tensors of the caller's. */
  #inputsOf(batch: Batch): readonly Tensor[] {
    const { graph, states } = this.#parts;
    const kept = states.open(batch.inputs[0]?.shape[0] ?? 1);
    try {
      return [...inputsOf(graph, batch), ...kept];
    } catch (error) {
      for (const one of kept) one.dispose();
      throw error;
    }
  }

  /** How many outputs are the graph's own or looked at by losses. */
  get #judgedOutputs(): number {
    return this.graph.outputs.length + this.#parts.added;
  }

  async #judge(
    results: readonly Tensor[],
    batch: Batch,
  ): Promise<readonly [readonly Float32Array[], Verdicts]> {
    const { outputs: tensors, sums } = this.#parted(results);
    const values: Float32Array[] = [];
    for (const one of tensors) values.push(Float32Array.from(await one.data()));
    throwIfRefused();
    const shapes = tensors.map(({ shape }) => shape);
    const verdicts = judgeBatch(this.#parts.judges, this.graph, { shapes, values }, batch);
    const { version } = this.graph.source;
    const value = verdicts.value + (await activityOf(sums, version));
    const starts = sums.map((one) => startOfSum(one.value, one.result.shape, version));
    const all = { ...verdicts, value, starts: [...verdicts.starts, ...starts] };
    return [values.slice(0, this.graph.outputs.length), all];
  }

  /** Where gradients start does not depend on what comes out. */
  #startsOf(all: readonly (readonly number[])[], batch: Batch): Verdicts["starts"] {
    const { outputs: shapes, sums } = this.#parted(all);
    const values = shapes.map((shape) => new Float32Array(sizeOf(shape)));
    const { starts } = judgeBatch(this.#parts.judges, this.graph, { shapes, values }, batch);
    const { version } = this.graph.source;
    return [...starts, ...sums.map(({ value, result }) => startOfSum(value, result, version))];
  }

  #parted<Result>(results: readonly Result[]): PartedResults<Result> {
    return partResults(results, this.#parts.plan.graph, this.#judgedOutputs);
  }

  #named(): readonly { readonly name: string; readonly shape: readonly number[] }[] {
    return this.weights.map(({ name, ref }) => ({ name, shape: ref.shape }));
  }
}
