import { fail } from "../../../errors.ts";
import {
  type AttributeContent,
  addDataset,
  createGroup,
  type GroupDraft,
  groupAt,
} from "../../../formats/hdf5-writer/index.ts";
import type { WeightRef } from "../../../ir/tensor.ts";
import { layerOrder } from "../../../sources/keras/layer-order.ts";
import type { Dialect } from "../../../sources/keras/layer-spec.ts";
import { leafOf } from "../../../sources/keras/slots.ts";
import type { LayerConfig, ModelConfig } from "../../../sources/keras/topology.ts";
import { storedBytes } from "../../../weights/encode.ts";
import type { WeightContext } from "../state-weights.ts";
import { putNames } from "./names.ts";
import { nativeWeights } from "./native-weights.ts";
import { weightName } from "./weight-names.ts";

/** One array of a group, as a generation of Keras has it. */
interface PlacedWeight {
  readonly name: string;
  readonly ref: WeightRef;
  readonly trained: boolean;
}

/**
 * The weights of a model in the layout of legacy HDF5: one group a layer, named and ordered by attributes; a nested model's
 * weights in one group, trained ones first.
 *
 * @see keras/engine/saving.py `save_weights_to_hdf5_group` (2.2.4)
 */
export function weightGroups(model: ModelConfig, context: WeightContext): GroupDraft {
  const { dialect } = context;
  const root = createGroup();
  const layers = orderedLayers(model).filter((layer) => !isImplied(layer, model));
  putNames(
    root,
    "layer_names",
    layers.map(({ name }) => name),
    dialect.generation === 1 ? "whole" : "in parts",
  );
  for (const [key, value] of [
    ["backend", dialect.backend || "tensorflow"],
    ["keras_version", dialect.version],
  ] as const) {
    // Keras 1 is recognised by their absence.
    if (dialect.generation !== 1) root.attributes.set(key, text(value));
  }
  for (const layer of layers) {
    putGroup(root, layer.name, weightsOf(layer, context), dialect);
  }
  if (dialect.generation === 3) putGroup(root, "top_level_model_weights", [], dialect);
  return root;
}

/** The layers of a model in the order in which Keras has them. */
export function orderedLayers(model: ModelConfig): readonly LayerConfig[] {
  return model.kind === "functional" ? layerOrder(model) : model.layers;
}

/** A Sequential does not count its inputs among its layers. */
function isImplied(layer: LayerConfig, model: ModelConfig): boolean {
  return model.kind === "sequential" && layer.className === "InputLayer";
}

function text(value: string): AttributeContent {
  return { kind: "text", value, charset: "ascii" };
}

function putGroup(
  root: GroupDraft,
  name: string,
  weights: readonly PlacedWeight[],
  dialect: Dialect,
): void {
  const group = groupAt(root, name);
  const sorted = [
    ...weights.filter(({ trained }) => trained),
    ...weights.filter(({ trained }) => !trained),
  ];
  const taken = new Set<string>();
  for (const weight of sorted) {
    const own = freeName(weight.name, taken);
    taken.add(own);
    const { shape } = weight.ref;
    const dtype = typeOf(weight.ref, dialect);
    const attributes = new Map<string, AttributeContent>();
    const data = storedBytes({ ...weight.ref, dtype });
    addDataset(group, own, { kind: "dataset", dtype, shape, attributes, data });
  }
  putNames(group, "weight_names", [...taken], dialect.generation === 1 ? "whole" : "in parts");
}

/** Before Keras 3 no bfloat16 is read. */
function typeOf({ dtype }: WeightRef, { generation }: Dialect): WeightRef["dtype"] {
  return dtype === "bfloat16" && generation !== 3 ? "float32" : dtype;
}

/** Layers of one name in different models get a number in one of them. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  const at = name.lastIndexOf("/");
  for (let count = 1; ; count += 1) {
    const other = `${name.slice(0, at)}_${count}${name.slice(at)}`;
    if (!taken.has(other)) return other;
  }
}

/** All weights of a layer and of those in it. */
function weightsOf(top: LayerConfig, context: WeightContext): readonly PlacedWeight[] {
  const { specs, dialect, table } = context;
  const within = (layer: LayerConfig): readonly PlacedWeight[] => {
    if (layer.model !== undefined) return orderedLayers(layer.model).flatMap(within);
    const leaf = leafOf(layer, specs, dialect);
    if (leaf.open) return openWeights(layer, context);
    // A single frozen layer keeps its order.
    const frozen = layer !== top && !isTrained(layer, context);
    const own = nativeWeights(leaf, table.get(layer) ?? new Map(), dialect).map(
      ({ role, nonTrainable, ref }): PlacedWeight => ({
        name: weightName(layer, role, dialect),
        ref: ref ?? missing(layer, role),
        trained: nonTrainable !== true && !frozen,
      }),
    );
    const held = leaf.slots.some(({ role }) => role.includes("/")) ? undefined : layer.wrapped;
    return held === undefined ? own : [...own, ...within(held)];
  };
  return within(top);
}

/** Stand-alone Keras knows no flag of a nested model. */
function isTrained(layer: LayerConfig, { dialect: { generation } }: WeightContext): boolean {
  return generation === 1 || generation === 2 ? layer.ownTrainable : layer.trainable;
}

/** A layer of a class that is not known keeps what the file has for it, in its order. */
function openWeights(layer: LayerConfig, { table }: WeightContext): readonly PlacedWeight[] {
  return [...(table.get(layer) ?? [])].map(([name, ref]) => ({ name, ref, trained: true }));
}

function missing(layer: LayerConfig, role: string): never {
  return fail("bad-weights", `The weight ${role} is missing.`, {
    at: { layer: layer.path, className: layer.fileClass },
  });
}
