import { randomAt } from "../random.ts";
import { shuffle } from "./sample-order.ts";

/** Numbers of samples, in their order. */
export interface SampleSplit {
  readonly train: readonly number[];
  readonly validation: readonly number[];
}

/** Takes a part of each class for validation, by chance but always the same for a seed; each class that can spare one gives one. */
export function splitSamples(labels: readonly number[], part: number, seed: number): SampleSplit {
  const byClass = new Map<number, number[]>();
  labels.forEach((label, sample) => {
    byClass.set(label, [...(byClass.get(label) ?? []), sample]);
  });
  const taken = new Set<number>();
  for (const [label, samples] of byClass) {
    const least = samples.length > 1 ? 1 : 0;
    const count = Math.min(Math.max(Math.round(samples.length * part), least), samples.length - 1);
    shuffle(samples, randomAt(seed, { purpose: "split", item: label }));
    for (const sample of samples.slice(0, count)) taken.add(sample);
  }
  const all = labels.map((_, sample) => sample);
  return {
    train: all.filter((sample) => !taken.has(sample)),
    validation: all.filter((sample) => taken.has(sample)),
  };
}
