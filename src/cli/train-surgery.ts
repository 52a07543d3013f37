import { type Diagnostic, fail, KcError } from "../errors.ts";
import { plainLossName } from "../evaluate/index.ts";
import type { ByteSource } from "../formats/bytes.ts";
import type { LayerSpec } from "../sources/keras/layer-spec.ts";
import type { TracedModel } from "../sources/keras/traced-model.ts";
import { loadWeightsInto } from "../surgery/load-weights.ts";
import { type HeadOptions, newHead } from "../surgery/new-head.ts";
import { reinitialise } from "../surgery/reinitialise.ts";
import { setTrainable } from "../surgery/set-trainable.ts";
import { withTraining } from "../targets/keras/index.ts";
import type { FlagReader } from "./flag-reader.ts";
import { seedOf } from "./train-seed.ts";

/** A model as it begins its training. */
export interface ChangedModel {
  readonly traced: TracedModel;
  /** What was changed, a sentence each. */
  readonly changes: readonly string[];
  readonly warnings: readonly Diagnostic[];
}

/** What a change needs beside the options. */
export interface ChangeContext {
  readonly classes: number;
  /** The file of `--weights`. */
  readonly weights: ByteSource | undefined;
  readonly customLayers: readonly LayerSpec[] | undefined;
  /** Whether it was built and never trained. */
  readonly built: boolean;
}

/**
 * The model as it begins its training: with new weights, those of another file, a new head, layers frozen, as the options ask. Throws
 * `bad-option` for layers that are not there.
 */
export function changeModel(
  given: TracedModel,
  flags: FlagReader,
  context: ChangeContext,
): ChangedModel {
  const changes: string[] = [];
  const warnings: Diagnostic[] = [];
  let traced = given;
  if (flags.has("fromScratch") && !context.built) {
    traced = reinitialise(traced, { seed: seedOf(flags) });
    changes.push("All weights begin anew.");
  }
  if (context.weights !== undefined) {
    const { customLayers, weights } = context;
    const options = customLayers === undefined ? {} : { customLayers };
    const loaded = loadWeightsInto(traced, weights, options);
    traced = loaded.traced;
    warnings.push(...loaded.warnings);
    changes.push(loadedText(weights.name, loaded));
  }
  checkHeadFlags(flags);
  if (flags.has("newHead")) {
    const made = newHead(traced, headOptions(flags, context.classes));
    traced = made.traced;
    const gone = made.removed.length === 0 ? "" : ` in place of ${some(made.removed)}`;
    changes.push(`A new head of ${some(made.added)} comes behind "${made.after}"${gone}.`);
  }
  if (flags.has("newHead") || context.built) traced = compiled(traced);
  return { traced: freezeLayers(traced, flags), changes, warnings };
}

/** The model with other layers frozen, as the options ask; the same where they say nothing. */
export function freezeLayers(traced: TracedModel, flags: FlagReader): TracedModel {
  const freeze = flags.list("freeze");
  const unfreeze = flags.list("unfreeze");
  const freezeAllButLast = flags.number("freezeAllButLast");
  if (
    freezeAllButLast !== undefined &&
    !(Number.isSafeInteger(freezeAllButLast) && freezeAllButLast >= 0)
  ) {
    fail("bad-option", `--freeze-all-but-last is ${freezeAllButLast}, expected a whole number.`);
  }
  if (freeze === undefined && unfreeze === undefined && freezeAllButLast === undefined)
    return traced;
  return setTrainable(traced, {
    ...(freeze === undefined ? {} : { freeze }),
    ...(unfreeze === undefined ? {} : { unfreeze }),
    ...(freezeAllButLast === undefined ? {} : { freezeAllButLast }),
  });
}

const HEAD_FLAGS = [
  ["headAfter", "--head-after"],
  ["headDropout", "--head-dropout"],
  ["headL2", "--head-l2"],
  ["headUnits", "--head-units"],
] as const;

function checkHeadFlags(flags: FlagReader): void {
  const alone = flags.has("newHead") ? undefined : HEAD_FLAGS.find(([key]) => flags.has(key));
  if (alone !== undefined) fail("bad-option", `${alone[1]} is for --new-head.`);
}

function headOptions(flags: FlagReader, classes: number): HeadOptions {
  const after = flags.text("headAfter");
  const dropout = flags.number("headDropout");
  const l2 = flags.number("headL2");
  const units = flags.list("headUnits")?.map(Number);
  return {
    classes,
    seed: seedOf(flags),
    ...(after === undefined ? {} : { after }),
    ...(dropout === undefined ? {} : { dropout }),
    ...(l2 === undefined ? {} : { l2 }),
    ...(units === undefined ? {} : { units }),
  };
}

/** Scores of classes want a loss for classes. */
function compiled(traced: TracedModel): TracedModel {
  const { graph, warnings } = traced.trace;
  if (graph === undefined) {
    const [first = { code: "internal", text: "The model was not lowered." } as const] = warnings;
    throw new KcError(first, { all: warnings });
  }
  const { training } = graph;
  // A head in place of several outputs leaves losses of outputs that are gone.
  const isApt = training?.losses.length === graph.outputs.length;
  if (isApt && training.losses.every((loss) => LOSSES.has(plainLossName(loss)))) return traced;
  return withTraining(traced, {
    optimizer: training?.optimizer ?? { name: "adam", config: { learning_rate: 0.001 } },
    losses: ["categorical_crossentropy"],
    metrics: (isApt ? training.metrics : undefined) ?? ["accuracy"],
  });
}

const LOSSES: ReadonlySet<string> = new Set([
  "categorical_crossentropy",
  "sparse_categorical_crossentropy",
  "categorical_focal_crossentropy",
  "kl_divergence",
]);

function loadedText(
  file: string,
  { loaded, missing, unused }: ReturnType<typeof loadWeightsInto>,
): string {
  const layers = loaded.length === 1 ? "1 layer has its" : `${loaded.length} layers have their`;
  const without = missing.length === 0 ? "" : `; it has none for ${some(missing)}`;
  const left = unused.length === 0 ? "" : `; of no use are those for ${some(unused)}`;
  return `${layers} weights from ${file}${without}${left}.`;
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => `"${name}"`);
  return `${shown.join(", ")}${names.length > 5 ? ` and ${names.length - 5} more` : ""}`;
}
