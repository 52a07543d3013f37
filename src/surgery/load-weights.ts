import { createDiagnostics, type Diagnostic, fail, KcError } from "../errors.ts";
import type { ByteSource } from "../formats/bytes.ts";
import { detectContainer } from "../formats/detect.ts";
import { openHdf5 } from "../formats/hdf5/index.ts";
import { formatShape, type WeightRef } from "../ir/tensor.ts";
import { openArchive } from "../sources/keras/archive.ts";
import type { LayerSpec } from "../sources/keras/layer-spec.ts";
import { type GroupStore, matchGroups, type WeightTable } from "../sources/keras/match-groups.ts";
import { matchWeights } from "../sources/keras/open-model.ts";
import { allLayers, type LayerConfig, type ModelConfig } from "../sources/keras/topology.ts";
import { openTraced, type TracedModel } from "../sources/keras/traced-model.ts";
import { readText } from "../sources/keras/weight-store.ts";
import { automaticNames } from "./automatic-names.ts";
import { retrace, type WeightsByPath, weightsByPath, withoutOptimizer } from "./retrace.ts";

/** How weights of another file are taken over. */
export interface LoadWeightsOptions {
  /** Leaves layers as they are whose weights have other shapes in the file; otherwise they are an error. */
  readonly skipMismatch?: boolean;
  readonly customLayers?: readonly LayerSpec[];
}

/** A model with weights of a file, and which of its layers have them. */
export interface LoadedWeights {
  readonly traced: TracedModel;
  /** Paths of the layers whose weights come from the file. */
  readonly loaded: readonly string[];
  /** Paths of layers with weights that the file does not have; they stay as they were. */
  readonly missing: readonly string[];
  /** Paths of layers that were left alone because of their shapes. */
  readonly skipped: readonly string[];
  /** Layers of the file that the model does not have. */
  readonly unused: readonly string[];
  readonly warnings: readonly Diagnostic[];
}

/**
 * Takes the weights of a file of any kind (a whole model or weights alone, of any Keras) over into a model: layer by layer by name, a nested
 * model's layers also by their own names alone; where no name agrees, by position as Keras does. Throws `bad-weights` with every weight of
 * another shape, and when no layer fits.
 */
export function loadWeightsInto(
  traced: TracedModel,
  source: ByteSource,
  options: LoadWeightsOptions = {},
): LoadedWeights {
  const log = createDiagnostics();
  const { weights, names } = isWholeModel(source)
    ? ofModel(traced, source, options, log)
    : ofWeights(traced, source, log);
  return {
    ...transferWeights(traced, { weights, names, file: source.name }, options),
    warnings: log.warnings,
  };
}

/** Weights that another model has. */
export interface GivenWeights {
  readonly weights: WeightsByPath;
  /** What the file calls its layers with weights. */
  readonly names: readonly string[];
  /** For messages. */
  readonly file: string;
}

/** Takes weights over by the names of layers, as `loadWeightsInto` does. */
function transferWeights(
  traced: TracedModel,
  given: GivenWeights,
  { skipMismatch = false }: LoadWeightsOptions,
): Omit<LoadedWeights, "warnings"> {
  const find = layerFinder(given.weights);
  const result = new Map(weightsByPath(traced));
  const [loaded, missing, skipped]: [string[], string[], string[]] = [[], [], []];
  const used = new Set<string>();
  const log = createDiagnostics();
  for (const [layer, own] of traced.table) {
    if (own.size === 0) continue;
    const found = find(layer.path, layer.name);
    if (found === undefined) {
      missing.push(layer.path);
      continue;
    }
    used.add(found);
    const taken = take(layer, own, given.weights.get(found) ?? new Map(), given.file);
    if ("weights" in taken) {
      result.set(layer.path, taken.weights);
      loaded.push(layer.path);
    } else {
      if (!skipMismatch) log.error(taken.misfit);
      skipped.push(layer.path);
    }
  }
  refuseMisfits(log.errors);
  if (loaded.length === 0) nothingFits(traced, given, skipped);
  const archive = withoutOptimizer(traced.archive);
  const unused = given.names.filter(
    (name) => !used.has(name) && ![...used].some((path) => path.startsWith(`${name}/`)),
  );
  return { traced: retrace({ ...traced, archive }, result), loaded, missing, skipped, unused };
}

