import { at } from "./rule.ts";
import type { OptimizerSettings } from "./settings.ts";

/** What an optimizer is told of a table of which only some rows were taken: Keras keeps their gradients apart. */
export interface TableRows {
  /** Sum of the squares of all rows of the gradient, before those of one row were added up; their numbers are limited already. */
  squares: number;
  /** How often each row was taken. */
  readonly taken: Float32Array;
  /** Squares or magnitudes of the gradient's numbers, each the sum of those of all rows that were added up; where asked for. */
  readonly apart?: Float32Array;
}

/**
 * What Keras 3 takes of each row of a gradient before it adds up those of a row that was taken twice. As it computes on TensorFlow.
 * @see keras/src/backend/tensorflow/sparse.py `elementwise_unary` (3)
 */
export function takenApart({
  name,
  dialect,
  config,
}: OptimizerSettings): "squares" | "magnitudes" | undefined {
  // Keras adds rows up where it multiplies them with a number of TensorFlow's.
  const isScaled = config.global_clipnorm > 0 && !(config.clipnorm > 0);
  const isSummed = config.gradient_accumulation_steps > 1 || isScaled;
  if (dialect !== "keras-3" || isSummed || name === "sgd" || name === "lion") return undefined;
  return name === "adamax" ? "magnitudes" : "squares";
}

/**
 * Whether rows that were not taken stay as they are, and their slots too: `slots` of those that move all the same by their formula.
 * @see `_resource_apply_sparse` in keras/src/optimizers/legacy (2.15)
 */
export function skipsRows({
  name,
  dialect,
  config,
}: OptimizerSettings): "all" | "weights" | undefined {
  if (dialect !== "tf-legacy") return undefined;
  if (name === "nadam") return "weights";
  const withMomentum = (name === "sgd" || name === "rmsprop") && config.momentum > 0;
  return withMomentum || name === "adadelta" || name === "adamax" ? "all" : undefined;
}

/** Whether an optimizer goes by single rows of tables at all. */
export function goesByRows(settings: OptimizerSettings): boolean {
  const { dialect, config } = settings;
  // Gradients that wait for their step are added to numbers of all rows.
  if (dialect === "keras" || config.gradient_accumulation_steps > 1) return false;
  const clips = config.clipnorm > 0 || config.clipvalue > 0 || config.global_clipnorm > 0;
  return clips || skipsRows(settings) !== undefined || takenApart(settings) !== undefined;
}

/** What each number of a row is limited to before rows are added up. */
export function limitOfRows({ dialect, config }: OptimizerSettings): number | undefined {
  const { clipnorm, clipvalue, global_clipnorm: together } = config;
  const isFirst = dialect === "tf-legacy" || !(clipnorm > 0 || together > 0);
  return clipvalue > 0 && isFirst ? Math.fround(clipvalue) : undefined;
}

/** Runs an update of a table, and puts back what it must not change. */
export function updateTaken(
  settings: OptimizerSettings,
  rows: TableRows | undefined,
  { weight, slots }: { readonly weight: Float32Array; readonly slots: readonly Float32Array[] },
  update: () => void,
): void {
  const skips = rows && skipsRows(settings);
  if (rows === undefined || skips === undefined) {
    update();
    return;
  }
  const arrays = skips === "all" ? [weight, ...slots] : [weight];
  const before = arrays.map((array) => array.slice());
  update();
  const width = weight.length / rows.taken.length;
  rows.taken.forEach((count, row) => {
    if (count > 0) return;
    arrays.forEach((array, index) => {
      const old = before[index] ?? array;
      for (let i = row * width; i < (row + 1) * width; i++) array[i] = at(old, i);
    });
  });
}
