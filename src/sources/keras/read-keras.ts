import {
  createDiagnostics,
  type Diagnostic,
  type Diagnostics,
  fail,
  KcError,
  throwIfErrors,
} from "../../errors.ts";
import type { ByteSource } from "../../formats/bytes.ts";
import type { Graph } from "../../ir/graph.ts";
import type { InputShapes } from "./input-layer.ts";
import type { LayerSpec } from "./layer-spec.ts";
import { type LowerContext, lowerModel } from "./lower.ts";
import type { WeightTable } from "./match-groups.ts";
import { matchWeights, type OpenedModel, openModel } from "./open-model.ts";
import type { ModelConfig } from "./topology.ts";
import { reportUnknown } from "./unknown-layers.ts";

/** What a caller may say about a Keras file. */
export interface ReadKerasOptions {
  /** JSON text from `model.to_json()`, for files that hold weights only. */
  readonly architecture?: string;
  /** Shapes that the file does not state, batch first: by input name, or one for a model with one input. */
  readonly inputShapes?: InputShapes;
  /** Layers of one's own; they come before the built-in ones of the same class name. */
  readonly customLayers?: readonly LayerSpec[];
  /** Backend that wrote the file: `tensorflow`, `theano`, `cntk`, `jax` or `torch`. Left out: as the file says. */
  readonly backend?: string;
  /** Whether layers of unknown classes, and Lambda, become `custom` ops instead of errors. */
  readonly placeholders?: boolean;
}

/** A model as a graph, and what is right about it but may surprise. */
export interface KerasModel {
  readonly graph: Graph;
  readonly warnings: readonly Diagnostic[];
}

/**
 * Reads a Keras model of any generation: legacy HDF5, weights with an architecture, `.keras`. Weights are referred
 * to, not read.
 *
 * @throws KcError `bad-format`, `corrupt-file` or `limit` for the file; `bad-config`, `bad-weights`, `bad-shape` for
 * what it says; `unsupported` with every layer that cannot be expressed; `bad-option` for the options.
 */
export function readKeras(source: ByteSource, options: ReadKerasOptions = {}): KerasModel {
  const { graph, warnings } = readKerasChosen(source, options);
  return { graph, warnings };
}

/** A model that was read, and by which of the ways to give its weights to its layers. */
export interface ChosenModel extends KerasModel {
  /** Index of the table among those that `matchWeights` gives. */
  readonly choice: number;
}

/** Like `readKeras`. */
export function readKerasChosen(source: ByteSource, options: ReadKerasOptions): ChosenModel {
  const log = createDiagnostics();
  const opened = openModel(source, options, log);
  const { archive, specs, model } = opened;
  const placeholders = options.placeholders ?? false;
  const { dialect } = archive;
  const refused = reportUnknown(model, { specs, dialect, placeholders, log });
  const { inputShapes } = options;
  const attempts = tablesFor(opened, source, log).map((table) =>
    attempt(model, { archive, specs, table, placeholders, inputShapes, refused }, log),
  );
  const chosen = choose(attempts, source);
  return {
    graph: chosen.graph,
    warnings: [...log.warnings, ...chosen.warnings],
    choice: attempts.indexOf(chosen),
  };
}

/** Layers that cannot be expressed come before weights that do not fit. */
function tablesFor(
  opened: OpenedModel,
  source: ByteSource,
  log: Diagnostics,
): readonly WeightTable[] {
  try {
    return matchWeights(opened, { file: source.name, log });
  } catch (error) {
    throwIfErrors(log);
    throw error;
  }
}

type Attempt = KerasModel | KcError;

function attempt(
  model: ModelConfig,
  context: Omit<LowerContext, "log">,
  { errors }: Diagnostics,
): Attempt {
  const log = createDiagnostics();
  for (const error of errors) log.error(error);
  try {
    return { graph: lowerModel(model, { ...context, log }), warnings: log.warnings };
  } catch (error) {
    if (error instanceof KcError) return error;
    throw error;
  }
}

/** Of several ways to give out weights, exactly one may fit all shapes. */
function choose(attempts: readonly Attempt[], source: ByteSource): KerasModel {
  const fitting = attempts.flatMap((result) => (result instanceof KcError ? [] : [result]));
  const [first] = fitting;
  if (first === undefined) {
    throw attempts[0] ?? new KcError({ code: "internal", text: "Nothing was lowered." });
  }
  if (fitting.length === 1) return first;
  return fail(
    "bad-weights",
    "The weights of a nested model can be given to its layers in several ways, and neither names nor shapes tell which is right.",
    {
      at: { file: source.name },
      hint: "Save the model again with the version of Keras that wrote it, with all layers trainable.",
    },
  );
}
