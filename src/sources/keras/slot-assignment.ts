import { fail } from "../../errors.ts";
import type { Generation, WeightSlot } from "./layer-spec.ts";
import type { Leaf, Unit } from "./slots.ts";
import type { LayerConfig } from "./topology.ts";
import {
  layerNamesIn,
  namesLayer,
  namesPrefix,
  namesRole,
  withoutCounters,
} from "./weight-names.ts";
import type { StoredWeight, WeightGroup } from "./weight-store.ts";

/** One array that a layer should have. */
export interface NativeSlot {
  readonly leaf: Leaf;
  readonly slot: WeightSlot;
}

/** Which stored array goes into which slot. */
export type Assignment = ReadonlyMap<NativeSlot, StoredWeight>;

/** How a nested model's weights may stand in their group when names do not tell. */
export type WeightOrder = "by-flags" | "trainable-first" | "layer-by-layer";

/**
 * Puts the arrays of one group into the slots of one layer or nested model: by name, and where names do not
 * resolve in the given order. Throws `bad-weights` when their numbers differ.
 */
export function assignSlots(
  unit: Unit,
  slots: readonly NativeSlot[],
  group: WeightGroup,
  options: { readonly generation: Generation; readonly order: WeightOrder; readonly file: string },
): Assignment {
  if (slots.length !== group.weights.length) return countMismatch(unit, slots, group, options.file);
  return (
    assignByName(slots, group, options.generation) ??
    assignInOrder(unit, slots, group, options.order)
  );
}

/** Whether no array stands in a slot of another role than its name says. */
export function keepsRoles(assignment: Assignment, generation: Generation): boolean {
  const roles = [...assignment.keys()].map(({ slot }) => slot.role);
  return [...assignment].every(
    ([{ slot }, { name }]) =>
      namesRole(name, slot.role, generation) ||
      !roles.some((role) => namesRole(name, role, generation)),
  );
}

/** Whether the names in a group tell where its arrays belong, so that their order is not needed. */
export function namesResolve(
  slots: readonly NativeSlot[],
  group: WeightGroup,
  generation: Generation,
): boolean {
  return assignByName(slots, group, generation) !== undefined;
}

/** First by the names as they are, then without the counters of a second model in one process. */
function assignByName(
  slots: readonly NativeSlot[],
  group: WeightGroup,
  generation: Generation,
): Assignment | undefined {
  return (
    assignBy((name) => name, slots, group, generation) ??
    assignBy((name) => withoutCounters(name, generation), slots, group, generation)
  );
}

function assignBy(
  read: (name: string) => string,
  slots: readonly NativeSlot[],
  group: WeightGroup,
  generation: Generation,
): Assignment | undefined {
  const free = new Set(slots);
  const result = new Map<NativeSlot, StoredWeight>();
  const find = slotFinder(slots, generation);
  for (const stored of group.weights) {
    const name = read(stored.name);
    const fitting = find(name, free);
    const chosen = byPrefix(name, fitting)[0];
    if (chosen === undefined) return undefined;
    free.delete(chosen);
    result.set(chosen, stored);
  }
  return result;
}

/** Finds the free slots, all of one layer, that a name may mean. The slots of one layer need no layer's name. */
function slotFinder(
  slots: readonly NativeSlot[],
  generation: Generation,
): (name: string, free: ReadonlySet<NativeSlot>) => readonly NativeSlot[] {
  const byLayer = new Map<LayerConfig, NativeSlot[]>();
  for (const slot of slots) append(byLayer, slot.leaf.layer, slot);
  const byName = new Map<string, LayerConfig[]>();
  for (const layer of byLayer.keys()) append(byName, layer.name, layer);
  const fitting = (name: string, layer: LayerConfig, free: ReadonlySet<NativeSlot>) =>
    (byLayer.get(layer) ?? []).filter(
      (item) => free.has(item) && namesRole(name, item.slot.role, generation),
    );
  const [only, ...others] = byLayer.keys();
  if (only !== undefined && others.length === 0) return (name, free) => fitting(name, only, free);
  return (name, free) => {
    const layers = layerNamesIn(name, generation).flatMap((part) => byName.get(part) ?? []);
    const able = [...new Set(layers)].filter((layer) => fitting(name, layer, free).length > 0);
    const best = bestLayer(name, able, generation);
    return best === undefined ? [] : fitting(name, best, free);
  };
}

/** The one layer that a name fits best; none when two fit equally well. */
function bestLayer(
  name: string,
  layers: readonly LayerConfig[],
  generation: Generation,
): LayerConfig | undefined {
  let best: { readonly layer: LayerConfig; readonly score: number } | undefined;
  let tied = false;
  for (const layer of layers) {
    const score = namesLayer(name, layer, generation);
    if (score === undefined || (best !== undefined && score < best.score)) continue;
    tied = score === best?.score;
    best = { layer, score };
  }
  return tied ? undefined : best?.layer;
}

function append<Key, Item>(lists: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

/** Forward and backward weights have one role; what stands before it tells them apart, else their order. */
function byPrefix(name: string, slots: readonly NativeSlot[]): readonly NativeSlot[] {
  const exact = slots.filter(({ slot }) => namesPrefix(name, slot.role));
  return exact.length > 0 ? exact : slots;
}

function assignInOrder(
  unit: Unit,
  slots: readonly NativeSlot[],
  group: WeightGroup,
  order: WeightOrder,
): Assignment {
  const ordered = inOrder(unit, slots, order);
  return new Map(
    ordered.flatMap((slot, index) => {
      const stored = group.weights[index];
      return stored === undefined ? [] : [[slot, stored] as const];
    }),
  );
}

/** Keras writes all trainable weights of a layer or model before all others. */
function inOrder(
  unit: Unit,
  slots: readonly NativeSlot[],
  order: WeightOrder,
): readonly NativeSlot[] {
  if (order === "layer-by-layer") return slots;
  const flags = order === "by-flags";
  const isTrainable = ({ leaf, slot }: NativeSlot): boolean =>
    slot.nonTrainable !== true && (!flags || trainableWithin(unit, leaf));
  const trainable = slots.filter(isTrainable);
  return [...trainable, ...slots.filter((slot) => !isTrainable(slot))];
}

/** A single layer keeps its order when frozen; in a model the flags of the layers count. */
function trainableWithin(unit: Unit, leaf: Leaf): boolean {
  return unit.layer === leaf.layer || leaf.layer.trainable;
}

function countMismatch(
  unit: Unit,
  slots: readonly NativeSlot[],
  group: WeightGroup,
  file: string,
): never {
  const { layer } = unit;
  const expected = slots.map(({ leaf, slot }) =>
    leaf.layer === layer ? slot.role : `${leaf.layer.name}/${slot.role}`,
  );
  fail(
    "bad-weights",
    `The file holds ${count(group.weights.length)} (${list(group.weights.map((w) => w.name))}), expected ${
      slots.length
    } (${list(expected)}).`,
    {
      at: { layer: layer.path, className: layer.fileClass, file },
      hint: "The architecture and the weights are not of the same model.",
    },
  );
}

function count(number: number): string {
  return number === 1 ? "1 weight" : `${number} weights`;
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(", ");
  if (names.length === 0) return "none";
  return names.length > 8 ? `${shown}, …` : shown;
}
