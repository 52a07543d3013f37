import { generationOf } from "./keras-generation.ts";

/** How a generation of Keras calls what it measures. */
export interface MeasureWords {
  /** Whether metrics are called as the user typed them; before, `accuracy` is `acc` and `mse` is `mean_squared_error`. */
  readonly asTyped: boolean;
  /** The learning rate in the logs. */
  readonly rate: "lr" | "learning_rate";
  /** What decides which accuracy is meant: the loss, or the shape of the targets. */
  readonly accuracyBy: "loss" | "target";
  /** What the losses of several outputs are averaged over. */
  readonly outputLossesBy: "sample" | "batch";
}

/**
 * The words of the Keras with a version; `2.2.4-tf` is taken for TensorFlow 2.0.
 * @see keras/engine/training_utils.py `get_metric_name` (2.2.4: training.py `handle_metrics`); keras/src/callbacks
 */
export function measureWords(version: string): MeasureWords {
  const { kind, major, minor } = generationOf(version);
  const standalone = kind === "standalone";
  return {
    asTyped: !standalone || (major === 2 && minor >= 3),
    rate: kind === "keras-3" ? "learning_rate" : "lr",
    accuracyBy: standalone ? "loss" : "target",
    outputLossesBy: kind === "keras-3" ? "batch" : "sample",
  };
}
