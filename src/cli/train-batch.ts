import type { BackendName } from "../backends/predictor.ts";
import type { Graph, TrainingSetup } from "../ir/graph.ts";
import { limitBatch } from "../targets/tfjs/training/memory.ts";
import { trainingMemory } from "../train/step-plans.ts";

/** How many samples a training step takes at a time. */
export interface ChosenBatch {
  readonly batchSize: number;
  /** Why it is not the size that was asked for: a sentence and what helps. */
  readonly warning: string | undefined;
}

/** What decides about it. */
export interface BatchQuestion {
  readonly graph: Graph;
  readonly training: TrainingSetup;
  readonly asked: number;
  readonly backend: BackendName;
  /** Bytes that are free. */
  readonly available: number;
}

/**
 * The batch size that was asked for, or the largest below it whose step fits into the memory that is free: instead of a
 * machine that dies. Memory of graphics cards is not known.
 */
export function chooseBatch({ graph, training, asked, ...given }: BatchQuestion): ChosenBatch {
  if (given.backend === "webgpu") return { batchSize: asked, warning: undefined };
  const available = given.backend === "wasm" ? Math.min(given.available, WASM) : given.available;
  const limit = limitBatch(asked, available, trainingMemory(graph, training));
  const { batchSize } = limit;
  if (batchSize === asked) return { batchSize, warning: undefined };
  const steps = Math.ceil(asked / batchSize);
  const needs = `A training step with ${asked} samples would need about ${gigabytes(limit.asked)}`;
  return {
    batchSize,
    warning:
      `${needs}, but ${gigabytes(available)} can be had: the batch size is ${batchSize}. With --batch-size ${Math.ceil(asked / steps)} ` +
      `--gradient-accumulation ${steps} the steps are as large as they were asked to be.`,
  };
}

/** What WebAssembly can address as tfjs builds it. */
const WASM = 2 * 1024 ** 3;

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
