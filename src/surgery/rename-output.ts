import { isJsonList, isJsonObject, type Json, type JsonObject } from "../json.ts";
import type { KerasArchive } from "../sources/keras/archive.ts";

/** An archive whose training configuration speaks of the model's only new output where it spoke of the old one. */
export function renameOutput(
  archive: KerasArchive,
  { from, to }: { readonly from: readonly string[]; readonly to: string },
): KerasArchive {
  const { training } = archive;
  if (training === undefined) return archive;
  return withTrainingJson(archive, renamed(training, new Set(from), to));
}

/** An archive with another training configuration; `.keras` files hold it in their architecture, too. */
function withTrainingJson(archive: KerasArchive, training: JsonObject): KerasArchive {
  const { model } = archive;
  const inside = "compile_config" in model ? { ...model, compile_config: training } : model;
  return { ...archive, model: inside, training };
}

/** Losses, metrics and their weights by the names of outputs. */
function renamed(training: JsonObject, from: ReadonlySet<string>, to: string): JsonObject {
  const entries = Object.entries(training).map(([key, value]): readonly [string, Json] => [
    key,
    BY_OUTPUT.has(key) ? renamedKeys(value, from, to) : value,
  ]);
  return Object.fromEntries(entries);
}

const BY_OUTPUT: ReadonlySet<string> = new Set([
  "loss",
  "loss_weights",
  "metrics",
  "weighted_metrics",
]);

function renamedKeys(value: Json, from: ReadonlySet<string>, to: string): Json {
  if (!isJsonObject(value) || value.class_name !== undefined || isJsonList(value)) return value;
  const keys = Object.keys(value);
  const [only] = keys;
  if (keys.length !== 1 || only === undefined || !from.has(only)) return value;
  return { [to]: value[only] ?? null };
}
