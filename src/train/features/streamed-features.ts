import type { TrainingData } from "../training-data.ts";
import { type FrozenBase, featuresOf } from "./frozen-base.ts";
import { mapAhead } from "./map-ahead.ts";

/**
 * Training data as the part behind the cut takes it, for samples that differ from epoch to epoch: the frozen part runs batch
 * by batch, the next ones while the last one is used. Data and frozen part stay the caller's.
 */
export function streamedFeatures(data: TrainingData, base: FrozenBase): TrainingData {
  const { samples, batchSize, batches, augmented } = data;
  return {
    samples,
    batchSize,
    batches,
    augmented,
    get faults() {
      return data.faults;
    },
    epoch: (epoch, first, signal) =>
      mapAhead(data.epoch(epoch, first, signal), (batch) => featuresOf(base, data, batch)),
    close: async () => {},
  };
}
