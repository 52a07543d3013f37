import { fail } from "../errors.ts";
import { formatShape } from "../ir/tensor.ts";
import type { JsonObject } from "../json.ts";
import type { KerasArchive } from "../sources/keras/archive.ts";
import type { InputShapes } from "../sources/keras/input-layer.ts";
import type { Dialect, LayerSpec } from "../sources/keras/layer-spec.ts";
import { createLayerSpecs, layerSpecs } from "../sources/keras/layers/index.ts";
import type { TracedModel } from "../sources/keras/traced-model.ts";
import { initialWeight } from "./initializers/initial-weight.ts";
import { retrace } from "./retrace.ts";

/** What a model without weights is made with. */
export interface InitialiseOptions {
  /** Of the architecture. */
  readonly dialect: Dialect;
  /** 0 by default. */
  readonly seed?: number;
  readonly inputShapes?: InputShapes;
  readonly customLayers?: readonly LayerSpec[];
}

/**
 * An architecture (`{ class_name, config }`, as of `model.to_json()`) with weights as its initializers give them. Equal seeds
 * give equal weights. Throws `unsupported` with every layer that cannot be expressed.
 */
export function initialiseModel(json: JsonObject, options: InitialiseOptions): TracedModel {
  const { dialect, seed = 0, customLayers, inputShapes } = options;
  const archive: KerasArchive = {
    container: "weights and architecture",
    dialect,
    model: json,
    weights: { kind: "named", dialect, weights: [] },
  };
  const specs = customLayers === undefined ? layerSpecs : createLayerSpecs(customLayers);
  const given = inputShapes === undefined ? {} : { inputShapes };
  return retrace({ archive, specs, ...given, warnings: [] }, new Map(), (layer, role, shape) => {
    if (shape.every((dim) => dim > 0)) {
      return initialWeight({ layer, role, shape }, { dialect, seed });
    }
    return fail("unsupported", `The shape ${formatShape(shape)} of its "${role}" is not known.`, {
      at: { layer: layer.path, className: layer.fileClass },
    });
  });
}
