import { createDiagnostics, type Diagnostic, fail, KcError } from "../../errors.ts";
import type { ByteSource } from "../../formats/bytes.ts";
import type { Graph } from "../../ir/graph.ts";
import type { InputShapes } from "./input-layer.ts";
import type { WeightTable } from "./match-groups.ts";
import { matchWeights, type OpenedModel, openModel } from "./open-model.ts";
import type { ReadKerasOptions } from "./read-keras.ts";
import { type Trace, traceModel } from "./trace.ts";
import { reportUnknown } from "./unknown-layers.ts";

/** A file with its weights given to its layers, and the shapes of what each call gives. */
export interface TracedModel extends OpenedModel {
  readonly table: WeightTable;
  readonly trace: Trace;
  /** What the caller said of inputs whose shape the file leaves open. */
  readonly inputShapes?: InputShapes;
  readonly warnings: readonly Diagnostic[];
}

/** The mathematics of a model. Throws `unsupported` with every layer that cannot be expressed. */
export function graphOf({ trace }: TracedModel): Graph {
  if (trace.graph !== undefined) return trace.graph;
  const [first = { code: "internal", text: "The model was not lowered." } as const] =
    trace.warnings;
  throw new KcError(first, { all: trace.warnings });
}

/**
 * Opens a Keras file, gives out its weights and lowers it to learn its shapes. Layers that cannot be expressed are in the
 * trace's warnings. Throws as `readKeras`, but not `unsupported` for such layers.
 */
export function openTraced(
  source: ByteSource,
  options: Omit<ReadKerasOptions, "placeholders"> = {},
): TracedModel {
  const log = createDiagnostics();
  const opened = openModel(source, options, log);
  const tables = matchWeights(opened, { file: source.name, log });
  const attempts = tables.map((table) => ({ table, trace: attempt(opened, table, options) }));
  const sound = attempts.flatMap(({ table, trace }) =>
    trace instanceof KcError ? [] : [{ table, trace }],
  );
  const [best, other] = sound;
  if (best === undefined) {
    const failed = attempts.map(({ trace }) => trace).find((trace) => trace instanceof KcError);
    throw failed ?? new KcError({ code: "internal", text: "Nothing was traced." });
  }
  if (other !== undefined) ambiguous(source);
  const { inputShapes } = options;
  const given = inputShapes === undefined ? {} : { inputShapes };
  return { ...opened, ...best, ...given, warnings: log.warnings };
}

/** The same model with other weights. */
export function withTable(traced: TracedModel, table: WeightTable): TracedModel {
  const trace = attempt(traced, table, { inputShapes: traced.inputShapes });
  if (trace instanceof KcError) throw trace;
  return { ...traced, table, trace };
}

/** The shapes of a model whose weights are given out; an error where they do not fit. */
function attempt(
  { archive, model, specs }: OpenedModel,
  table: WeightTable,
  { inputShapes }: { readonly inputShapes?: InputShapes | undefined },
): Trace | KcError {
  const doubts = createDiagnostics();
  const { dialect } = archive;
  const refused = reportUnknown(model, { specs, dialect, placeholders: false, log: doubts });
  const context = { archive, specs, table, inputShapes, refused, errors: doubts.errors };
  try {
    return traceModel(model, context);
  } catch (error) {
    if (error instanceof KcError) return error;
    throw error;
  }
}

function ambiguous(source: ByteSource): never {
  return fail(
    "bad-weights",
    "The weights of a nested model can be given to its layers in several ways, and neither names nor shapes tell which is right.",
    { at: { file: source.name } },
  );
}