type Taken = { readonly weights: ReadonlyMap<string, WeightRef> } | { readonly misfit: Diagnostic };

/** The weights of one layer from a file, under the roles of the model. */
function take(
  layer: LayerConfig,
  own: ReadonlyMap<string, WeightRef>,
  stored: ReadonlyMap<string, WeightRef>,
  file: string,
): Taken {
  const weights = new Map<string, WeightRef>();
  for (const [role, { shape }] of own) {
    const ref = stored.get(role) ?? stored.get(otherRole(role));
    const fits =
      ref !== undefined &&
      ref.shape.length === shape.length &&
      ref.shape.every((dim, axis) => dim === shape[axis]);
    if (!fits) {
      const there = ref === undefined ? "is missing" : `has shape ${formatShape(ref.shape)}`;
      const at = { layer: layer.path, className: layer.fileClass, file };
      const text = `The weight "${role}" ${there} in the file, expected ${formatShape(shape)}.`;
      return { misfit: { code: "bad-weights", text, at } };
    }
    const { dtype, readInto } = ref;
    // Two files may call two weights alike.
    weights.set(role, {
      id: `${file}:${ref.id}`,
      dtype,
      shape,
      readInto: (target, start) => readInto.call(ref, target, start),
    });
  }
  return { weights };
}

/** Keras 3 calls the kernel of a depthwise layer otherwise. */
function otherRole(role: string): string {
  return role.endsWith("depthwise_kernel")
    ? role.replace("depthwise_kernel", "kernel")
    : role.replace(/(^|\/)kernel$/, "$1depthwise_kernel");
}

/** Finds a layer by its path, by its name alone, or by either with lines for slashes, which Keras 3 refuses. */
function layerFinder(weights: WeightsByPath): (path: string, name: string) => string | undefined {
  const plain = (text: string): string => text.replaceAll("/", "_");
  const owners = [...weights].filter(([, roles]) => roles.size > 0).map(([path]) => path);
  const byPlain = uniqueBy(owners, plain);
  const byEnd = uniqueBy(owners, (path) => plain(path.slice(path.indexOf("/") + 1)));
  const byLast = uniqueBy(owners, (path) => path.slice(path.lastIndexOf("/") + 1));
  const known = new Set(owners);
  return (path, name) =>
    known.has(path)
      ? path
      : (byPlain.get(plain(path)) ??
        byPlain.get(plain(name)) ??
        byEnd.get(plain(name)) ??
        byLast.get(name));
}

/** Items by a key that only they have. */
function uniqueBy(
  items: readonly string[],
  keyOf: (item: string) => string,
): ReadonlyMap<string, string> {
  const found = new Map<string, string | undefined>();
  for (const item of items) found.set(keyOf(item), found.has(keyOf(item)) ? undefined : item);
  return new Map([...found].flatMap(([key, item]) => (item === undefined ? [] : [[key, item]])));
}

function isWholeModel(source: ByteSource): boolean {
  if (detectContainer(source) !== "hdf5") return true;
  return readText(openHdf5(source).root.attributes, "model_config") !== undefined;
}

function ofModel(
  traced: TracedModel,
  source: ByteSource,
  { customLayers }: LoadWeightsOptions,
  log: ReturnType<typeof createDiagnostics>,
): Omit<GivenWeights, "file"> {
  const other = openTraced(source, customLayers === undefined ? {} : { customLayers });
  for (const warning of other.warnings) log.warn(warning);
  const given = weightsByPath(other);
  const rename = renamer(traced, [...given.keys()]);
  const weights = new Map([...given].map(([path, roles]) => [rename(path), roles]));
  return {
    weights,
    names: [...weights].flatMap(([path, roles]) => (roles.size > 0 ? [path] : [])),
  };
}

