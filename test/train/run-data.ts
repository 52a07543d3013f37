import type { TrainingData } from "../../src/train/training-data.ts";
import { batchOf, runsOf } from "./runs.ts";

/** The batches of the reference runs as data, in the same order in each epoch. */
export function runData(batches: number): TrainingData {
  const [, run] = runsOf("training")[0] ?? [];
  if (run === undefined) throw new Error("There are no runs.");
  return {
    samples: batches * 8,
    batchSize: 8,
    batches,
    augmented: false,
    faults: [],
    async *epoch(_epoch, first = 0) {
      for (let number = first; number < batches; number++) {
        const samples = Array.from({ length: 8 }, (_, index) => number * 8 + index);
        yield {
          ...batchOf({ ...run, loss: "categorical_crossentropy", fit: {} }, number),
          number,
          samples,
        };
      }
    },
    close: async () => {},
  };
}
