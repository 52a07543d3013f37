import {
  createDiagnostics,
  type Diagnostic,
  type Diagnostics,
  throwIfErrors,
} from "../../errors.ts";
import { isJsonObject, type JsonObject } from "../../json.ts";
import type { Dialect } from "../../sources/keras/layer-spec.ts";
import type { WeightTable } from "../../sources/keras/match-groups.ts";
import { parseModel } from "../../sources/keras/parse-model.ts";
import type { LayerConfig, ModelConfig } from "../../sources/keras/topology.ts";
import { traceModel } from "../../sources/keras/trace.ts";
import type { TracedModel } from "../../sources/keras/traced-model.ts";
import { plainNames } from "./keras3/plain-names.ts";
import { checkMeaning } from "./keras3/same-meaning.ts";
import { type ShapeOf, serialiseModel } from "./keras3/serialise.ts";
import { compileConfig } from "./keras3/training.ts";
import { type Translation, translateModel } from "./keras3/translate.ts";
import { moveTable } from "./move-table.ts";

/** The Keras that files are written as. */
export const KERAS3: Dialect = { generation: 3, version: "3.15.1", backend: "tensorflow" };

/** A model in the words of Keras 3, its weights given to its layers. */
export interface Keras3Content {
  /** `config.json` without the training. */
  readonly json: JsonObject;
  readonly model: ModelConfig;
  readonly table: WeightTable;
  readonly compile?: JsonObject;
  readonly translation: Translation;
  /** The model that was translated, under names that Keras 3 takes. */
  readonly traced: TracedModel;
  readonly warnings: readonly Diagnostic[];
}

/**
 * Says a model of any older generation in the words of Keras 3, and makes sure that every layer computes there what it
 * computed. Throws `unsupported` with all that stands in the way.
 */
export function upgrade(given: TracedModel): Keras3Content {
  const { model, table, renamed } = plainNames(given.model, given.table);
  const traced = { ...given, model, table };
  const { archive, specs, trace } = traced;
  const log = createDiagnostics();
  warnRenamed(renamed, log);
  const before = trace.graph;
  if (before === undefined) {
    for (const warning of trace.warnings) log.error(warning);
    throwIfErrors(log);
  }
  const translation = translateModel(model, { dialect: archive.dialect, table, log });
  const at = { file: "the new model" };
  const context = { dialect: KERAS3, at, prefix: "", trainable: true, depth: 0 };
  const draft = parseModel(
    serialiseModel(translation.model, () => undefined),
    context,
  );
  const parts = {
    archive: { ...archive, dialect: KERAS3 },
    specs,
    inputShapes: undefined,
    refused: new Set<LayerConfig>(),
    errors: [],
  };
  const first = traceModel(draft, { ...parts, table: assign(draft, traced, translation) });
  if (first.graph === undefined) {
    for (const warning of first.warnings) log.error(warning);
    throwIfErrors(log);
  } else if (before !== undefined) {
    checkMeaning(before, first.graph, { rewritten: translation.rewritten, renamed });
  }
  const json = serialiseModel(translation.model, shapesOf(draft, first.shapes));
  const reparsed = parseModel(json, context);
  const compile = compiled(archive.training, reparsed, log);
  return {
    json,
    model: reparsed,
    table: assign(reparsed, traced, translation),
    ...(compile === undefined ? {} : { compile }),
    translation,
    traced,
    warnings: log.warnings,
  };
}

function warnRenamed(renamed: ReadonlyMap<string, string>, log: Diagnostics): void {
  const [first] = renamed;
  if (first === undefined) return;
  const count = renamed.size === 1 ? "1 layer has" : `${renamed.size} layers have`;
  log.warn({
    code: "unsupported",
    text: `${count} another name now, since Keras 3 refuses slashes: "${first[0]}" became "${first[1]}".`,
  });
}

function compiled(
  training: JsonObject | undefined,
  model: ModelConfig,
  log: Diagnostics,
): JsonObject | undefined {
  if (training === undefined || !isJsonObject(training)) return undefined;
  const outputs = model.outputs.map(({ layer }) => layer);
  const compile = compileConfig(training, outputs);
  if (compile === undefined && Object.keys(training).length > 0) {
    log.warn({
      code: "unsupported",
      text: "The training configuration (optimizer, loss, metrics) is left out: a part of it does not exist in Keras 3.",
      hint: "Compile the model again after loading it.",
    });
  }
  return compile;
}

function shapesOf(
  model: ModelConfig,
  shapes: (layer: LayerConfig, call: number) => readonly (readonly (number | null)[] | undefined)[],
): ShapeOf {
  const byPath = new Map<string, LayerConfig>();
  const note = (inner: ModelConfig): void => {
    for (const layer of inner.layers) {
      byPath.set(layer.path, layer);
      if (layer.model !== undefined) note(layer.model);
    }
  };
  note(model);
  return (prefix, { layer, call, tensor }) => {
    const found = byPath.get(`${prefix}${layer}`);
    return found === undefined ? undefined : shapes(found, call)[tensor];
  };
}

/** The weights of each layer of the new model. */
function assign(model: ModelConfig, traced: TracedModel, { weights }: Translation): WeightTable {
  return moveTable(model, KERAS3, traced, ({ path }) => weights.get(path));
}
