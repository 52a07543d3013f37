import { fail } from "../errors.ts";
import { hasClassTargets } from "../evaluate/row-losses/loss-names.ts";

/** How a class is told to a loss: Keras' `class_mode` `categorical`, `sparse` and `binary`. */
export type TargetKind = "one-hot" | "sparse" | "binary";

/**
 * What a loss wants for so many classes and so many outputs of the model. Throws `bad-option` where the model has not the
 * outputs that the classes need.
 */
export function targetKindOf(loss: string, classes: number, outputs: number): TargetKind {
  if (hasClassTargets(loss)) {
    if (outputs === classes) return "sparse";
  } else if (outputs === 1) {
    if (classes === 2) return "binary";
    const text = `The model has 1 output, which tells 2 classes apart, but the pictures have ${classes}.`;
    return fail("bad-option", text, { hint: NEW_HEAD });
  } else if (outputs === classes) return "one-hot";
  const said = outputs === 1 ? "1 output" : `${outputs} outputs`;
  const text = `The model has ${said}, but the pictures have ${classes} classes.`;
  return fail("bad-option", text, { hint: NEW_HEAD });
}

const NEW_HEAD = "Give the model a head for these classes: --new-head";

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
