import type { Graph } from "../../../ir/graph.ts";
import { readFloat64, sizeOf, type WeightRef } from "../../../ir/tensor.ts";
import type { RoleWeights } from "../../../sources/keras/native-weights.ts";
import type { LayerConfig } from "../../../sources/keras/topology.ts";
import { type TracedModel, withTable } from "../../../sources/keras/traced-model.ts";
import type { SavedArray } from "../../../train/optimizers/state.ts";
import {
  otherLayouts,
  type StateEntry,
  stateLayout,
} from "../../../train/optimizers/state-layout.ts";
import { layoutOptions, type OptimizerContent, slotNames, storedOptimizer } from "./content.ts";

/**
 * What a file keeps of the optimizer, for a trainer of the model's graph: the slots of these trained weights, in their order and in
 * the form that the graph has them (files of Theano have kernels turned around, those of Keras 1 gates apart). Undefined where the file
 * keeps none, or none yet; a text where it is not understood.
 */
export function savedOptimizer(
  traced: TracedModel,
  weights: readonly WeightRef[],
): readonly SavedArray[] | string | undefined {
  const content = storedOptimizer(traced);
  if (content === undefined || typeof content === "string") return content;
  if (content.slots.size === 0 && slotNames(content.settings).length > 0) return undefined;
  const options = layoutOptions(content.settings, traced.archive.dialect.version, weights.length);
  const layout = [stateLayout(options), ...otherLayouts(options)].find((one) =>
    one.every(({ kind }) => kind === "slot" || kind === "unused" || content.scalars.has(kind)),
  );
  const slots = slotNames(content.settings).map((name) => inGraph(traced, content, name));
  return layout?.map((entry) => savedArray(entry, content, { slots, weights }));
}

interface GraphSlots {
  /** For each slot its arrays by the ids of the weights. */
  readonly slots: readonly ReadonlyMap<string, WeightRef>[];
  readonly weights: readonly WeightRef[];
}

function savedArray(
  entry: StateEntry,
  { scalars }: OptimizerContent,
  { slots, weights }: GraphSlots,
): SavedArray {
  if (entry.kind !== "slot") {
    const ref = scalars.get(entry.kind);
    const values = ref === undefined ? Float64Array.of(0) : readFloat64(ref);
    return { name: entry.kind, shape: [], values };
  }
  const weight = weights[entry.weight];
  const ref = slots[entry.slot]?.get(weight?.id ?? "");
  const shape = ref?.shape ?? weight?.shape ?? [];
  const values = ref === undefined ? new Float64Array(sizeOf(shape)) : readFloat64(ref);
  return { name: `slot ${entry.slot} of weight ${entry.weight}`, shape, values };
}

/** One slot of every weight, lowered as the weights are: by the ids that those have in the graph. */
function inGraph(
  traced: TracedModel,
  { slots }: OptimizerContent,
  name: string,
): ReadonlyMap<string, WeightRef> {
  const own = slots.get(name);
  const table = new Map(
    [...traced.table].map(([layer, weights]): readonly [LayerConfig, RoleWeights] => [
      layer,
      new Map([...weights, ...(own?.get(layer) ?? [])]),
    ]),
  );
  const [weights, lowered] = [traced, withTable(traced, table)].map(({ trace }) =>
    refsOf(trace.graph),
  );
  return new Map(
    (weights ?? []).flatMap(({ id }, index) => {
      const ref = lowered?.[index];
      return ref === undefined ? [] : [[id, ref] as const];
    }),
  );
}

function refsOf(graph: Graph | undefined): readonly WeightRef[] {
  const refs = graph?.nodes.flatMap(({ op }) => Object.values<WeightRef | undefined>(op.weights));
  return refs?.flatMap((ref) => ref ?? []) ?? [];
}
