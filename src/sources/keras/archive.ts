import { type Diagnostics, fail } from "../../errors.ts";
import type { ByteSource } from "../../formats/bytes.ts";
import { detectContainer } from "../../formats/detect.ts";
import { type Hdf5Group, openHdf5 } from "../../formats/hdf5/index.ts";
import type { Zip } from "../../formats/zip.ts";
import { isJsonObject, type JsonObject } from "../../json.ts";
import { architectureDialect, generationOf } from "./dialect.ts";
import type { Dialect } from "./layer-spec.ts";
import { optimizerIn } from "./optimizer-group.ts";
import { parseObject } from "./python-json.ts";
import { openTfjsArchive } from "./tfjs-archive.ts";
import { isTensorFlowName } from "./weight-names.ts";
import {
  checkOverlap,
  readGroups,
  readNames,
  readNumberedGroups,
  readText,
  type StoredDataset,
  type WeightGroup,
  type WeightStore,
} from "./weight-store.ts";
import { openZipArchive } from "./zip-archive.ts";

/** What a Keras file holds, whichever container it is: an architecture, weights, and maybe how it was trained. */
export interface KerasArchive {
  readonly container: "legacy HDF5" | "weights and architecture" | ".keras" | "TensorFlow.js";
  /** Of the architecture. */
  readonly dialect: Dialect;
  /** `{ class_name, config }` */
  readonly model: JsonObject;
  readonly training?: JsonObject;
  readonly weights: WeightStore;
  /** Where the state of the optimizer stands, when the file holds it. */
  readonly optimizer?: Hdf5Group;
  /** Left out for what is no file of Keras. */
  readonly origin?: KerasOrigin;
}

/** The file that an archive was read from, to write again as it is what did not change. */
export interface KerasOrigin {
  /** The HDF5 file, or the weights in a `.keras` archive. */
  readonly root: Hdf5Group;
  /** Of a `.keras` archive. */
  readonly zip?: Zip;
  /** The architecture as the file has it; where an archive has another one, the model was edited. */
  readonly model: JsonObject;
  /** The training as the file has it. */
  readonly training?: JsonObject;
}

/** What the user says about the file. */
export interface ArchiveOptions {
  /** JSON text of an architecture, for files that hold weights only. */
  readonly architecture?: string;
  readonly backend?: string;
}

/**
 * Opens a Keras file: a whole model, weights with the architecture given beside them, or a layers model of TensorFlow.js. Throws `bad-format` for
 * files that Keras did not write and `bad-weights` for weights or an architecture alone.
 */
export function openArchive(
  source: ByteSource,
  options: ArchiveOptions,
  log: Diagnostics,
): KerasArchive {
  switch (detectContainer(source)) {
    case "hdf5":
      return openHdf5Archive(source, options, log);
    case "zip":
      return openZipArchive(source, options);
    case "json":
      return openTfjsArchive(source, options);
  }
}

function openHdf5Archive(
  source: ByteSource,
  options: ArchiveOptions,
  log: Diagnostics,
): KerasArchive {
  const { root } = openHdf5(source);
  const text = readText(root.attributes, "model_config");
  if (text === undefined || options.architecture !== undefined) {
    return openWeights(root, source, options, log);
  }
  const model = parseObject(text, source.name, "model_config");
  const weightsRoot = root.get("model_weights");
  const version = readText(root.attributes, "keras_version") ?? stringOf(model.keras_version) ?? "";
  const weights =
    weightsRoot?.kind === "group"
      ? openGroups(weightsRoot, { version, file: source.name, backend: options.backend, log })
      : noWeights(source);
  const generation = generationOf(version) ?? weights.dialect.generation;
  const trainingText = readText(root.attributes, "training_config");
  const trained =
    trainingText === undefined
      ? {}
      : { training: parseObject(trainingText, source.name, "training_config") };
  return {
    container: "legacy HDF5",
    dialect: { ...weights.dialect, generation, version },
    model,
    ...trained,
    weights,
    ...optimizerIn(root, "optimizer_weights"),
    origin: { root, model, ...trained },
  };
}

/** Weights alone; the architecture comes from the options. */
function openWeights(
  root: Hdf5Group,
  source: ByteSource,
  options: ArchiveOptions,
  log: Diagnostics,
): KerasArchive {
  const { architecture } = options;
  const inside = root.get("model_weights");
  const start = inside?.kind === "group" ? inside : root;
  if (architecture === undefined) return weightsOnly(root, source);
  const model = parseObject(architecture, "the architecture", undefined);
  const stated = architectureDialect(model);
  const { backend } = options;
  const weights = openStore(start, { version: stated.version, file: source.name, backend, log });
  if (weights === undefined) return notKeras(source);
  const training = model.compile_config;
  return {
    container: "weights and architecture",
    dialect: { ...stated, backend: backend ?? (stated.backend || weights.dialect.backend) },
    model,
    ...(isJsonObject(training) ? { training } : {}),
    weights: weights.kind === "state" ? { ...weights, dialect: stated } : weights,
    ...optimizerIn(root, weights.kind === "state" ? "optimizer" : "optimizer_weights"),
    origin: { root, model },
  };
}

