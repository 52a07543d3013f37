import { fail } from "../errors.ts";
import type { KerasArchive } from "../sources/keras/archive.ts";
import { parseModel, snakeCase } from "../sources/keras/parse-model.ts";
import { allLayers, type LayerConfig, type ModelConfig } from "../sources/keras/topology.ts";
import type { TracedModel } from "../sources/keras/traced-model.ts";
import { type AppendedLayer, appendLayers } from "./append-layers.ts";
import { cutModel } from "./cut-model.ts";
import { type Cut, findBehind, findHead } from "./find-head.ts";
import { initialWeight } from "./initializers/initial-weight.ts";
import { classOf, type HeadLayer, layerEntry, wordsOf } from "./layer-words.ts";
import { renameOutput } from "./rename-output.ts";
import { retrace, weightsByPath, withoutOptimizer } from "./retrace.ts";

/** What a new classification head is like. */
export interface HeadOptions {
  readonly classes: number;
  /** Share of the features that is dropped while training; 0.5 by default, 0 leaves the layer out. */
  readonly dropout?: number;
  /** Strength of the penalty on its kernels; 0.001 by default. */
  readonly l2?: number;
  /** Dense layers with ReLU before the last one. */
  readonly units?: readonly number[];
  /** Of the last layer; `softmax` by default. */
  readonly activation?: string;
  /** Name or path of the layer that it comes behind; left out: where the old head begins. */
  readonly after?: string;
  /** 0 by default. */
  readonly seed?: number;
}

/** A model with a new head, and what became of the old one. */
export interface NewHead {
  readonly traced: TracedModel;
  /** Path of the layer behind which the head begins. */
  readonly after: string;
  /** Paths of the layers that are gone. */
  readonly removed: readonly string[];
  /** Names of the new layers. */
  readonly added: readonly string[];
}

/**
 * Puts a new classification head in place of the old one: global average pooling where there is something to pool, dropout, a dense layer
 * with L2. Its layers are in the words of the model's own Keras. Throws `bad-option` where no old head is found, or two.
 */
export function newHead(traced: TracedModel, options: HeadOptions): NewHead {
  check(options);
  const { archive, model } = traced;
  const cut = options.after === undefined ? findHead(traced) : findBehind(traced, options.after);
  const context = { dialect: archive.dialect, at: {}, prefix: "", trainable: true, depth: 0 };
  const base = cutModel(archive.model, model, cut.at);
  const baseModel = parseModel(base, context);
  const words = wordsOf(archive.model, model, archive.dialect);
  const taken = new Set(allLayers(baseModel).map(({ name }) => name));
  const counted = archive.dialect.generation === 1 || archive.dialect.generation === 2;
  let shape = cut.shape;
  const added = headLayers(traced, cut, options).map((layer): AppendedLayer => {
    const name = freeName(snakeCase(classOf(layer)), taken, counted);
    const entry = layerEntry(layer, { name, input: shape }, words);
    shape = layer.kind === "dense" ? [shape[0] ?? null, layer.units] : shapeBehind(layer, shape);
    return { name, entry, shape };
  });
  const json = appendLayers(base, baseModel, added, cut.shape);
  const names = added.map(({ name }) => name);
  const edited = renameOutput(withoutOptimizer({ ...archive, model: json }), {
    from: model.outputs.map(({ layer }) => layer),
    to: names.at(-1) ?? "",
  });
  return {
    traced: retraced(traced, edited, { kept: baseModel, seed: options.seed ?? 0 }),
    after: cut.layer.path,
    removed: removedPaths(allLayers(model), allLayers(baseModel)),
    added: names,
  };
}

function check({ classes, dropout = 0.5, l2 = 0.001, units = [] }: HeadOptions): void {
  for (const [name, value] of [
    ["classes", classes] as const,
    ...units.map((one) => ["units", one] as const),
  ]) {
    if (Number.isSafeInteger(value) && value > 0) continue;
    fail("bad-option", `The head's ${name} are ${value}, expected a whole number above 0.`);
  }
  if (!(dropout >= 0 && dropout < 1)) {
    fail("bad-option", `The head's dropout is ${dropout}, expected a share from 0 to below 1.`);
  }
  if (!(l2 >= 0 && Number.isFinite(l2))) {
    fail("bad-option", `The head's L2 is ${l2}, expected a number from 0 on.`);
  }
}

function headLayers(
  traced: TracedModel,
  { shape, layer }: Cut,
  { classes, dropout = 0.5, l2 = 0.001, units = [], activation = "softmax" }: HeadOptions,
): readonly HeadLayer[] {
  const rank = shape.length;
  const channelsFirst = rank > 2 && isChannelsFirst(traced, layer);
  const channels = shape[channelsFirst ? 1 : rank - 1] ?? null;
  if (rank < 2 || rank > 5 || channels === null) {
    return fail("unsupported", `No head fits behind its output of ${rank} axes.`, {
      at: { layer: layer.path, className: layer.fileClass },
    });
  }
  const widths = [channels, ...units];
  const dense = (unitCount: number, index: number, act: string): HeadLayer => {
    return { kind: "dense", units: unitCount, activation: act, l2, features: widths[index] ?? 0 };
  };
  const drop: readonly HeadLayer[] = dropout === 0 ? [] : [{ kind: "dropout", rate: dropout }];
  return [
    ...(rank === 2 ? [] : [{ kind: "pooling", rank, channelsFirst } as const]),
    ...units.map((count, index) => dense(count, index, "relu")),
    ...drop,
    dense(classes, units.length, activation),
  ];
}

/** As the last layer before the head that says where its channels are. */
function isChannelsFirst({ model }: TracedModel, end: LayerConfig): boolean {
  const layers = allLayers(model);
  const last = end.model === undefined ? end : (allLayers(end.model).at(-1) ?? end);
  const before = layers.slice(0, layers.indexOf(last) + 1).toReversed();
  const stating = before.find(({ config }) => typeof config.data_format === "string");
  return stating?.config.data_format === "channels_first";
}

function shapeBehind(
  layer: HeadLayer,
  shape: readonly (number | null)[],
): readonly (number | null)[] {
  if (layer.kind !== "pooling") return shape;
  return [shape[0] ?? null, shape[layer.channelsFirst ? 1 : layer.rank - 1] ?? null];
}

/** Keras 1 and 2 count names from 1, later ones leave the first bare. */
function freeName(stem: string, taken: Set<string>, counted: boolean): string {
  let count = counted ? 1 : 0;
  const name = (): string => (count === 0 ? stem : `${stem}_${count}`);
  while (taken.has(name())) count++;
  taken.add(name());
  return name();
}

/** The edited model with its old weights; only the head has new ones, also where it took over a name. */
function retraced(
  traced: TracedModel,
  archive: KerasArchive,
  { kept, seed }: { readonly kept: ModelConfig; readonly seed: number },
): TracedModel {
  const { dialect } = archive;
  const left = new Set(allLayers(kept).map(({ path }) => path));
  const weights = [...weightsByPath(traced)].filter(([path]) => left.has(path));
  return retrace({ ...traced, archive }, new Map(weights), (layer, role, shape) =>
    initialWeight({ layer, role, shape }, { dialect, seed }),
  );
}

function removedPaths(
  before: readonly LayerConfig[],
  after: readonly LayerConfig[],
): readonly string[] {
  const left = new Set(after.map(({ path }) => path));
  return before.flatMap(({ path }) => (left.has(path) ? [] : [path]));
}
