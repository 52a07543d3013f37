import type { Classifier, PictureSize } from "./classifier.ts";
import { copyView, type ViewPlan } from "./views.ts";

/** Prepared pictures, one behind the other, and what is known of each. */
export interface PreparedBatch<File> {
  readonly files: readonly File[];
  readonly inputs: Float32Array;
}

/** The scores of one batch. */
export interface ScoredBatch<Batch> {
  readonly batch: Batch;
  /** A row for each picture; means over the views where there are several. */
  readonly scores: Float32Array;
  /** What they were made of, see `withLogits`; not of views. */
  readonly logits?: Float32Array;
  /** What regularizers of outputs add to the loss for each picture; not of views. */
  readonly activities?: Float32Array;
}

/** The size at which pictures must be loaded. */
export function loadSizeOf({ input }: Classifier, plan: ViewPlan | undefined): PictureSize {
  const { width, height } = input;
  return plan === undefined ? { width, height } : plan.loadSize({ width, height });
}

/** Scores batches in their order, the next one being prepared meanwhile. */
export async function* scoreBatches<File, Batch extends PreparedBatch<File>>(
  batches: AsyncIterable<Batch>,
  classifier: Classifier,
  plan?: ViewPlan,
): AsyncGenerator<ScoredBatch<Batch>, void, undefined> {
  for await (const batch of batches) {
    const count = batch.files.length;
    yield { batch, ...(await scoresOf(batch.inputs, count, classifier, plan)) };
  }
}

async function scoresOf(
  inputs: Float32Array,
  count: number,
  classifier: Classifier,
  plan: ViewPlan | undefined,
): Promise<Omit<ScoredBatch<unknown>, "batch">> {
  if (count === 0) return { scores: new Float32Array(0) };
  if (plan !== undefined) return { scores: await scoreViews(inputs, count, classifier, plan) };
  return (
    (await classifier.scoreForLoss?.(inputs, count)) ?? {
      scores: await classifier.score(inputs, count),
    }
  );
}

/** View by view, so that memory stays that of one batch. */
async function scoreViews(
  inputs: Float32Array,
  count: number,
  classifier: Classifier,
  plan: ViewPlan,
): Promise<Float32Array> {
  const { input, outputs } = classifier;
  const { width, height, channels } = input;
  const loaded = plan.loadSize({ width, height });
  const length = width * height * channels;
  const loadedLength = loaded.width * loaded.height * channels;
  const views = Array.from({ length: count }, () => plan.views({ width, height }));
  const sums = new Float64Array(count * outputs);
  for (let number = 0; number < plan.count; number++) {
    const seen = new Float32Array(count * length);
    views.forEach((own, index) => {
      const picture = inputs.subarray(index * loadedLength, (index + 1) * loadedLength);
      const view = own[number];
      if (view !== undefined) copyView(picture, loaded, view, input, seen, index * length);
    });
    const scores = await classifier.score(seen, count);
    for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] ?? 0) + (scores[i] ?? 0);
  }
  return Float32Array.from(sums, (sum) => sum / plan.count);
}