interface StoreFacts {
  /** Of Keras, from outside the weights group. */
  readonly version: string;
  readonly file: string;
  readonly backend: string | undefined;
  readonly log: Diagnostics;
}

/** The weights below a group, in whichever layout; undefined when there are none. */
function openStore(root: Hdf5Group, facts: StoreFacts): WeightStore | undefined {
  const { attributes } = root;
  if (attributes.has("layer_names") || attributes.has("layer_names0"))
    return openGroups(root, facts);
  if (attributes.has("nb_layers")) return openNumbered(root, facts);
  if (!isState(root)) return undefined;
  const generation = generationOf(facts.version) ?? 3;
  const dialect = { generation, version: facts.version, backend: facts.backend ?? "" };
  return { kind: "state", dialect, root };
}

/** Layer groups. Keras 1 is told, as Keras itself does, by the absence of a version in the weights group. */
function openGroups(root: Hdf5Group, facts: StoreFacts): WeightStore {
  const groups = checked(readGroups(root, facts.file), facts.file);
  const stated = readText(root.attributes, "keras_version");
  const version = stated ?? facts.version;
  const generation = stated === undefined ? 1 : (generationOf(stated) ?? 2);
  const backend =
    facts.backend ??
    readText(root.attributes, "backend") ??
    (generation === 1 ? guessBackend(groups, facts) : "");
  return { kind: "groups", dialect: { generation, version, backend }, groups };
}

function openNumbered(root: Hdf5Group, facts: StoreFacts): WeightStore {
  const groups = checked(readNumberedGroups(root, facts.file), facts.file);
  if (facts.backend === undefined) {
    facts.log.warn({
      code: "bad-weights",
      text: "These are weights of Keras 0.x, which do not say which backend wrote them; Theano was assumed, so kernels are turned round.",
      at: { file: facts.file },
      hint: "If it was TensorFlow, say so with --backend tensorflow.",
    });
  }
  const dialect = { generation: 1, version: "0.3", backend: facts.backend ?? "theano" } as const;
  return { kind: "numbered", dialect, groups };
}

function checked(
  groups: readonly WeightGroup<StoredDataset>[],
  file: string,
): readonly WeightGroup[] {
  const refs = groups.flatMap((group) => group.weights.map((weight) => weight.ref));
  checkOverlap(refs, file);
  return groups;
}

/** Keras 1 does not record its backend, but the names of the weights tell. */
function guessBackend(groups: readonly WeightGroup[], { file, log }: StoreFacts): string {
  const names = groups.flatMap((group) => group.weights.map((weight) => weight.name));
  const [first] = names;
  if (first === undefined) return "";
  if (names.some(isTensorFlowName)) return "tensorflow";
  log.warn({
    code: "bad-weights",
    text: `This file of Keras 1 does not say which backend wrote it. Its weight names (such as "${first}", without ":0") are those of Theano, so kernels are turned round.`,
    at: { file },
    hint: "If it was TensorFlow, say so with --backend tensorflow.",
  });
  return "theano";
}

function isState(root: Hdf5Group): boolean {
  return ["layers", "_layer_checkpoint_dependencies", "vars"].some(
    (name) => root.get(name)?.kind === "group",
  );
}

/** An error that says what a file without an architecture holds, and what is missing. */
function weightsOnly(root: Hdf5Group, source: ByteSource): never {
  const at = { file: source.name };
  const { attributes } = root;
  const hint =
    "Give the architecture too: --architecture model.json, made with model.to_json() in Keras.";
  if (attributes.has("nb_layers")) {
    fail("bad-weights", "This file holds weights only (of Keras 0.x), not the architecture.", {
      at,
      hint,
    });
  }
  if (attributes.has("layer_names") || attributes.has("layer_names0")) {
    const names = readNames(attributes, "layer_names");
    fail(
      "bad-weights",
      `This file holds weights only, not the architecture: those of ${names.length} layers (${some(names)}).`,
      { at, hint },
    );
  }
  if (isState(root)) {
    const layers = root.get("layers");
    const names = layers?.kind === "group" ? layers.keys() : [];
    fail(
      "bad-weights",
      `This file holds weights only, not the architecture: those of ${names.length} layers (${some(names)}).`,
      { at, hint },
    );
  }
  return notKeras(source);
}

function notKeras(source: ByteSource): never {
  return fail("bad-format", "This is an HDF5 file, but it does not hold a Keras model.", {
    at: { file: source.name },
    hint: "A Keras file has the attribute model_config, layer_names or the group layers.",
  });
}

function noWeights(source: ByteSource): never {
  return fail("bad-weights", "The file holds an architecture, but no weights.", {
    at: { file: source.name },
    hint: "Save the model again with model.save().",
  });
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, 6).join(", ");
  return names.length > 6 ? `${shown}, …` : shown;
}

function stringOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
