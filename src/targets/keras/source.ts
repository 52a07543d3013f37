import type { Diagnostic } from "../../errors.ts";
import type { TracedModel } from "../../sources/keras/traced-model.ts";
import { type OptimizerContent, storedOptimizer, trainedOptimizer } from "./optimizer/content.ts";
import { lostOptimizer } from "./optimizer/put.ts";
import type { TrainedModel } from "./write.ts";

/** A model that is to be written: its weights are those of after the training. */
export interface KerasSource {
  readonly traced: TracedModel;
  readonly trained: TrainedModel | undefined;
  /** The model before the training: the ids of trained weights are those of its graph. */
  readonly untrained: TracedModel;
}

/** The optimizer's state that goes into the file, and a warning where there is one that is not understood. */
export function optimizerOf({ traced, trained, untrained }: KerasSource): {
  readonly content?: OptimizerContent;
  readonly warnings: readonly Diagnostic[];
} {
  const content = contentOf({ ...untrained, archive: traced.archive }, trained);
  if (content === undefined) return { warnings: [] };
  return typeof content === "string"
    ? { warnings: [lostOptimizer(content)] }
    : { content, warnings: [] };
}

function contentOf(
  traced: TracedModel,
  trained: TrainedModel | undefined,
): OptimizerContent | string | undefined {
  if (traced.archive.training === undefined) return undefined;
  if (trained === undefined) return storedOptimizer(traced);
  const { optimizer: arrays, weights } = trained;
  if (arrays === undefined || arrays.length === 0) return undefined;
  return trainedOptimizer(traced, { arrays, ...(weights === undefined ? {} : { weights }) });
}
