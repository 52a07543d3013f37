import type { Batch } from "./batch.ts";

/** A batch of an epoch. */
export interface TrainingBatch extends Batch {
  /** Its place in the epoch, from 0. A batch whose samples can all not be used is left out, and its number with it. */
  readonly number: number;
  /** Which samples, numbered as the data has them before any shuffling. */
  readonly samples: readonly number[];
}

/** A sample that cannot be used. */
export interface SampleFault {
  readonly name: string;
  /** A sentence. */
  readonly why: string;
}

/** What a model learns from, or is tested with, epoch for epoch. It may own threads, so it must be closed. */
export interface TrainingData {
  /** Samples of one epoch, those that cannot be used included. */
  readonly samples: number;
  readonly batchSize: number;
  /** Batches of one epoch; the last one may be smaller. */
  readonly batches: number;
  /** Whether a sample's inputs differ from epoch to epoch. */
  readonly augmented: boolean;
  /** What could not be used so far, each sample once. */
  readonly faults: readonly SampleFault[];
  /**
   * The batches of an epoch in its order, from the `first` on, prepared while the last one is used. Order and numbers depend
   * only on the seed, the epoch and the sample, so that a run goes on at any batch. One epoch is read at a time.
   */
  epoch(epoch: number, first?: number, signal?: AbortSignal): AsyncIterable<TrainingBatch>;
  /** Takes the memory of a batch's inputs back, for batches to come: nobody may read them any more. Who keeps batches leaves it. */
  release?(batch: TrainingBatch): void;
  close(): Promise<void>;
}

/** Data whose samples can also be had by their numbers, apart from any epoch. */
export interface IndexedData extends TrainingData {
  /** The samples of an epoch in its order. */
  order(epoch: number): readonly number[];
  /** These samples in this order, in batches, as in the first epoch; it counts as reading an epoch. */
  load(samples: readonly number[], signal?: AbortSignal): AsyncIterable<TrainingBatch>;
  /** What a loss is told of samples, without loading them. */
  answers(samples: readonly number[]): Pick<Batch, "target" | "weights">;
}
