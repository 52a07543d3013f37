import type { Diagnostics } from "../../errors.ts";
import type { ByteSource } from "../../formats/bytes.ts";
import { type ArchiveOptions, type KerasArchive, openArchive } from "./archive.ts";
import { checkBackend } from "./dialect.ts";
import { groupByLayer } from "./group-by-layer.ts";
import type { LayerSpec } from "./layer-spec.ts";
import { createLayerSpecs, layerSpecs } from "./layers/index.ts";
import { type MatchContext, matchGroups, type WeightTable } from "./match-groups.ts";
import { matchState } from "./match-state.ts";
import { parseModel } from "./parse-model.ts";
import type { SpecTable } from "./slots.ts";
import type { ModelConfig } from "./topology.ts";

/** A file whose architecture is read, and nothing else yet. */
export interface OpenedModel {
  readonly archive: KerasArchive;
  readonly model: ModelConfig;
  readonly specs: SpecTable;
}

/** What a caller may say before the architecture is read. */
export interface OpenOptions extends ArchiveOptions {
  readonly customLayers?: readonly LayerSpec[];
}

/** Opens a file and reads its architecture. */
export function openModel(source: ByteSource, options: OpenOptions, log: Diagnostics): OpenedModel {
  checkBackend(options.backend);
  const archive = openArchive(source, options, log);
  const { customLayers } = options;
  const specs = customLayers === undefined ? layerSpecs : createLayerSpecs(customLayers);
  const model = parseModel(archive.model, {
    dialect: archive.dialect,
    at: {
      file: archive.container === "weights and architecture" ? "the architecture" : source.name,
    },
    prefix: "",
    trainable: true,
    depth: 0,
  });
  return { archive, model, specs };
}

/** The ways to give the weights of the file to the layers; more than one when only shapes can tell which is right. */
export function matchWeights(
  { archive, model, specs }: OpenedModel,
  given: Pick<MatchContext, "file" | "log" | "onSpare">,
): readonly WeightTable[] {
  const { dialect, weights } = archive;
  const context = { ...given, specs, dialect };
  switch (weights.kind) {
    case "state":
      return [matchState(model, weights, context)];
    case "named":
      return matchGroups(model, groupByLayer(model, weights, context), context);
    default:
      return matchGroups(model, weights, context);
  }
}
