import { targetsOf } from "./batch.ts";
import type { Logs } from "./callback.ts";
import { type Averages, createAverages } from "./metrics/averages.ts";
import type { Metric } from "./metrics/resolve-metrics.ts";
import type { StepReport } from "./step-report.ts";
import type { Trainer } from "./trainer.ts";
import type { TrainingBatch, TrainingData } from "./training-data.ts";

/** How data are measured. */
export interface EvaluateDataOptions {
  readonly metrics?: readonly Metric[];
  /** Told how many batches are done. */
  readonly onBatch?: (done: number) => void;
  /** Ends it after the batch that is under way. */
  readonly signal?: AbortSignal;
}

/** The loss and the metrics of a model on data, averaged over the samples as Keras' `evaluate`; undefined when it was interrupted. */
export async function evaluateData(
  trainer: Trainer,
  data: TrainingData,
  { metrics = [], onBatch, signal }: EvaluateDataOptions = {},
): Promise<Logs | undefined> {
  const averages = createAverages({ metrics, version: trainer.graph.source.version });
  let done = 0;
  for await (const batch of data.epoch(0)) {
    measureBatch(averages, batch, await trainer.test(batch));
    data.release?.(batch);
    onBatch?.(++done);
    if (signal?.aborted === true) return undefined;
  }
  return averages.means();
}

/** Adds what a batch gave. */
export function measureBatch(
  averages: Averages,
  batch: TrainingBatch,
  { loss, losses, outputs }: StepReport,
): void {
  const targets = targetsOf(batch, outputs.length);
  const { samples, weights } = batch;
  averages.add({ samples: samples.length, loss, losses, outputs, targets, weights });
}
