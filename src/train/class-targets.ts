import { fail } from "../errors.ts";
import { hasClassTargets } from "../evaluate/row-losses/loss-names.ts";

/** How a class is told to a loss: Keras' `class_mode` `categorical`, `sparse` and `binary`. */
export type TargetKind = "one-hot" | "sparse" | "binary";

/**
 * What a loss wants for so many classes and so many outputs of the model. Throws `bad-option` where the model has not the
 * outputs that the classes need.
 */
export function targetKindOf(
  loss: string,
  classes: number,
  outputs: number,
  name?: string,
): TargetKind {
  const who = name === undefined ? "The model" : `The output "${name}"`;
  if (hasClassTargets(loss)) {
    if (outputs === classes) return "sparse";
  } else if (outputs === 1) {
    if (classes === 2) return "binary";
    const text = `${who} has 1 ${name === undefined ? "output" : "number"}, which tells 2 classes apart, but the pictures have ${classes}.`;
    return fail("bad-option", text, { hint: NEW_HEAD });
  } else if (outputs === classes) return "one-hot";
  const noun = name === undefined ? "output" : "number";
  const said = outputs === 1 ? `1 ${noun}` : `${outputs} ${noun}s`;
  const text = `${who} has ${said}, but the pictures have ${classes} classes.`;
  return fail("bad-option", text, { hint: NEW_HEAD });
}

const NEW_HEAD = "Give the model a head for these classes: --new-head";

/** An output that is judged by classes. */
export interface ClassOutput {
  readonly name: string;
  readonly loss: string;
  /** How many numbers it has. */
  readonly size: number;
}

/**
 * What the losses of a model's outputs want, which must be the same of all: each is taught the same classes, as those of auxiliary
 * classifiers are. Throws `bad-option` where one has not the numbers that the classes need, or wants them told otherwise.
 */
export function commonTargetKind(outputs: readonly ClassOutput[], classes: number): TargetKind {
  const [first, ...others] = outputs;
  if (first === undefined) return fail("bad-option", "No output of the model has a loss.");
  const kindOf = ({ loss, size, name }: ClassOutput): TargetKind =>
    targetKindOf(loss, classes, size, others.length === 0 ? undefined : name);
  const kind = kindOf(first);
  const odd = others.find((output) => kindOf(output) !== kind);
  if (odd === undefined) return kind;
  return fail(
    "bad-option",
    `The output "${first.name}" wants classes as ${kind} targets (${first.loss}), "${odd.name}" as ${kindOf(odd)} (${odd.loss}), but pictures have one target for all.`,
    { hint: `Give all outputs one loss: --loss ${first.loss}` },
  );
}

/** The targets of samples by their classes, row for row. */
export function classTargets(
  labels: readonly number[],
  kind: TargetKind,
  classes: number,
): Float32Array {
  if (kind !== "one-hot") return Float32Array.from(labels);
  const targets = new Float32Array(labels.length * classes);
  labels.forEach((label, row) => {
    targets[row * classes + label] = 1;
  });
  return targets;
}
