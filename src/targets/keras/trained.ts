import { fail } from "../../errors.ts";
import type { Graph } from "../../ir/graph.ts";
import type { WeightRef } from "../../ir/tensor.ts";
import type { WeightTable } from "../../sources/keras/match-groups.ts";
import { type TracedModel, withTable } from "../../sources/keras/traced-model.ts";
import { numberWeights, type WeightChange } from "../../weights/put-back.ts";

/** Numbers of weights by the ids that they have in the model's graph. */
export type TrainedValues = ReadonlyMap<WeightRef["id"], Float32Array>;

/**
 * The model with new numbers in its weights, whatever lowering made of them. Throws `unsupported` for weights whose new
 * numbers no stored ones give.
 */
export function withValues(traced: TracedModel, values: TrainedValues): TracedModel {
  if (values.size === 0) return traced;
  const changed = placeValues(traced, values);
  return withTable(
    traced,
    mapTable(traced.table, (ref) => changed.get(ref.id) ?? ref),
  );
}

/**
 * Numbers in the form that the graph has as numbers of the model's weights, by their ids: what lowering does is done to
 * numbered weights, and undone. Throws as `withValues`.
 */
export function placeValues(
  traced: TracedModel,
  values: TrainedValues,
): ReadonlyMap<string, WeightRef> {
  const { graph } = traced.trace;
  if (graph === undefined) return new Map();
  const refs = [...new Set([...traced.table.values()].flatMap((weights) => [...weights.values()]))];
  const numbered = numberWeights(refs);
  const stood = withTable(traced, mapTable(traced.table, numbered.standIn)).trace.graph;
  const placed = stood === undefined ? new Map<string, WeightRef>() : weightsOf(stood);
  const changes = [...weightsOf(graph)].flatMap(([id, before]): readonly WeightChange[] => {
    const given = values.get(id);
    const place = placed.get(id);
    if (given === undefined || place === undefined) return [];
    return [{ before, placed: place, after: asWeight(before, given) }];
  });
  const { weights, lost } = numbered.putBack(changes);
  const [first] = lost;
  if (first !== undefined) refuse(graph, first.before);
  return weights;
}

/** A table with other weights in the same places. */
export function mapTable(table: WeightTable, map: (ref: WeightRef) => WeightRef): WeightTable {
  return new Map(
    [...table].map(([layer, weights]) => [
      layer,
      new Map([...weights].map(([role, ref]) => [role, map(ref)] as const)),
    ]),
  );
}

function asWeight({ id, dtype, shape }: WeightRef, values: Float32Array): WeightRef {
  return {
    id: `${id}|trained`,
    dtype,
    shape,
    readInto: (target, start) => target.set(values.subarray(start, start + target.length)),
  };
}

/** All weights of a graph by id. */
function weightsOf({ nodes }: Graph): ReadonlyMap<string, WeightRef> {
  const refs = nodes.flatMap(({ op }) => Object.values<WeightRef | undefined>(op.weights));
  return new Map(refs.flatMap((ref) => (ref === undefined ? [] : [[ref.id, ref] as const])));
}

function refuse({ nodes }: Graph, ref: WeightRef): never {
  const node = nodes.find(({ op }) =>
    Object.values<WeightRef | undefined>(op.weights).some((one) => one?.id === ref.id),
  );
  const { layer = "", className = "" } = node?.origin ?? {};
  return fail("unsupported", "its trained numbers cannot be written in the form that files have.", {
    at: { layer, className },
    hint: "Freeze this layer.",
  });
}
