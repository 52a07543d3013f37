import { fail } from "../errors.ts";
import type { LayerConfig } from "../sources/keras/topology.ts";
import type { TracedModel } from "../sources/keras/traced-model.ts";
import { initialWeight, isMeasured } from "./initializers/initial-weight.ts";
import { findLayers } from "./layer-patterns.ts";
import { retrace, weightsByPath, withoutOptimizer } from "./retrace.ts";

/** What begins anew. */
export interface ReinitialiseOptions {
  /** 0 by default. */
  readonly seed?: number;
  /** Patterns of layers, as for `setTrainable`; all layers by default. */
  readonly layers?: readonly string[];
}

/**
 * The model with new weights, as the initializers in its config give them; what `Normalization` layers measured stays. Throws
 * `unsupported` for layers of unknown classes.
 */
export function reinitialise(traced: TracedModel, options: ReinitialiseOptions = {}): TracedModel {
  const { seed = 0, layers } = options;
  const { archive, table, specs, model } = traced;
  const { dialect } = archive;
  const chosen = layers && new Set(layers.flatMap((pattern) => findLayers(model, pattern)));
  const begins = (layer: LayerConfig): boolean =>
    !isMeasured(layer) && (chosen === undefined || chosen.has(layer));
  const weights = new Map(weightsByPath(traced));
  for (const [layer, roles] of table) {
    if (!begins(layer)) continue;
    if (!specs.has(layer.className)) refuseUnknown(layer);
    const fresh = [...roles].map(([role, { shape }]) => {
      return [role, initialWeight({ layer, role, shape }, { dialect, seed })] as const;
    });
    weights.set(layer.path, new Map(fresh));
  }
  return retrace({ ...traced, archive: withoutOptimizer(archive) }, weights);
}

function refuseUnknown(layer: LayerConfig): never {
  return fail("unsupported", "It is not known how the weights of its class begin.", {
    at: { layer: layer.path, className: layer.fileClass },
    hint: "Supply the layer with --custom.",
  });
}
