import { createDiagnostics, fail, KcError, throwIfErrors } from "../../../errors.ts";
import type { Graph } from "../../../ir/graph.ts";
import type { WeightRef } from "../../../ir/tensor.ts";
import type { Dialect } from "../../../sources/keras/layer-spec.ts";
import { layerSpecs } from "../../../sources/keras/layers/index.ts";
import type { WeightTable } from "../../../sources/keras/match-groups.ts";
import { parseModel } from "../../../sources/keras/parse-model.ts";
import { leafOf } from "../../../sources/keras/slots.ts";
import type { LayerConfig, ModelConfig, TensorAddress } from "../../../sources/keras/topology.ts";
import { traceModel } from "../../../sources/keras/trace.ts";
import type { TracedModel } from "../../../sources/keras/traced-model.ts";
import { KERAS2, KERAS2_WORDS } from "../keras2/words.ts";
import { serialiseModel } from "../keras3/serialise.ts";
import { KERAS3, KERAS3_WORDS } from "../keras3/words.ts";
import { translated } from "../translation/translated.ts";
import type { Words } from "../translation/words.ts";
import { draftModel } from "./draft.ts";
import { checkSteps } from "./same-steps.ts";

/**
 * A graph of any source as a functional model of a generation of Keras, one layer a step, its weights given to its layers. Each layer
 * is held to the step that it was made of. Throws `unsupported` with every step that Keras has no layer for.
 */
export function modelOfGraph(graph: Graph, generation: 2 | 3): TracedModel {
  const words = generation === 2 ? KERAS2_WORDS : KERAS3_WORDS;
  if (generation === 2) return reworded(drafted(graph, KERAS2), words);
  try {
    return drafted(graph, KERAS3);
  } catch (error) {
    if (!(error instanceof KcError) || error.code !== "unsupported") throw error;
    // What Keras 3 has no word for may be said in those of Keras 2, and translated.
    return reworded(drafted(graph, KERAS2), words);
  }
}

/** A draft, whose layers may be of any generation, in the words of one. */
function reworded(draft: TracedModel, words: Words): TracedModel {
  const { json, model, table, warnings } = translated(draft, words);
  const archive = { ...draft.archive, dialect: words.dialect, model: json };
  return { ...draft, archive, model, table, warnings, trace: trace(model, archive, table) };
}

function drafted(graph: Graph, dialect: Dialect): TracedModel {
  const { model, weights, layerNames } = draftModel(graph, dialect.generation === 2 ? 2 : 3);
  const at = { file: "the new model" };
  const context = { dialect, at, prefix: "", trainable: true, depth: 0 };
  const first = traced(
    parseModel(
      serialiseModel(model, () => undefined),
      context,
    ),
    weights,
    dialect,
  );
  const shapeOf = (_: string, { layer, call, tensor }: TensorAddress) => {
    const found = first.model.layers.find(({ name }) => name === layer);
    return found && first.trace.shapes(found, call)[tensor];
  };
  const json = serialiseModel(model, shapeOf);
  const made = traced(parseModel(json, context), weights, dialect);
  const after = made.trace.graph;
  if (after === undefined) {
    const log = createDiagnostics();
    for (const warning of made.trace.warnings) log.error(warning);
    throwIfErrors(log);
  } else checkSteps(graph, after, layerNames);
  return { ...made, archive: { ...made.archive, model: json } };
}

function traced(
  model: ModelConfig,
  weights: ReadonlyMap<string, readonly WeightRef[]>,
  dialect: Dialect,
): TracedModel {
  const table = new Map<LayerConfig, ReadonlyMap<string, WeightRef>>();
  for (const layer of model.layers) {
    const { slots } = leafOf(layer, layerSpecs, dialect);
    const refs = weights.get(layer.name) ?? [];
    if (slots.length === 0) continue;
    if (slots.length !== refs.length) {
      fail("internal", `The layer has ${refs.length} weights where ${slots.length} belong.`, {
        at: { layer: layer.path, className: layer.fileClass },
      });
    }
    const entries = slots.flatMap(({ role }, index) => {
      const ref = refs[index];
      return ref === undefined ? [] : [[role, ref] as const];
    });
    table.set(layer, new Map(entries));
  }
  const archive = {
    container: "weights and architecture",
    dialect,
    model: {},
    weights: { kind: "named", dialect, weights: [] },
  } as const;
  return {
    archive,
    model,
    specs: layerSpecs,
    table,
    warnings: [],
    trace: trace(model, archive, table),
  };
}

function trace(model: ModelConfig, archive: TracedModel["archive"], table: WeightTable) {
  return traceModel(model, {
    archive,
    specs: layerSpecs,
    table,
    inputShapes: undefined,
    refused: new Set(),
    errors: [],
  });
}
