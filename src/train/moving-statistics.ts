import { fail } from "../errors.ts";
import type { Graph } from "../ir/graph.ts";
import { readFloat32, type WeightRef } from "../ir/tensor.ts";
import type { BatchStatistics } from "../targets/tfjs/training/run-training.ts";
import { average, averagingWay, type HiddenAverages } from "./moving-average.ts";

/** The moving statistics of all batch normalisations of a model, as arrays: they are small. */
export interface MovingStatistics {
  /** The present numbers, not to be changed; undefined for a weight that is no moving statistic. */
  valuesOf(ref: WeightRef): Float32Array | undefined;
  /** Puts other numbers into a moving statistic; false for a weight that is none. */
  setValues(ref: WeightRef, values: Float32Array): boolean;
  /** Moves those of a layer towards what it saw in a batch. */
  take(seen: BatchStatistics): Promise<void>;
  /** What zero-debiased averages hide from the file, by the id of the node. */
  readonly hidden: Map<string, HiddenAverages>;
}

/** The statistics of a graph as its file has them. */
export function movingStatistics(graph: Graph): MovingStatistics {
  const way = averagingWay(graph.source.version);
  const hidden = new Map<string, HiddenAverages>();
  const arrays = new Map<string, Float32Array>();
  for (const { op } of graph.nodes) {
    if (op.kind !== "batchNorm") continue;
    for (const ref of [op.weights.mean, op.weights.variance]) {
      if (!arrays.has(ref.id)) arrays.set(ref.id, readFloat32(ref));
    }
  }
  const arrayOf = (ref: WeightRef): Float32Array =>
    arrays.get(ref.id) ?? fail("internal", `The statistic ${ref.id} is not there.`);
  return {
    hidden,
    valuesOf: (ref) => arrays.get(ref.id),
    setValues(ref, values) {
      const own = arrays.get(ref.id);
      own?.set(values);
      return own !== undefined;
    },
    async take(seen) {
      const { op, id } = seen.node;
      if (op.kind !== "batchNorm") return;
      const [mean, variance] = await Promise.all([seen.mean.data(), seen.variance.data()]);
      const measured = { mean: Float32Array.from(mean), variance: Float32Array.from(variance) };
      const own = hidden.get(id) ?? startOf(mean.length);
      hidden.set(id, own);
      const { count, rank } = seen;
      const { axis, momentum, epsilon, weights } = op;
      const moving = { mean: arrayOf(weights.mean), variance: arrayOf(weights.variance) };
      const batch = { ...measured, count, rank, axis, epsilon };
      average({ ...moving, momentum, hidden: own }, batch, way);
    },
  };
}

function startOf(size: number): HiddenAverages {
  return { steps: 0, mean: new Float32Array(size), variance: new Float32Array(size) };
}
