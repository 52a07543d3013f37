import { createConfigReader } from "./config.ts";
import type { Dialect, LayerSpec, WeightSlot } from "./layer-spec.ts";
import type { LayerConfig } from "./topology.ts";

/** The weights that one layer has of its own, nested models and wrapped layers apart. */
export interface Leaf {
  readonly layer: LayerConfig;
  readonly slots: readonly WeightSlot[];
  /** The class, or what it wraps, is not known, so it takes what the file holds. */
  readonly open: boolean;
}

/** What owns one group of a legacy file: a layer, or a nested model with all its layers. */
export interface Unit {
  readonly layer: LayerConfig;
  readonly leaves: readonly Leaf[];
}

/** Specs by class name, the user's own first. */
export type SpecTable = ReadonlyMap<string, LayerSpec>;

/** The weights a layer should have: its own, and those of the layers in it. */
export function unitOf(layer: LayerConfig, specs: SpecTable, dialect: Dialect): Unit {
  return { layer, leaves: leavesOf(layer, specs, dialect) };
}

/** The weights a layer should have of its own. */
export function leafOf(layer: LayerConfig, specs: SpecTable, dialect: Dialect): Leaf {
  const spec = specs.get(layer.className);
  if (layer.className === "InputLayer" || layer.model !== undefined) {
    return { layer, slots: [], open: false };
  }
  if (spec === undefined) return { layer, slots: [], open: true };
  const at = { layer: layer.path, className: layer.fileClass };
  const slots =
    spec.slots === undefined ? [] : spec.slots(createConfigReader(layer.config, at), dialect);
  return { layer, slots: slots ?? [], open: slots === undefined };
}

function leavesOf(layer: LayerConfig, specs: SpecTable, dialect: Dialect): readonly Leaf[] {
  if (layer.model !== undefined) {
    return layer.model.layers.flatMap((inner) => leavesOf(inner, specs, dialect));
  }
  const leaf = leafOf(layer, specs, dialect);
  return descends(leaf) && layer.wrapped !== undefined
    ? [leaf, ...leavesOf(layer.wrapped, specs, dialect)]
    : [leaf];
}

/** Specs of wrappers list the weights of a wrapped layer as their own (`forward/kernel`), but not those of a wrapped model. */
function descends(leaf: Leaf): boolean {
  return !leaf.open && !leaf.slots.some((slot) => slot.role.includes("/"));
}
