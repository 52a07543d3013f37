import { createDiagnostics, type Diagnostic } from "../../errors.ts";
import type { OutputBytes, OutputFile } from "../../formats/bytes.ts";
import { type GroupDraft, writeHdf5 } from "../../formats/hdf5-writer/index.ts";
import { writeZip } from "../../formats/zip-write.ts";
import { isJsonObject, type JsonObject } from "../../json.ts";
import type { TracedModel } from "../../sources/keras/traced-model.ts";
import { copyGroup } from "./copy.ts";
import { keras3Object } from "./keras3/objects.ts";
import { putOptimizer } from "./optimizer-state.ts";
import { stateWeights } from "./state-weights.ts";
import { KERAS3, upgrade } from "./upgrade.ts";
import { writeJson } from "./write-json.ts";

/** The files of Keras 3 that are written. */
export type KerasContainer = ".keras" | ".weights.h5";

/** A Keras file, ready to be written. */
export interface KerasResult {
  readonly file: OutputBytes;
  readonly warnings: readonly Diagnostic[];
}

/**
 * A model of any generation as a file of Keras 3: an older one in its words, one of Keras 3 as it is. Weights are read while it
 * is written. Throws `unsupported` with all that stands in the way.
 */
export function writeKeras3(traced: TracedModel, container: KerasContainer): KerasResult {
  return traced.archive.dialect.generation === 3
    ? repack(traced, container)
    : translated(traced, container);
}

function translated(traced: TracedModel, container: KerasContainer): KerasResult {
  const content = upgrade(traced);
  const { model, table, json, compile, warnings } = content;
  const root = stateWeights(model, { table, specs: traced.specs, dialect: KERAS3 });
  const lost = putOptimizer(root, content);
  const config = {
    ...json,
    build_config: {},
    ...(compile === undefined ? {} : { compile_config: compile }),
  };
  const file = pack(container, root, config, KERAS3.version);
  return { file, warnings: [...warnings, ...lost] };
}

/** What Keras 3 wrote, in another of its containers. */
function repack(traced: TracedModel, container: KerasContainer): KerasResult {
  const { archive, model, table, specs } = traced;
  const { dialect, weights, training } = archive;
  const log = createDiagnostics();
  const root =
    weights.kind === "state"
      ? copyGroup(weights.root)
      : stateWeights(model, { table, specs, dialect });
  if (weights.kind !== "state" && archive.optimizer !== undefined) {
    log.warn({
      code: "unsupported",
      text: "The optimizer's state is left out: files of this kind keep only its steps.",
      hint: "Training goes on from these weights with a fresh optimizer.",
    });
  }
  const config = archive.container === ".keras" ? archive.model : wrapped(archive.model, training);
  const version = dialect.version === "" ? KERAS3.version : dialect.version;
  return { file: pack(container, root, config, version), warnings: log.warnings };
}

/** `model_config` and `training_config` of a legacy file as `config.json` has them. */
function wrapped(model: JsonObject, training: JsonObject | undefined): JsonObject {
  const functional = model.class_name === "Functional";
  const { optimizer_config: optimizer = null, ...rest } = training ?? {};
  const stated = isJsonObject(optimizer) ? optimizer : {};
  const { class_name: name, config } = stated;
  const known = typeof name === "string" && isJsonObject(config);
  return {
    module: functional ? "keras.src.models.functional" : "keras",
    ...model,
    registered_name: functional ? "Functional" : null,
    build_config: {},
    ...(known
      ? { compile_config: { optimizer: keras3Object("keras.optimizers", name, config), ...rest } }
      : {}),
  };
}

function pack(
  container: KerasContainer,
  weights: GroupDraft,
  config: JsonObject,
  version: string,
): OutputBytes {
  const state = writeHdf5(weights);
  if (container === ".weights.h5") return state;
  return writeZip([
    textMember("metadata.json", { keras_version: version }),
    textMember("config.json", config),
    { ...state, path: "model.weights.h5" },
  ]);
}

function textMember(path: string, json: JsonObject): OutputFile {
  const bytes = new TextEncoder().encode(writeJson(json));
  return { path, byteLength: bytes.length, chunks: () => [bytes] };
}
