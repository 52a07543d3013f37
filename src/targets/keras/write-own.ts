import type { Diagnostic } from "../../errors.ts";
import { type GroupDraft, writeHdf5 } from "../../formats/hdf5-writer/index.ts";
import type { JsonObject } from "../../json.ts";
import type { KerasArchive } from "../../sources/keras/archive.ts";
import type { TracedModel } from "../../sources/keras/traced-model.ts";
import { KERAS3 } from "./keras3/words.ts";
import { legacyFile, putTraining } from "./legacy/file.ts";
import { weightGroups } from "./legacy/weight-groups.ts";
import { type OptimizerArrays, optimizerArrays } from "./optimizer/arrays.ts";
import { lostOptimizer, putLegacyOptimizer, putStateOptimizer } from "./optimizer/put.ts";
import { packArchive, repackArchive } from "./pack.ts";
import { type KerasSource, optimizerOf } from "./source.ts";
import { stateWeights } from "./state-weights.ts";
import { compileTraining, legacyTraining } from "./training-forms.ts";
import { copyOrigin } from "./verbatim.ts";
import type { KerasContainer, WrittenFile } from "./write.ts";

/** A model in the words of its own generation: as it is in its file where nothing changed, else laid out anew. */
export function writeOwn(source: KerasSource, container: KerasContainer): WrittenFile {
  const { archive } = source.traced;
  const { generation } = archive.dialect;
  const state = generation === 3 || archive.weights.kind === "state";
  if (container === ".h5") return legacyModel(source);
  if (container === ".weights.h5") return state ? stateFile(source) : legacyWeights(source);
  return archiveFile(source);
}

function legacyModel(source: KerasSource): WrittenFile {
  const { traced, trained } = source;
  const { archive } = traced;
  const training = legacyTraining(archive.training);
  const copy = archive.container === "legacy HDF5" ? copyOrigin(traced) : undefined;
  if (copy !== undefined) {
    if (archive.training !== archive.origin?.training) putTraining(copy, training);
    if (trained !== undefined || archive.optimizer === undefined) {
      copy.members.delete("optimizer_weights");
    }
    if (trained === undefined) return { file: writeHdf5(copy), warnings: [] };
  }
  const { arrays, warnings } = ownOptimizer(source, training);
  const { dialect, model } = archive;
  const parts = { model, dialect, ...(training === undefined ? {} : { training }) };
  const root = copy ?? legacyFile(legacyGroups(traced), parts);
  if (arrays !== undefined) putLegacyOptimizer(root, arrays);
  return { file: writeHdf5(root), warnings };
}

/** The groups of the file as they are, or laid out anew. */
function legacyGroups(traced: TracedModel): GroupDraft {
  const { archive, model, table, specs } = traced;
  const copy = archive.weights.kind === "groups" ? copyOrigin(traced) : undefined;
  const inside = copy?.members.get("model_weights") ?? copy;
  if (inside?.kind === "group") return inside;
  return weightGroups(model, { table, specs, dialect: storedDialect(archive) });
}

/** Of the weights, which may be of another generation than the architecture; state files have none of their own. */
function storedDialect({ weights, dialect }: KerasArchive): KerasArchive["dialect"] {
  return weights.kind === "groups" ? { ...dialect, ...weights.dialect } : dialect;
}

function legacyWeights({ traced }: KerasSource): WrittenFile {
  return { file: writeHdf5(legacyGroups(traced)), warnings: [] };
}

function stateFile(source: KerasSource): WrittenFile {
  const { root, warnings } = stateRoot(source, compileTraining(source.traced.archive.training));
  return { file: writeHdf5(root), warnings };
}

function archiveFile(source: KerasSource): WrittenFile {
  const { archive } = source.traced;
  const { dialect, origin, model } = archive;
  const compile = compileTraining(archive.training);
  const { root, warnings } = stateRoot(source, compile);
  const zip = origin !== undefined && origin.model === model ? origin.zip : undefined;
  const trained = archive.training !== origin?.training;
  const config = wrapped(model, compile, dialect);
  if (zip !== undefined) {
    return { file: repackArchive(zip, root, trained ? config : undefined), warnings };
  }
  const version = dialect.version === "" ? KERAS3.version : dialect.version;
  return { file: packArchive(root, config, version), warnings };
}

/** A state file with the optimizer in it. */
function stateRoot(
  source: KerasSource,
  compile: JsonObject | undefined,
): { readonly root: GroupDraft; readonly warnings: readonly Diagnostic[] } {
  const { traced, trained } = source;
  const { archive, model, table, specs } = traced;
  const { dialect } = archive;
  const copy = archive.weights.kind === "state" ? copyOrigin(traced) : undefined;
  const root = copy ?? stateWeights(model, { table, specs, dialect });
  if (trained !== undefined || archive.optimizer === undefined) root.members.delete("optimizer");
  if (copy !== undefined && trained === undefined) return { root, warnings: [] };
  const { arrays, warnings } = ownOptimizer(source, compile);
  if (arrays !== undefined) putStateOptimizer(root, arrays);
  return { root, warnings };
}

function ownOptimizer(
  source: KerasSource,
  training: JsonObject | undefined,
): { readonly arrays?: OptimizerArrays; readonly warnings: readonly Diagnostic[] } {
  const { archive, model, table, specs } = source.traced;
  const { content, warnings } = optimizerOf(source);
  if (content === undefined) return { warnings };
  const stored = storedDialect(archive);
  const dialect = { ...stored, version: archive.dialect.version };
  const arrays = optimizerArrays(content, { model, table, specs, dialect, training });
  return typeof arrays === "string"
    ? { warnings: [...warnings, lostOptimizer(arrays)] }
    : { arrays, warnings };
}

/** An architecture and its training as `config.json` has them. */
function wrapped(
  model: JsonObject,
  compile: JsonObject | undefined,
  { generation }: KerasArchive["dialect"],
): JsonObject {
  const { compile_config: _, ...rest } = model;
  const functional = model.class_name === "Functional" || model.class_name === "Model";
  const module = generation === 3 ? "keras.src.models.functional" : "keras.src.engine.functional";
  return {
    module: functional ? module : "keras",
    ...rest,
    registered_name: functional ? "Functional" : null,
    build_config: model.build_config ?? {},
    ...(compile === undefined ? {} : { compile_config: compile }),
  };
}
