import { fail } from "../errors.ts";
import type { Graph } from "../ir/graph.ts";
import { sizeOf } from "../ir/tensor.ts";
import { isJsonList, isJsonObject, type Json, type JsonObject } from "../json.ts";
import type { HiddenAverages } from "./moving-average.ts";
import type { OptimizerCounters } from "./weight-store.ts";

/** What no file of Keras keeps of a run, or not all of them do. */
export interface HiddenState {
  readonly counters: OptimizerCounters;
  /** Batches that were taken since the start: where the stream of random numbers stands. */
  readonly batches: number;
  /** By the id of the node; all of one length within a node. */
  readonly averages: ReadonlyMap<string, HiddenAverages>;
}

/** The state as JSON; reading it gives the same bits. */
export function writeHidden({ counters, batches, averages }: HiddenState): JsonObject {
  const { iterations, learningRate, scheduled, product } = counters;
  return {
    iterations,
    learningRate,
    scheduled,
    product,
    batches,
    averages: Object.fromEntries(
      [...averages].map(([id, { steps, mean, variance }]) => [
        id,
        { steps, mean: [...mean], variance: [...variance] },
      ]),
    ),
  };
}

/** Reads what `writeHidden` wrote. `channels` gives those of a node, undefined for one that is not there. Throws `bad-weights`. */
export function readHidden(
  json: JsonObject,
  channels: (node: string) => number | undefined,
): HiddenState {
  const { averages = {} } = json;
  if (!isJsonObject(averages)) return refuse("averages");
  return {
    counters: {
      iterations: countAt(json, "iterations"),
      learningRate: numberAt(json, "learningRate"),
      scheduled: json.scheduled === true,
      product: numberAt(json, "product"),
    },
    batches: countAt(json, "batches"),
    averages: new Map(
      Object.entries(averages).map(([id, own]) => {
        const size = channels(id);
        if (size === undefined || !isJsonObject(own)) return refuse(`averages.${id}`);
        const [mean, variance] = [arrayAt(own, "mean", size), arrayAt(own, "variance", size)];
        return [id, { steps: countAt(own, "steps"), mean, variance }];
      }),
    ),
  };
}

/** The channels of a batch normalisation of a graph; undefined where no such node is there. */
export function channelsOf({ nodes }: Graph, id: string): number | undefined {
  const op = nodes.find((node) => node.id === id)?.op;
  return op?.kind === "batchNorm" ? sizeOf(op.weights.mean.shape) : undefined;
}

function numberAt(json: JsonObject, key: string): number {
  const value = json[key];
  return typeof value === "number" ? value : refuse(key);
}

function countAt(json: JsonObject, key: string): number {
  const value = numberAt(json, key);
  return Number.isSafeInteger(value) && value >= 0 ? value : refuse(key);
}

function arrayAt(json: JsonObject, key: string, size: number): Float32Array {
  const values: Json | undefined = json[key];
  if (!isJsonList(values) || values.length !== size) return refuse(key);
  return Float32Array.from(values, (one) => (typeof one === "number" ? one : refuse(key)));
}

function refuse(key: string): never {
  return fail(
    "bad-weights",
    `The saved state of the run is damaged, or that of another model: "${key}".`,
  );
}
