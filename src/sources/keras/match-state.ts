import { type Diagnostics, fail } from "../../errors.ts";
import type { Hdf5Dataset, Hdf5Group } from "../../formats/hdf5/index.ts";
import type { WeightRef } from "../../ir/tensor.ts";
import type { MatchContext, WeightTable } from "./match-groups.ts";
import { convertWeights, type RoleWeights } from "./native-weights.ts";
import { snakeCase } from "./parse-model.ts";
import { type Leaf, leafOf } from "./slots.ts";
import { partGroup } from "./state-paths.ts";
import type { LayerConfig, ModelConfig } from "./topology.ts";
import {
  checkOverlap,
  readText,
  type StoredRef,
  storedWeight,
  type WeightStore,
} from "./weight-store.ts";

type StateStore = Extract<WeightStore, { kind: "state" }>;

/**
 * Gives the arrays of a `.weights.h5` state file to the layers of a model. A layer is found by its class, counted
 * within one container; no names are needed. Throws `bad-weights` for what is missing or left over.
 */
export function matchState(
  model: ModelConfig,
  store: StateStore,
  context: MatchContext,
): WeightTable {
  const table = new Map<LayerConfig, RoleWeights>();
  const stored: StoredRef[] = [];
  matchContainer(model, store.root, { ...context, store, table, stored });
  checkOverlap(stored, context.file);
  return table;
}

interface StateContext extends MatchContext {
  readonly store: StateStore;
  readonly table: Map<LayerConfig, RoleWeights>;
  /** Everything taken so far. */
  readonly stored: StoredRef[];
}

function matchContainer(
  model: ModelConfig,
  group: Hdf5Group | undefined,
  context: StateContext,
): void {
  const container = group && layersGroup(group);
  const byClass = new Map<string, LayerConfig[]>();
  for (const layer of model.layers) {
    const key = snakeCase(PYTHON_CLASSES.get(layer.fileClass) ?? layer.fileClass);
    const list = byClass.get(key);
    if (list === undefined) byClass.set(key, [layer]);
    else list.push(layer);
  }
  const used = new Set<string>();
  for (const [key, layers] of byClass) {
    const groups = container === undefined ? [] : numbered(container, key);
    const numbers = layers.map((_, index) => (index === 0 ? key : `${key}_${index}`));
    const exact = numbers.every((name) => groups.includes(name));
    // Some 2.13 files count every layer with weights twice; then only the order is left.
    const names = exact ? numbers : groups;
    for (const [index, layer] of layers.entries()) {
      const name = names[index];
      const member = name === undefined ? undefined : container?.get(name);
      if (name !== undefined) used.add(name);
      matchLayer(layer, member?.kind === "group" ? member : undefined, context);
    }
  }
  if (container !== undefined) checkLeftOver(container, used, context);
}

/** Where the public name of a class, which configs spell, is not that of its code, which groups are called after. */
export const PYTHON_CLASSES: ReadonlyMap<string, string> = new Map([
  ["GroupQueryAttention", "GroupedQueryAttention"],
]);

/** Keras 2.13 and 2.14 may reach the layers by another attribute. */
function layersGroup(group: Hdf5Group): Hdf5Group | undefined {
  for (const name of ["layers", "_layer_checkpoint_dependencies"]) {
    const found = group.get(name);
    if (found?.kind === "group") return found;
  }
  return undefined;
}

/** Members called `key`, `key_1`, `key_2`, …, by number. */
function numbered(container: Hdf5Group, key: string): readonly string[] {
  const numberOf = (name: string): number | undefined => {
    if (name === key) return 0;
    if (!name.startsWith(`${key}_`)) return undefined;
    const rest = name.slice(key.length + 1);
    return /^[1-9]\d*$/.test(rest) ? Number(rest) : undefined;
  };
  return container
    .keys()
    .map((name) => ({ name, number: numberOf(name) }))
    .flatMap(({ name, number }) => (number === undefined ? [] : [{ name, number }]))
    .sort((a, b) => a.number - b.number)
    .map(({ name }) => name);
}

function matchLayer(layer: LayerConfig, group: Hdf5Group | undefined, context: StateContext): void {
  if (layer.model !== undefined) {
    matchContainer(layer.model, group, context);
    return;
  }
  const leaf = leafOf(layer, context.specs, context.dialect);
  if (leaf.open) {
    if (group !== undefined) context.table.set(layer, openWeights(group, "", context.file));
    return;
  }
  if (leaf.slots.length > 0) {
    const roles = leaf.slots.map((slot) => slot.role);
    matchLeaf(leaf, group ?? missing(layer, roles, context), context);
  }
  if (layer.wrapped !== undefined && !leaf.slots.some((slot) => slot.role.includes("/"))) {
    const inner = group?.get("layer");
    matchLayer(layer.wrapped, inner?.kind === "group" ? inner : undefined, context);
  }
}

