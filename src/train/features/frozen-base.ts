import type { Predictor } from "../../backends/predictor.ts";
import { fail } from "../../errors.ts";
import type { Graph } from "../../ir/graph.ts";
import { formatShape, sizeOf } from "../../ir/tensor.ts";
import type { SplitModel } from "../../passes/split-frozen.ts";
import type { Batch } from "../batch.ts";
import type { TrainingBatch, TrainingData } from "../training-data.ts";

/** The frozen part of a model, ready to run. */
export interface FrozenBase {
  /** What it makes of inputs of the whole model: inputs of the part behind the cut. */
  features(inputs: Batch["inputs"]): Promise<Batch["inputs"]>;
  dispose(): Promise<void>;
}

/** Runs the frozen part by a predictor that was opened for it; owns the predictor. */
export function frozenBase({ base, tail }: SplitModel, predictor: Predictor): FrozenBase {
  return {
    async features(inputs) {
      const given = new Map(
        base.inputs.map(({ name }, index) => {
          const input = inputs[index];
          return [name, input ?? fail("bad-option", `Input "${name}" is missing.`)] as const;
        }),
      );
      const made = await predictor.predict(given);
      return tail.inputs.map(
        ({ name }) =>
          made.get(name) ??
          given.get(name) ??
          fail("internal", `The frozen part does not give "${name}".`),
      );
    },
    dispose: () => predictor.dispose(),
  };
}

/** A batch as the part behind the cut takes it; its memory goes back to the data. */
export async function featuresOf(
  base: FrozenBase,
  data: TrainingData,
  batch: TrainingBatch,
): Promise<TrainingBatch> {
  const inputs = await base.features(batch.inputs);
  // What passes by the frozen part is still to be read.
  const passing = new Set(inputs.map((input) => input.data));
  if (!batch.inputs.some((input) => passing.has(input.data))) data.release?.(batch);
  return { ...batch, inputs };
}

/** Shapes of a sample's features, one for each input of the part behind the cut. Throws `bad-option` where a size is open. */
export function featureShapes({ inputs, types }: Graph): readonly (readonly number[])[] {
  return inputs.map(({ name, value }) => {
    const [, ...sample] = types.get(value)?.shape ?? [];
    return sample.map(
      (dim) =>
        dim ??
        fail("bad-option", `The features "${name}" are ${formatShape(sample)}: a size is open.`),
    );
  });
}

/** How many numbers a sample's features are. */
export function featureLength(shapes: readonly (readonly number[])[]): number {
  return shapes.reduce((sum, shape) => sum + sizeOf(shape), 0);
}
