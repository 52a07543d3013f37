import type { WeightRef } from "../../../ir/tensor.ts";
import type { Dialect } from "../../../sources/keras/layer-spec.ts";
import type { WeightTable } from "../../../sources/keras/match-groups.ts";
import { leafOf } from "../../../sources/keras/slots.ts";
import { allLayers, type LayerConfig, type ModelConfig } from "../../../sources/keras/topology.ts";
import type { TracedModel } from "../../../sources/keras/traced-model.ts";

/**
 * Weights of a model given to the layers of its translation, which have the same paths: in the order of their roles, since
 * generations call some otherwise.
 */
export function moveTable(
  to: ModelConfig,
  dialect: Dialect,
  { model, specs, archive }: TracedModel,
  weightsOf: (layer: LayerConfig) => ReadonlyMap<string, WeightRef> | undefined,
): WeightTable {
  const before = new Map(allLayers(model).map((layer) => [layer.path, layer]));
  const table = new Map<LayerConfig, ReadonlyMap<string, WeightRef>>();
  for (const layer of allLayers(to)) {
    const source = before.get(layer.path);
    const stored = source && weightsOf(source);
    if (source === undefined || stored === undefined) continue;
    const roles = leafOf(source, specs, archive.dialect).slots.map(({ role }) => role);
    const entries = leafOf(layer, specs, dialect).slots.flatMap(({ role }, index) => {
      const ref = stored.get(roles[index] ?? "");
      return ref === undefined ? [] : [[role, ref] as const];
    });
    table.set(layer, new Map(entries));
  }
  return table;
}
