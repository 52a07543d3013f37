import { createDiagnostics, throwIfErrors } from "../errors.ts";
import type { WeightRef } from "../ir/tensor.ts";
import type { KerasArchive } from "../sources/keras/archive.ts";
import type { LayerWeightMaker } from "../sources/keras/lower-layer.ts";
import type { WeightTable } from "../sources/keras/match-groups.ts";
import type { OpenedModel } from "../sources/keras/open-model.ts";
import { parseModel } from "../sources/keras/parse-model.ts";
import { allLayers, type LayerConfig, type ModelConfig } from "../sources/keras/topology.ts";
import { traceModel } from "../sources/keras/trace.ts";
import type { TracedModel } from "../sources/keras/traced-model.ts";
import { reportUnknown } from "../sources/keras/unknown-layers.ts";

/** The weights of layers by their paths, then by role. */
export type WeightsByPath = ReadonlyMap<string, ReadonlyMap<string, WeightRef>>;

/** What a traced model is made from. */
export type TracedParts = Omit<TracedModel, "model" | "table" | "trace">;

/** The weights of a model by the paths of its layers, to be given to an edited one. */
export function weightsByPath({ table }: Pick<TracedModel, "table">): WeightsByPath {
  return new Map([...table].map(([layer, weights]) => [layer.path, weights]));
}

/**
 * The model that an archive's architecture describes, with these weights. `makeWeight` makes those that layers want beyond them. Throws
 * what reading a model throws.
 */
export function retrace(
  parts: TracedParts,
  weights: WeightsByPath,
  makeWeight?: LayerWeightMaker,
): TracedModel {
  const { archive, specs, inputShapes } = parts;
  const { dialect } = archive;
  const context = { dialect, at: {}, prefix: "", trainable: true, depth: 0 };
  const model = parseModel(archive.model, context);
  const doubts = createDiagnostics();
  const refused = reportUnknown(model, { specs, dialect, placeholders: false, log: doubts });
  const opened: OpenedModel = { archive, model, specs };
  const common = { ...opened, inputShapes, refused, errors: doubts.errors };
  const given = tableOf(model, weights);
  if (makeWeight === undefined) {
    return { ...parts, model, table: given, trace: traceModel(model, { ...common, table: given }) };
  }
  const { maker, made } = remember(makeWeight);
  const draft = traceModel(model, { ...common, table: given, makeWeight: maker });
  if (draft.graph === undefined) {
    const log = createDiagnostics();
    for (const warning of draft.warnings) log.error(warning);
    throwIfErrors(log);
  }
  const table = new Map([...given, ...made]);
  return { ...parts, model, table, trace: traceModel(model, { ...common, table }) };
}

/** An archive without the state of its optimizer, which belongs to other weights now. */
export function withoutOptimizer({ optimizer: _, ...archive }: KerasArchive): KerasArchive {
  return archive;
}

function tableOf(model: ModelConfig, weights: WeightsByPath): WeightTable {
  return new Map(
    allLayers(model).flatMap((layer) => {
      const own = weights.get(layer.path);
      return own === undefined ? [] : [[layer, own] as const];
    }),
  );
}

/** Keeps what is made, so that a layer that is called twice has its weights once. */
function remember(makeWeight: LayerWeightMaker): {
  readonly maker: LayerWeightMaker;
  readonly made: ReadonlyMap<LayerConfig, ReadonlyMap<string, WeightRef>>;
} {
  const made = new Map<LayerConfig, Map<string, WeightRef>>();
  const maker: LayerWeightMaker = (layer, role, shape) => {
    const own = made.get(layer) ?? new Map<string, WeightRef>();
    made.set(layer, own);
    const ref = own.get(role) ?? makeWeight(layer, role, shape);
    own.set(role, ref);
    return ref;
  };
  return { maker, made };
}
