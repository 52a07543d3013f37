import { type Diagnostic, KcError } from "../errors.ts";
import { openFile, readStdin } from "../io/node.ts";
import type { Graph } from "../ir/graph.ts";
import { readOptimizerState } from "../sources/keras/optimizer-state.ts";
import { openTraced, type TracedModel } from "../sources/keras/traced-model.ts";
import type { SavedArray } from "../train/optimizers/state.ts";
import { readOptions } from "./convert-options.ts";
import type { FlagReader } from "./flag-reader.ts";
import { changeModel } from "./train-surgery.ts";

/** A model that will be trained. */
export interface Trainee {
  readonly traced: TracedModel;
  /** Of `traced`. */
  readonly graph: Graph;
  /** The file's name without its folder. */
  readonly name: string;
  /** The optimizer's arrays as the file has them; none where its weights are other ones now. */
  readonly optimizer: readonly SavedArray[];
  readonly warnings: readonly Diagnostic[];
  close(): void;
}

/**
 * Opens the model that the options say, changed as they ask. Throws what reading it throws, and `unsupported` with every layer that cannot be
 * expressed; then nothing stays open.
 */
export async function openTrainee(path: string, flags: FlagReader): Promise<Trainee> {
  const reading = await readOptions(flags, "kerasBackend");
  const source = path === "-" ? await readStdin() : openFile(path);
  try {
    const traced = changeModel(openTraced(source, reading), flags);
    return {
      traced,
      graph: graphOf(traced),
      name: source.name,
      optimizer: savedOptimizer(traced),
      warnings: traced.warnings,
      close: () => source.close(),
    };
  } catch (error) {
    source.close();
    throw error;
  }
}

/** Another model in its place: its own graph, and what its file keeps of the optimizer. */
export function withTraced(trainee: Trainee, traced: TracedModel): Trainee {
  if (traced === trainee.traced) return trainee;
  return { ...trainee, traced, graph: graphOf(traced), optimizer: savedOptimizer(traced) };
}

function graphOf({ trace }: TracedModel): Graph {
  if (trace.graph !== undefined) return trace.graph;
  const [first = { code: "internal", text: "The model was not lowered." } as const] =
    trace.warnings;
  throw new KcError(first, { all: trace.warnings });
}

function savedOptimizer({ archive }: TracedModel): readonly SavedArray[] {
  return readOptimizerState(archive.optimizer).map(({ name, shape, count, dataset }) => {
    const values = new Float64Array(count);
    dataset.readInto(values, 0);
    return { name, shape, values };
  });
}
