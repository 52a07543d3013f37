import { createDiagnostics, type Diagnostic, KcError } from "../../errors.ts";
import type { Graph } from "../../ir/graph.ts";
import type { SummaryShape } from "../../ir/model-summary.ts";
import type { KerasArchive } from "./archive.ts";
import type { InputShapes } from "./input-layer.ts";
import { lowerModel } from "./lower.ts";
import type { CallListener, LayerWeightMaker } from "./lower-layer.ts";
import type { WeightTable } from "./match-groups.ts";
import type { SpecTable } from "./slots.ts";
import type { LayerConfig, ModelConfig } from "./topology.ts";

/** What came out of each call of each layer when a model was lowered. */
export interface Trace {
  /** Left out when some layer cannot be expressed. */
  readonly graph?: Graph;
  /** What cannot be expressed, too. */
  readonly warnings: readonly Diagnostic[];
  /** Output shapes of a call; empty where nothing is known. Of a layer in a model used often, those of its first use. */
  shapes(layer: LayerConfig, call: number): readonly SummaryShape[];
}

/** What tracing needs beside the model. */
export interface TraceContext {
  readonly archive: KerasArchive;
  readonly specs: SpecTable;
  readonly table: WeightTable;
  readonly inputShapes: InputShapes | undefined;
  /** Layers that cannot be expressed whatever their inputs are, and what is wrong with them. */
  readonly refused: ReadonlySet<LayerConfig>;
  readonly errors: readonly Diagnostic[];
  /** Makes weights that the table lacks, for a model without a file. */
  readonly makeWeight?: LayerWeightMaker;
}

/** Lowers a model to learn its shapes. Throws what lowering throws, but for layers that cannot be expressed. */
export function traceModel(model: ModelConfig, context: TraceContext): Trace {
  const log = createDiagnostics();
  for (const error of context.errors) log.error(error);
  const calls = new Map<LayerConfig, Map<number, readonly SummaryShape[]>>();
  const onCall: CallListener = (layer, call, outputs) => {
    const known = calls.get(layer) ?? new Map<number, readonly SummaryShape[]>();
    calls.set(layer, known);
    if (!known.has(call)) {
      known.set(
        call,
        outputs.map((type) => type?.shape),
      );
    }
  };
  const shapes: Trace["shapes"] = (layer, call) => calls.get(layer)?.get(call) ?? [];
  try {
    const graph = lowerModel(model, { ...context, placeholders: false, log, onCall });
    return { graph, shapes, warnings: log.warnings };
  } catch (error) {
    if (!(error instanceof KcError) || error.code !== "unsupported") throw error;
    return { shapes, warnings: [...log.warnings, ...error.diagnostics] };
  }
}
