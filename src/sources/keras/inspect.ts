import { createDiagnostics, type Diagnostic } from "../../errors.ts";
import type { ByteSource } from "../../formats/bytes.ts";
import type { TrainingSetup } from "../../ir/graph.ts";
import { openModel } from "./open-model.ts";
import { type OptimizerSlot, readOptimizerState } from "./optimizer-state.ts";
import type { ReadKerasOptions } from "./read-keras.ts";
import type { LayerConfig, ModelConfig } from "./topology.ts";
import { parseTraining } from "./training.ts";

/** What a Keras file says about itself, before any layer is understood. */
export interface KerasFacts {
  /** `legacy HDF5`, `weights and architecture`, `.keras` */
  readonly form: string;
  /** Of Keras; empty when the file does not say. */
  readonly version: string;
  readonly backend: string;
  readonly name: string;
  readonly className: string;
  /** Layers that are no models and no inputs, also those in nested models. */
  readonly layers: number;
  /** How often each class occurs, the most frequent first. */
  readonly classes: readonly (readonly [className: string, count: number])[];
  readonly training?: TrainingSetup;
  readonly optimizer: readonly OptimizerSlot[];
  readonly warnings: readonly Diagnostic[];
}

/** Reads what a Keras file says about itself. Throws what opening it throws. */
export function inspectKeras(source: ByteSource, options: ReadKerasOptions = {}): KerasFacts {
  const log = createDiagnostics();
  const { archive, model } = openModel(source, options, log);
  const { dialect, container } = archive;
  const classes = new Map<string, number>();
  for (const { fileClass } of leavesOf(model)) {
    classes.set(fileClass, (classes.get(fileClass) ?? 0) + 1);
  }
  const training = parseTraining(
    archive.training,
    model.outputs.map(({ layer }) => layer),
  );
  return {
    form: container,
    version: dialect.version,
    backend: dialect.backend,
    name: model.name,
    className: model.className,
    layers: [...classes.values()].reduce((sum, count) => sum + count, 0),
    classes: [...classes].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)),
    ...(training === undefined ? {} : { training }),
    optimizer: readOptimizerState(archive.optimizer),
    warnings: log.warnings,
  };
}

function leavesOf(model: ModelConfig): readonly LayerConfig[] {
  return model.layers.flatMap((layer) => {
    if (layer.model !== undefined) return leavesOf(layer.model);
    return layer.className === "InputLayer" ? [] : [layer];
  });
}
