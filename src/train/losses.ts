import { fail } from "../errors.ts";
import { hasClassTargets, hingeTargets, rowLoss } from "../evaluate/index.ts";
import { checkLoss, type LossWay } from "./loss-way.ts";

/** Outputs and targets, row-major. */
export interface Judged {
  readonly output: Float32Array | Float64Array;
  /** Of the output's size; one number a row for losses of class numbers. */
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

/** A loss with its gradient. Throws `unsupported` for a loss without one here. */
export function lossOf(way: LossWay, { output, target, classes, factors }: Judged): Loss {
  const { name, through } = way;
  const loss = rowLoss(name, way);
  if (loss === undefined) {
    checkLoss(name);
    return fail("internal", `The loss ${name} is listed but not there.`);
  }
  const targets = name.endsWith("hinge") ? hinged(target, way) : target;
  const isSparse = hasClassTargets(name);
  const gradient = new Float32Array(output.length);
  let value = 0;
  factors.forEach((factor, index) => {
    const [start, end] = [index * classes, (index + 1) * classes];
    const label = target[index] ?? 0;
    if (isSparse && label === way.ignoreClass) return;
    const wanted = isSparse ? oneHot(label, classes) : targets.subarray(start, end);
    const slopes = gradient.subarray(start, end);
    value += factor * loss(output.subarray(start, end), smoothed(wanted, way), slopes);
    for (let i = 0; i < slopes.length; i++) slopes[i] = (slopes[i] ?? 0) * factor;
  });
  return { value, gradient, at: through ? "before" : "output" };
}

function hinged(target: Float32Array, { name, hinges }: LossWay): Float32Array {
  const turned = hinges === "from-0-and-1" && name !== "categorical_hinge";
  return turned ? hingeTargets(target) : target;
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
