import type { Diagnostic } from "../errors.ts";
import { openFile, readStdin } from "../io/node.ts";
import type { Graph } from "../ir/graph.ts";
import { graphOf, openTraced, type TracedModel } from "../sources/keras/traced-model.ts";
import { readOptions } from "./convert-options.ts";
import { loadCustomLayers } from "./custom-layers.ts";
import type { FlagReader } from "./flag-reader.ts";
import { buildModel, isBuilt } from "./train-architecture.ts";
import { precisionWarnings } from "./train-precision.ts";
import { changeModel } from "./train-surgery.ts";

/** A model that will be trained. */
export interface Trainee {
  readonly traced: TracedModel;
  /** Of `traced`. */
  readonly graph: Graph;
  /** The file's name without its folder. */
  readonly name: string;
  /** What was changed in it before the training, a sentence each. */
  readonly changes: readonly string[];
  /** Whether it is no continued run: another head, or another architecture. */
  readonly begins: boolean;
  readonly warnings: readonly Diagnostic[];
  close(): void;
}

/**
 * Opens the model that the options say, or builds it, and changes it as they ask. Throws what reading it throws, and `unsupported` with every
 * layer that cannot be expressed; then nothing stays open.
 */
export async function openTrainee(
  path: string | undefined,
  flags: FlagReader,
  classes: number,
): Promise<Trainee> {
  const built = isBuilt(path, flags);
  const open: { close(): void }[] = [];
  const keep = <Source extends { close(): void }>(source: Source): Source => {
    open.push(source);
    return source;
  };
  const close = (): void => {
    for (const source of open) source.close();
  };
  try {
    const weightsPath = flags.text("weights");
    const weights = weightsPath === undefined ? undefined : keep(openFile(weightsPath));
    const begun = built
      ? {
          traced: await buildModel(flags, { classes, weights }),
          name: flags.text("architecture") ?? "",
        }
      : await openModel(path ?? "", flags, keep);
    const custom = flags.text("custom");
    const customLayers = custom === undefined ? undefined : await loadCustomLayers(custom);
    const context = { classes, weights, customLayers, built };
    const { traced, changes, warnings } = changeModel(begun.traced, flags, context);
    return {
      traced,
      graph: graphOf(traced),
      name: begun.name,
      changes,
      begins: built || flags.has("newHead"),
      warnings: [...traced.warnings, ...warnings, ...precisionWarnings(traced)],
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** Another model in its place, with its own graph. */
export function withTraced(trainee: Trainee, traced: TracedModel): Trainee {
  if (traced === trainee.traced) return trainee;
  return { ...trainee, traced, graph: graphOf(traced) };
}

async function openModel(
  path: string,
  flags: FlagReader,
  keep: <Source extends { close(): void }>(source: Source) => Source,
): Promise<{ readonly traced: TracedModel; readonly name: string }> {
  const reading = await readOptions(flags, "kerasBackend");
  const source = keep(path === "-" ? await readStdin() : openFile(path));
  return { traced: openTraced(source, reading), name: source.name };
}
