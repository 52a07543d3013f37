import { type Diagnostics, fail } from "../../errors.ts";
import type { WeightRef } from "../../ir/tensor.ts";
import { isJsonList } from "../../json.ts";
import type { Dialect } from "./layer-spec.ts";
import { convertWeights, nativeSlots, type RoleWeights } from "./native-weights.ts";
import {
  assignSlots,
  keepsRoles,
  type NativeSlot,
  namesResolve,
  type WeightOrder,
} from "./slot-assignment.ts";
import type { Leaf, SpecTable, Unit } from "./slots.ts";
import { unitOf } from "./slots.ts";
import type { LayerConfig, ModelConfig } from "./topology.ts";
import { namesLayer, namesRole } from "./weight-names.ts";
import type { WeightGroup, WeightStore } from "./weight-store.ts";

/** The weights of every layer, by role. */
export type WeightTable = ReadonlyMap<LayerConfig, RoleWeights>;

/** What giving out weights needs besides the architecture. */
export interface MatchContext {
  readonly specs: SpecTable;
  /** Of the architecture. */
  readonly dialect: Dialect;
  readonly file: string;
  readonly log: Diagnostics;
  /** Is told of stored layers that may stand behind all of the model, which are an error otherwise. */
  readonly onSpare?: (names: readonly string[]) => void;
}

/** The weights of a file, layer by layer. */
export type GroupStore = Extract<WeightStore, { kind: "groups" | "numbered" }>;

/**
 * Gives the layer groups of a legacy file to the layers of a model: by name, else by position. More than one table
 * comes back when a nested model's weights could stand in several orders; only shapes can tell those apart.
 * Throws `bad-weights` when layers or groups are left over.
 */
export function matchGroups(
  model: ModelConfig,
  store: GroupStore,
  context: MatchContext,
): readonly WeightTable[] {
  const pairs = pairUp(model, store, context);
  const { dialect } = store;
  warnOfDeviation(pairs, dialect, context);
  const uncertain = pairs.some(
    ({ unit, slots, group }) =>
      unit.leaves.length > 1 && !namesResolve(slots, group, dialect.generation),
  );
  if (!uncertain) return [fillTable(pairs, "by-flags", store, context)];
  const orders: readonly WeightOrder[] = ["by-flags", "trainable-first", "layer-by-layer"];
  const sound = orders.filter((order) => ordersRoles(pairs, order, store, context));
  const tables = (sound.length === 0 ? orders : sound).map((order) =>
    fillTable(pairs, order, store, context),
  );
  const seen = new Set<string>();
  return tables.filter((table) => {
    const text = describe(table);
    return !seen.has(text) && seen.add(text);
  });
}

interface Pair {
  readonly unit: Unit;
  readonly slots: readonly NativeSlot[];
  readonly group: WeightGroup;
}

function pairUp(model: ModelConfig, store: GroupStore, context: MatchContext): readonly Pair[] {
  const groups = store.groups.filter((group) => group.weights.length > 0);
  const byName = new Map(groups.map((group) => [group.name, group]));
  const units = model.layers
    .flatMap((layer) => openedUnits(layer, byName, context))
    .map((unit) => ({ unit, slots: slotsOf(unit, store.dialect) }));
  const owners = units.filter(({ unit, slots }) => slots.length > 0 || isOpen(unit));
  const named = owners.filter(({ unit }) => byName.has(unit.layer.name));
  const unfilled = owners.filter(
    ({ unit, slots }) => slots.length > 0 && !byName.has(unit.layer.name),
  );
  const taken = new Set(named.map(({ unit }) => unit.layer.name));
  const left = groups.filter((group) => !taken.has(group.name));
  if (unfilled.length === 0 && left.length === 0) {
    return named.flatMap((owner) => {
      const group = byName.get(owner.unit.layer.name);
      return group === undefined ? [] : [{ ...owner, group }];
    });
  }
  const strict = owners.filter(({ slots }) => slots.length > 0);
  if (strict.length !== groups.length) return leftOver(unfilled, left, context);
  warnOfPositions(strict, groups, store, context);
  return strict.flatMap((owner, index) => {
    const group = groups[index];
    return group === undefined ? [] : [{ ...owner, group }];
  });
}

/** Keras 1 writes the layers of a first model, or of the branches of a first Merge, one by one. */
function openedUnits(
  layer: LayerConfig,
  byName: ReadonlyMap<string, WeightGroup>,
  context: MatchContext,
): readonly Unit[] {
  const unit = unitOf(layer, context.specs, context.dialect);
  if (layer.model === undefined || byName.has(layer.name)) return [unit];
  const inner = layer.model.layers.flatMap((sub) => openedUnits(sub, byName, context));
  const owners = inner.filter((sub) => sub.leaves.some((leaf) => leaf.slots.length > 0));
  const found = owners.every((sub) => byName.has(sub.layer.name));
  return owners.length > 0 && found ? inner : [unit];
}

function slotsOf(unit: Unit, dialect: Dialect): readonly NativeSlot[] {
  return unit.leaves.flatMap((leaf) => nativeSlots(leaf, dialect).map((slot) => ({ leaf, slot })));
}

