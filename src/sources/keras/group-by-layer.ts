import type { Generation } from "./layer-spec.ts";
import type { GroupStore, MatchContext } from "./match-groups.ts";
import { unitOf } from "./slots.ts";
import type { LayerConfig, ModelConfig } from "./topology.ts";
import { layerNamesIn, namesLayer, namesRole, withoutCounters } from "./weight-names.ts";
import type { StoredWeight, WeightStore } from "./weight-store.ts";

type NamedStore = Extract<WeightStore, { kind: "named" }>;

/**
 * One row of weights, layer by layer: each goes to the layer of the model that its name fits best, also to one inside a
 * nested model. What fits none makes a group of its own, under the name that stands before the role.
 */
export function groupByLayer(
  model: ModelConfig,
  { dialect, weights }: NamedStore,
  { specs, dialect: written }: Pick<MatchContext, "specs" | "dialect">,
): GroupStore {
  const owners = ownersIn(model, specs, written);
  const groups = new Map<string, StoredWeight[]>();
  for (const stored of weights) {
    const { generation } = dialect;
    const owner =
      ownerOf(stored.name, owners, generation) ??
      ownerOf(withoutCounters(stored.name, generation), owners, generation);
    if (owner !== undefined) owner.taken++;
    const name = owner?.unit ?? folderOf(stored.name);
    append(groups, name, stored);
  }
  const listed = [...groups].map(([name, group]) => ({ name, weights: group }));
  return { kind: "groups", dialect, groups: listed };
}

/** Layers by what a name may say of them. */
interface Owners {
  readonly byName: ReadonlyMap<string, readonly Owner[]>;
  /** In the order of the model; those that have all their weights leave the front. */
  readonly byRole: ReadonlyMap<string, Owner[]>;
}

/** A layer that has weights, and the one of the outermost model in which it stands. */
interface Owner {
  readonly unit: string;
  readonly layer: LayerConfig;
  readonly roles: readonly string[];
  readonly open: boolean;
  /** Weights that it was given. */
  taken: number;
}

function ownersIn(
  model: ModelConfig,
  specs: MatchContext["specs"],
  dialect: MatchContext["dialect"],
): Owners {
  const byName = new Map<string, Owner[]>();
  const byRole = new Map<string, Owner[]>();
  for (const top of model.layers) {
    for (const leaf of unitOf(top, specs, dialect).leaves) {
      if (leaf.slots.length === 0 && !leaf.open) continue;
      const roles = leaf.slots.map(({ role }) => role);
      const owner = { unit: top.name, layer: leaf.layer, roles, open: leaf.open, taken: 0 };
      append(byName, leaf.layer.name, owner);
      for (const role of roles) append(byRole, role, owner);
    }
  }
  return { byName, byRole };
}

/** The layer that a name fits best; of several of one name, the first that still lacks weights. */
function ownerOf(
  name: string,
  { byName, byRole }: Owners,
  generation: Generation,
): Owner | undefined {
  if (!name.includes("/")) return ownerOfRole(byRole.get(name) ?? []);
  const able = new Set(layerNamesIn(name, generation).flatMap((part) => byName.get(part) ?? []));
  let best: { readonly owner: Owner; readonly score: number } | undefined;
  for (const owner of able) {
    const { layer, roles, open, taken } = owner;
    const fits = open || roles.some((role) => namesRole(name, role, generation));
    const score = fits ? namesLayer(name, layer, generation) : undefined;
    if (score === undefined || (!open && taken >= roles.length)) continue;
    if (best === undefined || score > best.score) best = { owner, score };
  }
  return best?.owner;
}

/** Some layers name their weights by the role alone (`mean` of Normalization); then the order of the layers tells. */
function ownerOfRole(waiting: Owner[]): Owner | undefined {
  while (waiting[0] !== undefined && waiting[0].taken >= waiting[0].roles.length) waiting.shift();
  return waiting[0];
}

function append<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

function folderOf(name: string): string {
  return name.includes("/") ? name.slice(0, name.lastIndexOf("/")) : name;
}
