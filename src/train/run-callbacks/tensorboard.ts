import type { Callback, Logs } from "../callback.ts";

/** Numbers of one epoch, as TensorBoard's charts are called. */
export interface EpochScalars {
  /** The folder below the log folder, which is a run of its own. */
  readonly run: "train" | "validation";
  readonly step: number;
  readonly scalars: readonly { readonly tag: string; readonly value: number }[];
}

/**
 * Keras' `TensorBoard`, as far as numbers of epochs go: `epoch_loss` and the like in the runs `train` and `validation`, and the
 * learning rate. @see keras/src/callbacks/tensorboard.py `_log_epoch_metrics`
 */
export function tensorBoardCallback(write: (scalars: EpochScalars) => void): Callback {
  return {
    onEpochEnd(epoch, logs, { trainer }) {
      const rate = { tag: "epoch_learning_rate", value: trainer.learningRate };
      write({ run: "train", step: epoch, scalars: [...scalarsOf(logs, "train"), rate] });
      const validation = scalarsOf(logs, "validation");
      if (validation.length > 0) write({ run: "validation", step: epoch, scalars: validation });
    },
  };
}

function scalarsOf(logs: Logs, run: EpochScalars["run"]): EpochScalars["scalars"] {
  return Object.entries(logs).flatMap(([name, value]) => {
    if (name === "lr" || name === "learning_rate") return [];
    const isOfValidation = name.startsWith("val_");
    if (isOfValidation !== (run === "validation")) return [];
    return [{ tag: `epoch_${isOfValidation ? name.slice(4) : name}`, value }];
  });
}
