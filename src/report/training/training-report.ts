import type { Evaluation } from "../../evaluate/index.ts";

/** What a run measured, epoch by epoch. */
export interface MeasuredEpochs {
  /** From 0. */
  readonly epoch: readonly number[];
  /** By Keras' names; the last number belongs to the last epoch. */
  readonly history: Readonly<Record<string, readonly number[]>>;
}

/** What a report of a training run says. */
export interface TrainingReport {
  readonly title: string;
  readonly epochs: MeasuredEpochs;
  /** Of the trained model on the validation pictures. */
  readonly validation: Evaluation | undefined;
  readonly seconds: number;
  /** Where all this comes from; shown as given. */
  readonly provenance: readonly (readonly [what: string, value: string])[];
  /** Pictures that could not be used, and why. */
  readonly faults: readonly { readonly name: string; readonly why: string }[];
}

/** A number that was measured in training, in validation, or in both. */
export interface Curve {
  /** Without `val_`. */
  readonly name: string;
  readonly points: readonly {
    /** From 1, as progress is told. */
    readonly epoch: number;
    readonly what: "training" | "validation";
    readonly value: number;
  }[];
}

/** The numbers of a run, loss first, the learning rate last and only where it changes. */
export function curvesOf({ epoch, history }: MeasuredEpochs): readonly Curve[] {
  const names = [...new Set(Object.keys(history).map((name) => name.replace(/^val_/, "")))];
  const isRate = (name: string) => name === "lr" || name === "learning_rate";
  const order = (name: string) => (name === "loss" ? 0 : isRate(name) ? 2 : 1);
  return names
    .sort((a, b) => order(a) - order(b))
    .filter((name) => !isRate(name) || new Set(history[name]).size > 1)
    .map((name) => ({
      name,
      points: (["training", "validation"] as const).flatMap((what) => {
        const values = history[what === "training" ? name : `val_${name}`] ?? [];
        const first = epoch.length - values.length;
        return values.map((value, at) => ({
          epoch: (epoch[first + at] ?? first + at) + 1,
          what,
          value,
        }));
      }),
    }));
}

/** The epoch (from 1) in which the loss, of validation where there is one, was the smallest. */
export function bestEpoch({ epoch, history }: MeasuredEpochs): number | undefined {
  const losses = history.val_loss ?? history.loss ?? [];
  const finite = losses.filter(Number.isFinite);
  if (finite.length === 0) return undefined;
  const at = losses.indexOf(Math.min(...finite));
  return (epoch[epoch.length - losses.length + at] ?? 0) + 1;
}