/** Weights without an architecture, given to the layers of the model. */
function ofWeights(
  traced: TracedModel,
  source: ByteSource,
  log: ReturnType<typeof createDiagnostics>,
): Omit<GivenWeights, "file"> {
  const { model, specs } = traced;
  const architecture = JSON.stringify({
    keras_version: traced.archive.dialect.version,
    backend: traced.archive.dialect.backend,
    ...traced.archive.model,
  });
  const { weights: store } = openArchive(source, { architecture }, log);
  const { dialect } = traced.archive;
  const context = { specs, dialect, file: source.name, log };
  if (store.kind !== "groups") {
    const archive = { ...traced.archive, weights: store };
    const spare: string[] = [];
    const onSpare = (names: readonly string[]): void => void spare.push(...names);
    const given = { file: source.name, log, onSpare };
    const [table = new Map()] = matchWeights({ ...traced, archive }, given);
    return { weights: byPath(table), names: [...byPath(table).keys(), ...spare] };
  }
  const filled = store.groups.filter(({ weights }) => weights.length > 0);
  const rename = renamer(
    traced,
    filled.map(({ name }) => name),
  );
  const groups = filled.map((group) => ({ ...group, name: rename(group.name) }));
  const names = groups.map(({ name }) => name);
  const parts = namedParts(model, { ...store, groups });
  const tables =
    parts.layers.length === 0
      ? matchGroups(model, store, context)
      : matchGroups(
          { ...model, layers: parts.layers },
          { ...store, groups: parts.groups },
          context,
        );
  const fitting = tables.find((table) => fits(table, traced.table)) ?? tables[0] ?? new Map();
  return { weights: byPath(fitting), names };
}

/** What the model calls layers of the file that have their names from Keras. */
function renamer({ table, specs }: TracedModel, stored: readonly string[]) {
  const owners = [...table].flatMap(([layer, weights]) => (weights.size > 0 ? [layer] : []));
  return automaticNames(owners, stored, specs);
}

/** The layers whose group is in the file, and those groups under the names of the layers. */
function namedParts(
  model: ModelConfig,
  store: GroupStore,
): { readonly layers: readonly LayerConfig[]; readonly groups: GroupStore["groups"] } {
  const plain = (text: string): string => text.replaceAll("/", "_");
  const filled = store.groups.filter(({ weights }) => weights.length > 0);
  const byName = new Map(filled.map((group) => [plain(group.name), group]));
  const flat = model.layers.flatMap((layer) =>
    layer.model !== undefined && !byName.has(plain(layer.name)) ? allLayers(layer.model) : [layer],
  );
  const layers = flat.filter(({ name }) => byName.has(plain(name)));
  const groups = layers.flatMap(({ name }) => {
    const group = byName.get(plain(name));
    return group === undefined ? [] : [{ ...group, name }];
  });
  return { layers, groups };
}

function byPath(table: WeightTable): WeightsByPath {
  return new Map([...table].map(([layer, weights]) => [layer.path, weights]));
}

function fits(table: WeightTable, own: WeightTable): boolean {
  return [...table].every(([layer, weights]) =>
    [...weights].every(
      ([role, { shape }]) => own.get(layer)?.get(role)?.shape.join() === shape.join(),
    ),
  );
}

function refuseMisfits(errors: readonly Diagnostic[]): void {
  const [first] = errors;
  if (first === undefined) return;
  const shown = errors.slice(0, MOST_SHOWN);
  const last = shown.at(-1) ?? first;
  const more = errors.length - shown.length;
  const text = more === 0 ? last.text : `${last.text} And ${more} more layers.`;
  const hinted = { ...last, text, hint: MISFIT_HINT };
  throw new KcError(shown.length === 1 ? hinted : first, { all: [...shown.slice(0, -1), hinted] });
}

const MOST_SHOWN = 4;
const MISFIT_HINT =
  "The weights are of another width (alpha), number of classes or input. For other classes take a new head (--new-head; newHead); skipMismatch of the library leaves such layers as they are.";

function nothingFits(
  { table }: TracedModel,
  { names, file }: GivenWeights,
  skipped: readonly string[],
): never {
  const own = [...table].flatMap(([{ path }, weights]) => (weights.size > 0 ? [path] : []));
  const list = (paths: readonly string[]): string =>
    `${paths
      .slice(0, 4)
      .map((path) => `"${path}"`)
      .join(", ")}${paths.length > 4 ? ", …" : ""}`;
  const text =
    skipped.length > 0
      ? "No layer has weights of the shapes in the file."
      : `The file has weights for none of the model's layers: for ${list(names)}, where the model has ${list(own)}.`;
  return fail("bad-weights", text, { at: { file }, hint: "The file is of another architecture." });
}
