import {
  createDiagnostics,
  type Diagnostic,
  type Diagnostics,
  fail,
  throwIfErrors,
} from "../../../errors.ts";
import type { Graph } from "../../../ir/graph.ts";
import type { JsonObject } from "../../../json.ts";
import type { KerasArchive } from "../../../sources/keras/archive.ts";
import type { WeightTable } from "../../../sources/keras/match-groups.ts";
import { parseModel } from "../../../sources/keras/parse-model.ts";
import { allLayers, type LayerConfig, type ModelConfig } from "../../../sources/keras/topology.ts";
import { type Trace, traceModel } from "../../../sources/keras/trace.ts";
import type { TracedModel } from "../../../sources/keras/traced-model.ts";
import { moveTable } from "./move-table.ts";
import { plainNames } from "./plain-names.ts";
import { checkMeaning } from "./same-meaning.ts";
import { type ShapesAt, type Translation, translateModel } from "./translate.ts";
import type { ShapeOf, Words } from "./words.ts";

/** A model in the words of another generation, its weights given to its layers. */
export interface TranslatedContent {
  readonly words: Words;
  /** Its class and config. */
  readonly json: JsonObject;
  readonly model: ModelConfig;
  readonly table: WeightTable;
  /** In the new words. */
  readonly training?: JsonObject;
  readonly translation: Translation;
  /** The model that was translated, under names that the new generation takes. */
  readonly traced: TracedModel;
  readonly warnings: readonly Diagnostic[];
}

/**
 * Says a model of any generation in the words of another, and makes sure that every layer computes there what it
 * computed. Throws `unsupported` with all that stands in the way.
 */
export function translated(given: TracedModel, words: Words): TranslatedContent {
  const { model, table, renamed } = words.plainNames
    ? plainNames(given.model, given.table)
    : { ...given, renamed: new Map<string, string>() };
  const traced = { ...given, model, table };
  const { archive, specs, trace } = traced;
  const log = createDiagnostics();
  warnRenamed(renamed, log);
  warnPrecision(model, words, log);
  const before = graphOf(trace, log);
  words.judge?.(model, specs, log, archive.dialect);
  const shapesAt = shapesByPath(model, given);
  const { dialect } = archive;
  const translation = translateModel(model, { words, dialect, table, log, shapesAt });
  const parse = (json: JsonObject): ModelConfig =>
    parseModel(json, {
      dialect: words.dialect,
      at: { file: "the new model" },
      prefix: "",
      trainable: true,
      depth: 0,
    });
  const draft = parse(words.serialise(translation.model, () => undefined));
  const first = traceModel(draft, {
    archive: { ...archive, dialect: words.dialect },
    specs,
    inputShapes: undefined,
    refused: new Set<LayerConfig>(),
    errors: [],
    table: assign(draft, words, traced, translation),
  });
  const { rewritten } = translation;
  checkMeaning(before, graphOf(first, log), { rewritten, renamed, title: words.title });
  const json = words.serialise(translation.model, shapesOf(draft, first.shapes));
  const reparsed = parse(json);
  const training = trainingIn(words, archive, reparsed, log);
  return {
    words,
    json,
    model: reparsed,
    table: assign(reparsed, words, traced, translation),
    ...(training === undefined ? {} : { training }),
    translation,
    traced,
    warnings: log.warnings,
  };
}

/** What was traced of a model, by the paths in a copy of it under other names. */
function shapesByPath(renamed: ModelConfig, { model, trace }: TracedModel): ShapesAt {
  const untouched = allLayers(model);
  const own = new Map(allLayers(renamed).map(({ path }, index) => [path, untouched[index]]));
  return (path, call) => {
    const layer = own.get(path);
    return layer === undefined ? [] : trace.shapes(layer, call);
  };
}

/** The graph of a model; what keeps it from having one is thrown. */
function graphOf({ graph, warnings }: Trace, log: Diagnostics): Graph {
  if (graph !== undefined) return graph;
  for (const warning of warnings) log.error(warning);
  throwIfErrors(log);
  return fail("internal", "The model has no graph, and no reason for it.");
}

/** Before tf.keras all layers compute in one precision. */
function warnPrecision(model: ModelConfig, { dialect, title }: Words, log: Diagnostics): void {
  if (dialect.generation === 3 || dialect.generation === "tf") return;
  const types = new Set(
    model.layers.flatMap(({ config: { dtype } }) =>
      typeof dtype === "string" && /float(16|64)/.test(dtype) ? [dtype] : [],
    ),
  );
  const [first] = types;
  if (first === undefined) return;
  const text = `The model computes in float32 in ${title}, where layers do not state "${first}".`;
  log.warn({ code: "unsupported", text });
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

function trainingIn(
  words: Words,
  { training, dialect }: KerasArchive,
  model: ModelConfig,
  log: Diagnostics,
): JsonObject | undefined {
  if (training === undefined) return undefined;
  const outputs = model.outputs.map(({ layer }) => layer);
  const said = words.training(training, outputs, dialect);
  if (said === undefined && Object.keys(training).length > 0) {
    log.warn({
      code: "unsupported",
      text: `The training configuration (optimizer, loss, metrics) is left out: a part of it does not exist in ${words.title}.`,
      hint:
        words.dialect.generation === 2
          ? "Compile the model again after loading it; tf.keras 2.15 may have more of it: --keras tf."
          : "Compile the model again after loading it.",
    });
  }
  return said;
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
function assign(
  model: ModelConfig,
  { dialect }: Words,
  traced: TracedModel,
  { weights }: Translation,
): WeightTable {
  return moveTable(model, dialect, traced, ({ path }) => weights.get(path));
}
