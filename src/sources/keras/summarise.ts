import { createDiagnostics, type Diagnostic, KcError } from "../../errors.ts";
import type { ByteSource } from "../../formats/bytes.ts";
import type { Graph } from "../../ir/graph.ts";
import type { LayerSummary, ModelSummary, SummaryStyle } from "../../ir/model-summary.ts";
import type { Generation } from "./layer-spec.ts";
import type { WeightTable } from "./match-groups.ts";
import { matchWeights, openModel } from "./open-model.ts";
import { readOptimizerState } from "./optimizer-state.ts";
import type { ReadKerasOptions } from "./read-keras.ts";
import { summariseLayers } from "./summarise-layers.ts";
import { type Trace, traceModel } from "./trace.ts";
import { reportUnknown } from "./unknown-layers.ts";

/** A model's layers with shapes and weights. */
export interface KerasSummary {
  readonly summary: ModelSummary;
  /** Left out when some layer cannot be expressed; the warnings say which. */
  readonly graph?: Graph;
  readonly warnings: readonly Diagnostic[];
}

/**
 * The layers of a Keras model of any generation, also of one that cannot be converted: shapes behind a layer whose class
 * is not known are unknown.
 *
 * @throws KcError as `readKeras`, but not `unsupported` for layers that cannot be expressed.
 */
export function summariseKeras(
  source: ByteSource,
  options: Omit<ReadKerasOptions, "placeholders"> = {},
): KerasSummary {
  const log = createDiagnostics();
  const opened = openModel(source, options, log);
  const { archive, model, specs } = opened;
  const doubts = createDiagnostics();
  const { dialect } = archive;
  const refused = reportUnknown(model, { specs, dialect, placeholders: false, log: doubts });
  const tables = orDoubt(() => matchWeights(opened, { file: source.name, log }), doubts.errors);
  const context = { archive, specs, refused, errors: doubts.errors };
  const { inputShapes } = options;
  const { table, trace } = bestOf(
    tables.map((table) => ({ table, trace: traceOrError({ ...context, table, inputShapes }) })),
  );
  const optimizer = readOptimizerState(archive.optimizer);
  const count = optimizer.reduce((sum, slot) => sum + slot.count, 0);
  const bytes = optimizer.reduce((sum, slot) => sum + slot.bytes, 0);
  const layers: readonly LayerSummary[] = summariseLayers(model, trace, {
    dialect,
    specs,
    table,
    traceInner: (inner) => traceModel(inner, { ...context, table, inputShapes: undefined }),
  });
  return {
    summary: {
      name: model.name,
      className: model.className,
      style: STYLES[dialect.generation],
      sequential: model.kind === "sequential",
      layers,
      results: model.outputs,
      ...(optimizer.length === 0 ? {} : { optimizer: { count, bytes } }),
    },
    ...(trace.graph === undefined ? {} : { graph: trace.graph }),
    warnings: [...log.warnings, ...trace.warnings],
  };

  function traceOrError(parts: Parameters<typeof traceModel>[1]): Trace | KcError {
    try {
      return traceModel(model, parts);
    } catch (error) {
      if (error instanceof KcError) return error;
      throw error;
    }
  }
}

/** What is known of a layer says more than its arrays, of which quantised ones have too many. */
function orDoubt<T>(match: () => T, doubts: readonly Diagnostic[]): T {
  try {
    return match();
  } catch (error) {
    const layer = error instanceof KcError ? error.at.layer : undefined;
    const doubt = doubts.find(({ at }) => layer !== undefined && at?.layer === layer);
    throw doubt === undefined ? error : new KcError(doubt, { cause: error });
  }
}

const STYLES: Readonly<Record<Generation, SummaryStyle>> = {
  1: "keras2",
  2: "keras2",
  tf: "tfkeras2",
  3: "keras3",
};

interface Attempt {
  readonly table: WeightTable;
  readonly trace: Trace | KcError;
}

/** The first way to give out weights that fits all shapes, else the first that does not contradict any. */
function bestOf(attempts: readonly Attempt[]): {
  readonly table: WeightTable;
  readonly trace: Trace;
} {
  const sound = attempts.flatMap(({ table, trace }) =>
    trace instanceof KcError ? [] : [{ table, trace }],
  );
  const best = sound.find(({ trace }) => trace.graph !== undefined) ?? sound[0];
  if (best !== undefined) return best;
  const [first] = attempts;
  if (first !== undefined && first.trace instanceof KcError) throw first.trace;
  throw new KcError({ code: "internal", text: "Nothing was traced." });
}