function isOpen(unit: Unit): boolean {
  return unit.leaves.some((leaf) => leaf.open);
}

/** Whether an order puts every array where its name says what it is. */
function ordersRoles(
  pairs: readonly Pair[],
  order: WeightOrder,
  { dialect: { generation } }: GroupStore,
  { file }: MatchContext,
): boolean {
  return pairs.every(
    ({ unit, slots, group }) =>
      isOpen(unit) ||
      keepsRoles(assignSlots(unit, slots, group, { generation, order, file }), generation),
  );
}

function fillTable(
  pairs: readonly Pair[],
  order: WeightOrder,
  store: GroupStore,
  context: MatchContext,
): WeightTable {
  const { generation } = store.dialect;
  const table = new Map<LayerConfig, RoleWeights>();
  for (const { unit, slots, group } of pairs) {
    if (isOpen(unit)) {
      fillOpen(table, { unit, slots, group }, store);
      continue;
    }
    const filled = assignSlots(unit, slots, group, { generation, order, file: context.file });
    const byLeaf = new Map<Leaf, Map<string, WeightRef>>();
    for (const [{ leaf, slot }, stored] of filled) {
      const weights = byLeaf.get(leaf) ?? new Map<string, WeightRef>();
      byLeaf.set(leaf, weights.set(slot.role, stored.ref));
    }
    for (const [leaf, weights] of byLeaf) {
      table.set(leaf.layer, convertWeights(leaf, weights, store.dialect));
    }
  }
  return table;
}

/** A layer of unknown class takes all that its group holds and no known layer claims, by the names there. */
function fillOpen(
  table: Map<LayerConfig, RoleWeights>,
  { unit, slots, group }: Pair,
  store: GroupStore,
): void {
  const { generation } = store.dialect;
  const rest = new Map(group.weights.map((stored) => [stored.name, stored.ref]));
  for (const leaf of unit.leaves) {
    const weights = new Map<string, WeightRef>();
    for (const { slot } of slots.filter((native) => native.leaf === leaf)) {
      const found = [...rest].find(
        ([name]) =>
          namesRole(name, slot.role, generation) &&
          namesLayer(name, leaf.layer, generation) !== undefined,
      );
      if (found === undefined) continue;
      weights.set(slot.role, found[1]);
      rest.delete(found[0]);
    }
    table.set(leaf.layer, convertWeights(leaf, weights, store.dialect));
  }
  for (const leaf of unit.leaves) {
    if (leaf.open) table.set(leaf.layer, rest);
  }
}

/** Keras 1.0.5 and earlier stored the standard deviation where later ones store the variance. */
function warnOfDeviation(
  pairs: readonly Pair[],
  dialect: Dialect,
  { log, file }: MatchContext,
): void {
  if (dialect.generation !== 1 || dialect.version !== "") return;
  const layer = pairs
    .flatMap(({ unit }) => unit.leaves)
    .find((leaf) => leaf.layer.className === "BatchNormalization")?.layer;
  if (layer === undefined) return;
  log.warn({
    code: "bad-weights",
    text: `The file does not say which Keras 1 wrote it; the running statistics of layer "${layer.path}" (and others of its class) were taken for variances, as 1.0.6 and later store them.`,
    at: { file },
  });
}

function warnOfPositions(
  owners: readonly { readonly unit: Unit }[],
  groups: readonly WeightGroup[],
  store: GroupStore,
  { log, file }: MatchContext,
): void {
  if (store.kind === "numbered") return;
  for (const [index, { unit }] of owners.entries()) {
    const group = groups[index];
    const { layer } = unit;
    const unnamed =
      layer.model !== undefined && isJsonList(layer.json.layers) && !("name" in layer.json);
    if (group === undefined || unnamed || group.name === layer.name) continue;
    log.warn({
      code: "bad-weights",
      text: `Weights were given to layers by position, because their names differ: "${group.name}" in the file went to layer "${layer.name}".`,
      at: { file },
    });
    return;
  }
}

function leftOver(
  unfilled: readonly { readonly unit: Unit }[],
  left: readonly WeightGroup[],
  { file }: MatchContext,
): never {
  const missing = unfilled.map(({ unit }) => unit.layer.path);
  const text = [
    missing.length === 0 ? [] : [`No weights are stored for ${layers(missing)}.`],
    left.length === 0
      ? []
      : [
          `Weights are stored for ${layers(left.map((group) => group.name))}, which the architecture does not have.`,
        ],
  ];
  return fail("bad-weights", text.flat().join(" "), {
    at: { file },
    hint: "The architecture and the weights are not of the same model; one of them may be without its top layers.",
  });
}

function layers(names: readonly string[]): string {
  const quoted = names.slice(0, 8).map((name) => `"${name}"`);
  const more = names.length > 8 ? ` and ${names.length - 8} more` : "";
  return `${names.length === 1 ? "layer" : "layers"} ${quoted.join(", ")}${more}`;
}

/** Equal texts for tables that put the same arrays in the same places. */
function describe(table: WeightTable): string {
  return JSON.stringify(
    [...table].map(([layer, weights]) => [
      layer.path,
      [...weights].map(([role, ref]) => [role, ref.id]).sort(),
    ]),
  );
}
