import type { Verdicts } from "./judges.ts";

/** What a batch gives. */
export interface StepReport {
  /** Of the weights before the step, penalties included. */
  readonly loss: number;
  /** Of each of several outputs, without weights and penalties, by Keras' name: `aux_loss`. */
  readonly losses: Readonly<Record<string, number>>;
  /** The first of the outputs. */
  readonly output: Float32Array;
  /** In the order of the model's outputs. */
  readonly outputs: readonly Float32Array[];
}

/** The loss of a batch with what penalties add. */
export function reportOf(
  outputs: readonly Float32Array[],
  { value, losses }: Verdicts,
  penalty: number,
): StepReport {
  const [output = new Float32Array(0)] = outputs;
  return { loss: value + penalty, losses, output, outputs };
}
