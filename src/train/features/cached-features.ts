import { sizeOf } from "../../ir/tensor.ts";
import type { IndexedData, TrainingBatch, TrainingData } from "../training-data.ts";
import type { FeatureStore } from "./feature-store.ts";
import { type FrozenBase, featureLength, featuresOf } from "./frozen-base.ts";
import { mapAhead } from "./map-ahead.ts";

/** How features are computed once. */
export interface CachedFeaturesOptions {
  /** Every sample that any epoch may have. */
  readonly samples: readonly number[];
  /** Of each input of the part behind the cut, for one sample. */
  readonly shapes: readonly (readonly number[])[];
  readonly store: FeatureStore;
  /** The frozen part; not asked for where all features are there. It stays the caller's. */
  readonly openBase: () => Promise<FrozenBase>;
  /** Told after each batch how many samples have features, of those that there are. */
  readonly onProgress?: (done: number, samples: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Training data as the part behind the cut takes it, for samples that are the same in every epoch: features that the store has
 * not are computed here and now, then epochs only read. Order, targets and weights are the data's own; samples that cannot be
 * loaded are left out. Closes the store; the data stay the caller's.
 */
export async function cachedFeatures(
  data: IndexedData,
  options: CachedFeaturesOptions,
): Promise<TrainingData> {
  await computeMissing(data, options);
  const { store } = options;
  const { samples, batchSize, batches, faults } = data;
  return {
    samples,
    batchSize,
    batches,
    augmented: false,
    faults,
    epoch: (epoch, first = 0, signal) => epochOf(data, options, { epoch, first, signal }),
    close: async () => store.close(),
  };
}

async function computeMissing(
  data: IndexedData,
  { samples, store, openBase, onProgress, signal }: CachedFeaturesOptions,
): Promise<void> {
  const missing = samples.filter((sample) => !store.has(sample));
  if (missing.length === 0) return;
  let done = samples.length - missing.length;
  onProgress?.(done, samples.length);
  const base = await openBase();
  try {
    const loaded = data.load(missing, signal);
    const batches = mapAhead(loaded, (batch) => featuresOf(base, data, batch));
    for await (const batch of batches) {
      await keep(batch, store);
      done += batch.samples.length;
      onProgress?.(done, samples.length);
      signal?.throwIfAborted();
    }
  } finally {
    // What an interrupted run has computed is not lost.
    await store.flush();
  }
}

async function keep({ samples, inputs }: TrainingBatch, store: FeatureStore): Promise<void> {
  const lengths = inputs.map(({ data }) => data.length / samples.length);
  const row = new Float32Array(lengths.reduce((sum, length) => sum + length, 0));
  for (const [index, sample] of samples.entries()) {
    let at = 0;
    inputs.forEach(({ data }, port) => {
      const length = lengths[port] ?? 0;
      row.set(data.subarray(index * length, (index + 1) * length), at);
      at += length;
    });
    await store.add(sample, row);
  }
}

interface Range {
  readonly epoch: number;
  readonly first: number;
  readonly signal: AbortSignal | undefined;
}

async function* epochOf(
  data: IndexedData,
  { shapes, store }: CachedFeaturesOptions,
  { epoch, first, signal }: Range,
): AsyncGenerator<TrainingBatch, void, undefined> {
  const order = data.order(epoch);
  const row = new Float32Array(featureLength(shapes));
  for (let number = first; number < data.batches; number++) {
    signal?.throwIfAborted();
    const own = order.slice(number * data.batchSize, (number + 1) * data.batchSize);
    const samples = own.filter((sample) => store.has(sample));
    if (samples.length === 0) continue;
    const inputs = shapes.map((shape) => ({
      shape: [samples.length, ...shape],
      data: new Float32Array(samples.length * sizeOf(shape)),
    }));
    samples.forEach((sample, index) => {
      store.read(sample, row);
      let at = 0;
      inputs.forEach(({ data: numbers }, port) => {
        const length = sizeOf(shapes[port] ?? []);
        numbers.set(row.subarray(at, at + length), index * length);
        at += length;
      });
    });
    yield { number, samples, inputs, ...data.answers(samples) };
  }
}
