import { fail } from "../errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../json.ts";
import { allLayers, type LayerConfig, type ModelConfig } from "../sources/keras/topology.ts";
import type { TracedModel } from "../sources/keras/traced-model.ts";
import { findLayers } from "./layer-patterns.ts";
import { mapLayers, withConfig } from "./map-layers.ts";
import { retrace, weightsByPath, withoutOptimizer } from "./retrace.ts";

/** Which layers are trained. All patterns as for `findLayers`; the later rule wins. */
export interface TrainableRules {
  /** Freezes every layer before the last so many that have weights; 0 freezes all. */
  readonly freezeAllButLast?: number;
  readonly freeze?: readonly string[];
  readonly unfreeze?: readonly string[];
}

/**
 * The model with other `trainable` flags. As in Keras, a nested model passes its flag on to all its layers; where one of them is
 * trained again, the models around it are too. Throws `bad-option` for a pattern that means nothing.
 */
export function setTrainable(traced: TracedModel, rules: TrainableRules): TracedModel {
  const { model, archive } = traced;
  const wanted = applyRules(traced, rules);
  const flags = new Map<LayerConfig, boolean>();
  flagModel(model, { wanted, flags, open: true });
  const oldKeras = archive.dialect.generation === 1 || archive.dialect.generation === 2;
  const json = mapLayers(archive.model, model, (entry, layer) => {
    const flag = flags.get(layer);
    if (flag === undefined) return entry;
    const silent = layer.model === undefined ? !hasWeights(traced, layer) : oldKeras;
    // Keras 1 and 2 keep no flag of a nested model; inputs and operations take none.
    return silent && !states(entry) ? entry : flagged(entry, flag, layer);
  });
  if (json === archive.model) return traced;
  const edited = withoutOptimizer({ ...archive, model: json });
  return retrace({ ...traced, archive: edited }, weightsByPath(traced));
}

/** Layers by the last rule that means them. */
function applyRules(
  traced: TracedModel,
  { freezeAllButLast, freeze = [], unfreeze = [] }: TrainableRules,
): ReadonlyMap<LayerConfig, boolean> {
  const { model } = traced;
  const wanted = new Map<LayerConfig, boolean>();
  if (freezeAllButLast !== undefined) {
    for (const layer of allButLast(traced, freezeAllButLast)) wanted.set(layer, false);
  }
  for (const [patterns, flag] of [[freeze, false] as const, [unfreeze, true] as const]) {
    for (const layer of patterns.flatMap((pattern) => findLayers(model, pattern))) {
      wanted.set(layer, flag);
    }
  }
  return wanted;
}

function hasWeights({ table }: Pick<TracedModel, "table">, layer: LayerConfig): boolean {
  const inner = layer.wrapped !== undefined && hasWeights({ table }, layer.wrapped);
  return inner || (table.get(layer)?.size ?? 0) > 0;
}

function allButLast({ model, table }: TracedModel, count: number): readonly LayerConfig[] {
  if (!Number.isSafeInteger(count) || count < 0) {
    fail("bad-option", `${count} layers cannot stay trainable, expected a whole number.`);
  }
  const layers = allLayers(model);
  const owners = layers.filter((layer) => (table.get(layer)?.size ?? 0) > 0);
  if (count > owners.length) {
    fail(
      "bad-option",
      `${count} layers should stay trainable, but only ${owners.length} have weights.`,
    );
  }
  const first = owners.at(-count);
  const end = count === 0 || first === undefined ? layers.length : layers.indexOf(first);
  return layers
    .slice(0, end)
    .filter(({ model: inner }) => !inner || !first || !allLayers(inner).includes(first));
}

interface FlagContext {
  readonly wanted: ReadonlyMap<LayerConfig, boolean>;
  /** Filled with what must be written. */
  readonly flags: Map<LayerConfig, boolean>;
  /** Whether all models around will be trainable. */
  readonly open: boolean;
}

/** Notes the flags of a model's layers. */
function flagModel(model: ModelConfig, context: FlagContext): void {
  for (const layer of model.layers) flagLayer(layer, context);
}

function flagLayer(layer: LayerConfig, context: FlagContext): void {
  const { wanted, flags, open } = context;
  const stated = wanted.get(layer);
  const inner = layer.model;
  if (inner === undefined) {
    const flag = stated ?? (open ? layer.trainable : layer.ownTrainable);
    if (flag !== layer.ownTrainable) flags.set(layer, flag);
    if (layer.wrapped !== undefined) flagLayer(layer.wrapped, { ...context, open: flag && open });
    return;
  }
  const trained = allLayers(inner).some(
    (one) => one.model === undefined && (wanted.get(one) ?? one.trainable),
  );
  const flag = trained || (stated ?? layer.ownTrainable);
  if (flag !== layer.ownTrainable) flags.set(layer, flag);
  flagModel(inner, { ...context, open: flag && open });
}

function states(entry: JsonObject): boolean {
  return isJsonObject(entry.config) && entry.config.trainable !== undefined;
}

function flagged(entry: JsonObject, flag: boolean, layer: LayerConfig): JsonObject {
  if (!isJsonObject(entry.config)) return entry;
  if (flag && entry.config.trainable === undefined) return entry;
  const changed = withConfig(entry, { trainable: flag });
  return layer.model === undefined ? withCells(changed, flag) : changed;
}

/** A backward layer of its own and the cells of a recurrent layer have flags, too. */
function withCells(entry: JsonObject, flag: boolean): JsonObject {
  const { config } = entry;
  if (!isJsonObject(config)) return entry;
  const held = Object.entries(config).flatMap(
    ([key, value]): readonly (readonly [string, Json])[] => {
      const serialised = isJsonObject(value) && isJsonObject(value.config) && HELD.has(key);
      if (!serialised || !states(value)) return [];
      return [[key, withCells(withConfig(value, { trainable: flag }), flag)]];
    },
  );
  return withConfig(entry, Object.fromEntries(held));
}

const HELD: ReadonlySet<string> = new Set(["backward_layer", "cell"]);
