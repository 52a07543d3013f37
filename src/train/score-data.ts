import type { Trainer } from "./trainer.ts";
import type { TrainingData } from "./training-data.ts";

/** What a model says of samples, and what they are. */
export interface ScoredData {
  /** The outputs, row by row. */
  readonly outputs: Float32Array;
  /** Numbers of a row. */
  readonly width: number;
  /** The class of each. */
  readonly truth: readonly number[];
}

/** Shows samples to a model in their order. */
export async function scoreData(trainer: Trainer, data: TrainingData): Promise<ScoredData> {
  const parts: Float32Array[] = [];
  const truth: number[] = [];
  for await (const batch of data.epoch(0)) {
    const { output } = await trainer.test(batch);
    parts.push(Float32Array.from(output));
    data.release?.(batch);
    const count = batch.samples.length;
    const wide = batch.target.length / count;
    for (let row = 0; row < count; row++) {
      truth.push(classOf(batch.target.subarray(row * wide, (row + 1) * wide)));
    }
  }
  const outputs = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    outputs.set(part, at);
    at += part.length;
  }
  return { outputs, width: outputs.length / truth.length, truth };
}

/** Of a one-hot row, or of a class number. */
function classOf(target: Float32Array): number {
  return target.length === 1 ? (target[0] ?? 0) : target.indexOf(Math.max(...target));
}
