import { fail } from "../../errors.ts";
import { clipGradients } from "./clip.ts";
import { gatherGradients, stepsBefore } from "./gradient-sums.ts";
import { multipliesProduct } from "./nadam.ts";
import { at, type UpdateRule } from "./rule.ts";
import { ruleOf } from "./rules.ts";
import type { OptimizerSettings } from "./settings.ts";
import { slotsOf } from "./slots.ts";
import { type TableRows, updateTaken } from "./table-rows.ts";
import {
  type AveragedWeight,
  beginAverages,
  followWeights,
  takeAverages,
} from "./weight-averages.ts";

/** What an optimizer remembers between steps: plain data, to be saved and continued from. */
export interface OptimizerState {
  /** Steps so far. */
  iterations: number;
  /** The rate before decay, as float32; callbacks change it. */
  learningRate: number;
  /** Whether the rate goes by the settings' schedule; another one that is set ends that. */
  scheduled: boolean;
  /** Nadam's running product of momenta; 1 for all others. */
  product: number;
  /** One list for each weight, in the order of the weights; in it one array for each slot. */
  readonly slots: readonly (readonly Float32Array[])[];
}

/** Changes weights by gradients. It owns its state; the weights are the caller's. */
export interface Optimizer {
  readonly settings: OptimizerSettings;
  /** Names of the slots of each weight. */
  readonly slotNames: readonly string[];
  readonly state: OptimizerState;
  /** One step on all weights in place; the gradients are changed too, and the rows of tables. All in the order of the sizes. */
  step(
    weights: readonly Float32Array[],
    gradients: readonly Float32Array[],
    rows?: readonly (TableRows | undefined)[],
  ): void;
  /** Ends a run as Keras' `fit`: weights whose averages are kept become these. */
  finish(weights: readonly Float32Array[]): void;
}

/** An optimizer before its first step, for weights of these sizes (numbers of elements), trainable ones only, in model order. */
export function createOptimizer(settings: OptimizerSettings, sizes: readonly number[]): Optimizer {
  const rule = ruleOf(settings);
  const kept = slotsOf(settings);
  const state: OptimizerState = {
    iterations: 0,
    learningRate: Math.fround(settings.config.learning_rate),
    scheduled: settings.schedule !== undefined,
    product: 1,
    slots: sizes.map((size) => kept.map(({ initial }) => new Float32Array(size).fill(initial))),
  };
  return {
    settings,
    slotNames: kept.map(({ name }) => name),
    state,
    step: (weights, gradients, rows = []) =>
      stepOnce(settings, rule, state, { weights, gradients, rows }),
    finish: (weights) => {
      if (state.iterations > 0) takeAverages(averagedBy(settings, rule, state, weights));
    },
  };
}

/** Brings the rate to the step that comes next, where a schedule says it. */
export function followSchedule(
  { schedule }: OptimizerSettings,
  state: Pick<OptimizerState, "iterations" | "learningRate" | "scheduled">,
): void {
  if (schedule !== undefined && state.scheduled) state.learningRate = schedule(state.iterations);
}

/** The rate of a step after decay: Keras multiplies with the reciprocal, the legacy optimizers divide. */
export function decayedRate({ dialect, config }: OptimizerSettings, state: OptimizerState): number {
  const rate = Math.fround(state.learningRate);
  if (config.decay <= 0) return rate;
  const below = Math.fround(1 + Math.fround(Math.fround(config.decay) * state.iterations));
  return Math.fround(dialect === "keras" ? rate * Math.fround(1 / below) : rate / below);
}

const NO_GRADIENT = new Float32Array(0);

interface Arrays {
  readonly weights: readonly Float32Array[];
  readonly gradients: readonly Float32Array[];
  readonly rows: readonly (TableRows | undefined)[];
}

function stepOnce(
  settings: OptimizerSettings,
  rule: UpdateRule,
  state: OptimizerState,
  { weights, gradients, rows }: Arrays,
): void {
  refuseOtherSizes(state, { weights, gradients });
  const { iterations, slots } = state;
  const step = stepsBefore(settings, iterations) + 1;
  const averaged = averagedBy(settings, rule, state, weights);
  beginAverages(settings, step, averaged);
  const waiting = gradients.map((gradient, index) => ({ gradient, sum: slots[index]?.at(-1) }));
  if (gatherGradients(settings, iterations, waiting)) {
    stepWeights({ settings, rule, state, step }, { weights, gradients, rows });
  }
  if (settings.config.use_ema) followWeights(settings, step, averaged);
  state.iterations = iterations + 1;
  followSchedule(settings, state);
}

interface Step {
  readonly settings: OptimizerSettings;
  readonly rule: UpdateRule;
  readonly state: OptimizerState;
  /** Of the weights, from 1. */
  readonly step: number;
}

function stepWeights(
  { settings, rule, state, step }: Step,
  { weights, gradients, rows }: Arrays,
): void {
  clipGradients(settings, gradients, rows);
  const rate = decayedRate(settings, state);
  if (settings.config.weight_decay !== 0) decayWeights(settings, weights, rate);
  const factor = rule.productFactor?.(step);
  let update = factor === undefined ? rule.update({ rate, step, product: 1 }) : undefined;
  weights.forEach((weight, index) => {
    if (factor !== undefined) {
      const place = { weight: index, weights: weights.length, step };
      const multiplies = multipliesProduct(settings, place);
      if (multiplies) state.product = Math.fround(state.product * factor);
      if (multiplies || update === undefined) {
        update = rule.update({ rate, step, product: state.product });
      }
    }
    const own = state.slots[index]?.slice(0, rule.slots.length) ?? [];
    updateTaken(settings, rows[index], { weight, slots: own }, () =>
      update?.(weight, gradients[index] ?? NO_GRADIENT, own, rows[index]?.apart),
    );
  });
}

/** Weights with their averages, which stand behind the slots of the formula. */
function averagedBy(
  { config }: OptimizerSettings,
  rule: UpdateRule,
  { slots }: OptimizerState,
  weights: readonly Float32Array[],
): readonly AveragedWeight[] {
  if (!config.use_ema) return [];
  return weights.flatMap((weight, index) => {
    const average = slots[index]?.[rule.slots.length];
    return average === undefined ? [] : [{ weight, average }];
  });
}

/** Decoupled from the gradients, before the update. @see keras/src/optimizers/base_optimizer.py `_apply_weight_decay` (3) */
function decayWeights(
  { config }: OptimizerSettings,
  weights: readonly Float32Array[],
  rate: number,
): void {
  const strength = Math.fround(config.weight_decay);
  for (const weight of weights) {
    for (let i = 0; i < weight.length; i++) {
      const value = at(weight, i);
      weight[i] = value - Math.fround(Math.fround(value * strength) * rate);
    }
  }
}

function refuseOtherSizes(
  { slots }: OptimizerState,
  { weights, gradients }: Omit<Arrays, "rows">,
): void {
  if (weights.length === slots.length && gradients.length === slots.length) {
    const wrong = weights.findIndex(
      (weight, index) =>
        weight.length !== gradients[index]?.length ||
        slots[index]?.some((slot) => slot.length !== weight.length) === true,
    );
    if (wrong < 0) return;
    fail("internal", `Weight ${wrong} and its gradient are not as long as the optimizer's state.`);
  }
  const [found, given] = [slots.length, `${weights.length} weights, ${gradients.length} gradients`];
  fail("internal", `The optimizer was made for ${found} weights, got ${given}.`);
}