/** Slots with one prefix (`forward/`) lie in one group of numbered arrays. */
function matchLeaf(leaf: Leaf, group: Hdf5Group, context: StateContext): void {
  const { layer } = leaf;
  checkName(layer, group, context.log, context.file);
  const byPrefix = new Map<string, string[]>();
  for (const { role } of leaf.slots) {
    const prefix = role.slice(0, role.lastIndexOf("/") + 1);
    const list = byPrefix.get(prefix);
    if (list === undefined) byPrefix.set(prefix, [role]);
    else list.push(role);
  }
  const weights = new Map<string, WeightRef>();
  for (const [prefix, roles] of byPrefix) {
    const part = partGroup(group, prefix, layer);
    const arrays = part === undefined ? [] : variables(part);
    // SpectralNormalization keeps the kernel of what it wraps among its own.
    const own =
      layer.className === "SpectralNormalization" && prefix === "" ? arrays.slice(-1) : arrays;
    if (own.length !== roles.length) mismatch(layer, roles, own, context);
    own.forEach((dataset, index) => {
      const ref = storedWeight(dataset, context.file);
      context.stored.push(ref);
      weights.set(roles[index] ?? "", ref);
    });
  }
  context.table.set(layer, convertWeights(leaf, weights, context.store.dialect));
}

/** `vars/0`, `vars/1`, … of an object; of a recurrent layer they belong to its cell. */
function variables(group: Hdf5Group): readonly Hdf5Dataset[] {
  for (const path of ["vars", "cell/vars"]) {
    const found = group.get(path);
    if (found?.kind !== "group") continue;
    const arrays = found
      .keys()
      .filter((name) => /^\d+$/.test(name))
      .sort((a, b) => Number(a) - Number(b))
      .map((name) => found.get(name))
      .flatMap((member) => (member?.kind === "dataset" ? [member] : []));
    if (arrays.length > 0) return arrays;
  }
  return [];
}

/** Everything below the group of a layer of unknown class, by path. */
function openWeights(group: Hdf5Group, prefix: string, file: string): RoleWeights {
  const result = new Map<string, WeightRef>();
  for (const name of group.keys()) {
    const member = group.get(name);
    if (member?.kind === "dataset") result.set(`${prefix}${name}`, storedWeight(member, file));
    if (member?.kind !== "group" || name === "seed_generator") continue;
    for (const [role, ref] of openWeights(member, `${prefix}${name}/`, file)) result.set(role, ref);
  }
  return result;
}

/** Later Keras 3 versions leave the layer's name beside its arrays: no key, but a check. */
function checkName(layer: LayerConfig, group: Hdf5Group, log: Diagnostics, file: string): void {
  const vars = group.get("vars");
  const name = vars?.kind === "group" ? readText(vars.attributes, "name") : undefined;
  if (name === undefined || name === layer.name) return;
  log.warn({
    code: "bad-weights",
    text: `The weights of layer "${layer.path}" were saved by a layer called "${name}".`,
    at: { file },
  });
}

/** Arrays that no layer of the model takes. */
function checkLeftOver(
  container: Hdf5Group,
  used: ReadonlySet<string>,
  { file, onSpare }: StateContext,
): void {
  const all = container.keys().filter((name) => {
    const member = container.get(name);
    return !used.has(name) && member?.kind === "group" && openWeights(member, "", file).size > 0;
  });
  const spare = onSpare === undefined ? [] : all.filter((name) => isSpare(name, all, used));
  if (spare.length > 0) onSpare?.(spare);
  const left = all.filter((name) => !spare.includes(name));
  if (left.length === 0) return;
  fail(
    "bad-weights",
    `Weights are stored for ${left.map((name) => `"${name}"`).join(", ")}, which the architecture does not have.`,
    { at: { file, path: container.path }, hint: HINT },
  );
}

/** Whether a layer may stand behind all others: of a class that the model has none of, or one more of a class than it has. */
function isSpare(name: string, all: readonly string[], used: ReadonlySet<string>): boolean {
  const classOf = (group: string): string => group.replace(/_\d+$/, "");
  const count = [...used].filter((group) => classOf(group) === classOf(name)).length;
  const isLast = name === `${classOf(name)}_${count}`;
  const isOnly = all.filter((group) => classOf(group) === classOf(name)).length === 1;
  return count === 0 || (isLast && isOnly);
}

function mismatch(
  layer: LayerConfig,
  roles: readonly string[],
  arrays: readonly Hdf5Dataset[],
  context: StateContext,
): never {
  if (arrays.length === 0) return missing(layer, roles, context);
  return fail(
    "bad-weights",
    `The file holds ${arrays.length} weights (shapes ${arrays.map(({ shape }) => `(${shape.join(", ")})`).join(", ")}), expected ${
      roles.length
    } (${roles.join(", ")}).`,
    { at: place(layer, context), hint: HINT },
  );
}

function missing(layer: LayerConfig, roles: readonly string[], context: StateContext): never {
  return fail("bad-weights", `The file holds no weights, expected ${roles.join(", ")}.`, {
    at: place(layer, context),
    hint: HINT,
  });
}

function place(layer: LayerConfig, { file }: StateContext) {
  return { layer: layer.path, className: layer.fileClass, file };
}

const HINT = "The architecture and the weights are not of the same model.";
