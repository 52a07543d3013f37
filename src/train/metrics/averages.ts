import { isJsonList, type JsonObject } from "../../json.ts";
import type { Logs } from "../callback.ts";
import { measureWords } from "../keras-words.ts";
import type { Metric } from "./resolve-metrics.ts";

/** A batch that was measured. */
export interface MeasuredStep {
  readonly samples: number;
  readonly loss: number;
  /** Of each of several outputs, by Keras' name. */
  readonly losses?: Readonly<Record<string, number>>;
  /** In the order of the model's outputs, as their targets. */
  readonly outputs: readonly Float32Array[];
  readonly targets: readonly Float32Array[];
  /** What each sample counts; 1 by default. */
  readonly weights?: Float32Array | undefined;
}

/** What was measured in an epoch, as far as it has come: the mean losses of its samples, and the metrics. */
export interface Averages {
  add(step: MeasuredStep): void;
  /** By name; empty before the first batch. */
  means(): Logs;
  /** So that an interrupted epoch can go on. */
  readonly state: JsonObject;
}

/** How averages are made. */
export interface AveragesOptions {
  readonly metrics: readonly Metric[];
  /** Of the Keras that wrote the model. */
  readonly version: string;
  /** Where an earlier one stood; else they begin empty. */
  readonly saved?: JsonObject;
}

/** Averages of the samples; Keras 3 has those of outputs' losses by the batches. */
export function createAverages({ metrics, version, saved = {} }: AveragesOptions): Averages {
  const { outputLossesBy } = measureWords(version);
  const sums = new Map(metrics.map(({ name }) => [name, numbersOf(saved, name)]));
  let [seen = 0, lost = 0] = numbersOf(saved, LOSS);
  /** The sum and the number of samples or batches. */
  const others = new Map<string, readonly number[]>(
    Object.keys(saved)
      .filter((name) => name !== LOSS && !sums.has(name))
      .map((name) => [name, numbersOf(saved, name)]),
  );
  return {
    add({ samples, loss, losses = {}, outputs, targets, weights }) {
      seen += samples;
      lost += loss * samples;
      const weight = outputLossesBy === "batch" ? 1 : samples;
      for (const [name, own] of Object.entries(losses)) {
        const [sum = 0, count = 0] = others.get(name) ?? [];
        others.set(name, [sum + own * weight, count + weight]);
      }
      for (const { name, output = 0, sums: count } of metrics) {
        const earlier = sums.get(name) ?? [];
        const added = count(outputs[output] ?? NONE, targets[output] ?? NONE, weights);
        sums.set(
          name,
          added.map((value, index) => (earlier[index] ?? 0) + value),
        );
      }
    },
    means() {
      if (seen === 0) return {};
      const losses = [...others].map(
        ([name, [sum = 0, count = 0]]) => [name, sum / count] as const,
      );
      const values = metrics.map(({ name, value }) => [name, value(sums.get(name) ?? [])] as const);
      return { loss: lost / seen, ...Object.fromEntries([...losses, ...values]) };
    },
    get state() {
      return { [LOSS]: [seen, lost], ...Object.fromEntries([...others, ...sums]) };
    },
  };
}

const NONE = new Float32Array(0);

/** No metric is called so. */
const LOSS = "samples and loss";

function numbersOf(saved: JsonObject, name: string): readonly number[] {
  const found = saved[name];
  if (!isJsonList(found)) return [];
  return found.map((value) => (typeof value === "number" ? value : Number.NaN));
}
