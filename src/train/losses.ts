import { fail } from "../errors.ts";
import type { LossSettings } from "../ir/graph.ts";

/** How a loss looks at the output of a model. */
export interface LossWay extends LossSettings {
  /** Keras' snake-case name. */
  readonly name: string;
  /**
   * `clip` keeps probabilities away from 0 and 1 (stand-alone Keras, and losses on what is no softmax or
   * sigmoid). `before` takes the output for a softmax or sigmoid and looks at what came before it (tf.keras and Keras 3).
   */
  readonly clipping: "clip" | "before";
}

/** Outputs and targets, row-major. */
export interface Judged {
  readonly output: Float32Array;
  /** Of the output's size; one number a row for sparse losses. */
  readonly target: Float32Array;
  /** Numbers of a row. */
  readonly classes: number;
  /** What each row counts in the sum. */
  readonly factors: Float32Array;
}

/** The sum over the rows, each times its factor, and its slope. */
export interface Loss {
  readonly value: number;
  /** Of the output's size: at the output, or before its softmax or sigmoid. */
  readonly gradient: Float32Array;
  readonly at: "output" | "before";
}

/** One row's loss; writes its slopes. */
type RowLoss = (
  row: Float32Array,
  target: Float32Array,
  slopes: Float32Array,
  way: LossWay,
) => number;

/** A loss with its gradient. Throws `unsupported` for a loss without one here. */
export function lossOf(way: LossWay, { output, target, classes, factors }: Judged): Loss {
  const f = LOSSES.get(way.name);
  if (f === undefined) {
    return fail("unsupported", `The loss "${way.name}" cannot be trained with here.`, {
      hint: `Use one of ${[...LOSSES.keys()].join(", ")}.`,
    });
  }
  const sparse = way.name.startsWith("sparse");
  const gradient = new Float32Array(output.length);
  let value = 0;
  factors.forEach((factor, index) => {
    const [start, end] = [index * classes, (index + 1) * classes];
    const wanted = sparse ? oneHot(target[index] ?? 0, classes) : target.slice(start, end);
    const slopes = gradient.subarray(start, end);
    value += factor * f(output.subarray(start, end), smoothed(wanted, way), slopes, way);
    for (let i = 0; i < slopes.length; i++) slopes[i] = (slopes[i] ?? 0) * factor;
  });
  return { value, gradient, at: way.clipping === "before" ? "before" : "output" };
}

const EPSILON = Math.fround(1e-7);
const MOST = Math.fround(1 - EPSILON);
const LEAST = 2 ** -149;

const categorical: RowLoss = (row, target, slopes, way) => {
  if (way.fromLogits || way.clipping === "before") {
    const p = way.fromLogits ? softmax(row) : row;
    return entropyBefore(p, target, slopes);
  }
  const sum = row.reduce((total, p) => total + p, 0);
  let [loss, along] = [0, 0];
  row.forEach((p, c) => {
    const [q, t] = [p / sum, target[c] ?? 0];
    const bounded = clip(q);
    loss -= t * Math.log(bounded);
    slopes[c] = isInside(q) ? -t / bounded : 0;
    along += (slopes[c] ?? 0) * q;
  });
  for (let c = 0; c < row.length; c++) slopes[c] = ((slopes[c] ?? 0) - along) / sum;
  return loss;
};

const sparse: RowLoss = (row, target, slopes, way) => {
  if (way.fromLogits || way.clipping === "before") return categorical(row, target, slopes, way);
  const bounded = Float64Array.from(row, clip);
  const sum = bounded.reduce((total, p) => total + p, 0);
  let loss = 0;
  bounded.forEach((p, c) => {
    const t = target[c] ?? 0;
    loss -= t * Math.log(p / sum);
    slopes[c] = isInside(row[c] ?? 0) ? (p / sum - t) / p : 0;
  });
  return loss;
};

const binary: RowLoss = (row, target, slopes, way) => {
  let loss = 0;
  const before = way.fromLogits || way.clipping === "before";
  row.forEach((given, c) => {
    const t = target[c] ?? 0;
    const p = way.fromLogits ? 1 / (1 + Math.exp(-given)) : before ? given : clip(given);
    loss -= t * Math.log(Math.max(p, LEAST)) + (1 - t) * Math.log(Math.max(1 - p, LEAST));
    const slope = before ? p - t : isInside(given) ? (p - t) / (p * (1 - p)) : 0;
    slopes[c] = slope / row.length;
  });
  return loss / row.length;
};

const squared: RowLoss = (row, target, slopes) => {
  let loss = 0;
  row.forEach((value, c) => {
    const off = value - (target[c] ?? 0);
    loss += off * off;
    slopes[c] = (2 * off) / row.length;
  });
  return loss / row.length;
};

const absolute: RowLoss = (row, target, slopes) => {
  let loss = 0;
  row.forEach((value, c) => {
    const off = value - (target[c] ?? 0);
    loss += Math.abs(off);
    slopes[c] = Math.sign(off) / row.length;
  });
  return loss / row.length;
};

const LOSSES: ReadonlyMap<string, RowLoss> = new Map([
  ["categorical_crossentropy", categorical],
  ["sparse_categorical_crossentropy", sparse],
  ["binary_crossentropy", binary],
  ["mean_squared_error", squared],
  ["mse", squared],
  ["mean_absolute_error", absolute],
  ["mae", absolute],
]);

/** Cross entropy of a softmax, with its slopes before the softmax. */
function entropyBefore(p: ArrayLike<number>, target: Float32Array, slopes: Float32Array): number {
  const total = target.reduce((sum, t) => sum + t, 0);
  let loss = 0;
  target.forEach((t, c) => {
    const own = p[c] ?? 0;
    loss -= t === 0 ? 0 : t * Math.log(Math.max(own, LEAST));
    slopes[c] = own * total - t;
  });
  return loss;
}

function softmax(row: Float32Array): Float64Array {
  const most = Math.max(...row);
  const powers = Float64Array.from(row, (value) => Math.exp(value - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** @see keras/src/losses/losses.py `categorical_crossentropy`, `binary_crossentropy` (3): `label_smoothing` */
function smoothed(target: Float32Array, { name, labelSmoothing }: LossWay): Float32Array {
  if (labelSmoothing === 0 || !name.endsWith("_crossentropy") || name.startsWith("sparse")) {
    return target;
  }
  const share = name.startsWith("binary") ? 2 : target.length;
  return target.map((t) => t * (1 - labelSmoothing) + labelSmoothing / share);
}

function oneHot(label: number, classes: number): Float32Array {
  if (!Number.isInteger(label) || label < 0 || label >= classes) {
    fail("bad-option", `A label is ${label}, expected a class from 0 to ${classes - 1}.`);
  }
  const row = new Float32Array(classes);
  row[label] = 1;
  return row;
}

function clip(value: number): number {
  return Math.min(MOST, Math.max(EPSILON, value));
}

function isInside(value: number): boolean {
  return value >= EPSILON && value <= MOST;
}
