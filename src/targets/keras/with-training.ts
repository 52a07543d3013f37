import { fail } from "../../errors.ts";
import type { TrainingSetup } from "../../ir/graph.ts";
import type { TracedModel } from "../../sources/keras/traced-model.ts";
import { statedTraining } from "./stated-training.ts";

/**
 * The model compiled: runs start from this loss and optimizer, without the state of another, and its files will say so in the words of its
 * own Keras. Throws `unsupported` where that Keras lacks a part of it.
 */
export function withTraining(traced: TracedModel, setup: TrainingSetup): TracedModel {
  const { archive, model, trace } = traced;
  const outputs = model.outputs.map(({ layer }) => layer);
  const training = statedTraining(setup, archive.dialect, outputs);
  if (training === undefined) {
    const parts = [setup.optimizer.name, ...setup.losses].map((name) => `"${name}"`).join(", ");
    return fail("unsupported", `The Keras of the model lacks a part of its training: ${parts}.`, {
      hint: "Take another optimizer or loss, or write the model in the words of Keras 3 before.",
    });
  }
  const { optimizer: _, ...rest } = archive;
  const { graph } = trace;
  return {
    ...traced,
    archive: { ...rest, training },
    trace: graph === undefined ? trace : { ...trace, graph: { ...graph, training: setup } },
  };
}
