import { fail } from "../errors.ts";
import { plainLossName, type RowLossOptions, rowLossNames } from "../evaluate/index.ts";
import type { LossSettings } from "../ir/graph.ts";
import { generationOf } from "./keras-generation.ts";

/** How a loss looks at the output of a model. */
export interface LossWay extends LossSettings, LossDialect {
  /** Keras 3's snake-case name. */
  readonly name: string;
  /** It takes the output for that of a softmax or sigmoid and looks at what came before, so that nothing is clipped. */
  readonly through: boolean;
  /** It takes what came before the output's softmax or sigmoid for logits, although that is not the function that it goes with. */
  readonly before: boolean;
}

/** What generations of Keras compute differently. */
export interface LossDialect
  extends Required<Pick<RowLossOptions, "clipping" | "cosine" | "atZero">> {
  /** Whether hinges turn targets of 0 and 1 into -1 and 1. */
  readonly hinges: "as-they-are" | "from-0-and-1";
}

/** What a loss is told about the model that it judges. */
export interface JudgedModel {
  /** Of the Keras that wrote it. */
  readonly version: string;
  /** The function that makes the output, if it is one. */
  readonly last: string | undefined;
  /** Of a softmax: along which axis, from the end (-1); by default the last. */
  readonly lastAxis?: number;
  /** Axes of the output, where they are known. */
  readonly rank?: number;
}

/** What a loss is made with where a file says nothing. */
export const USUAL_SETTINGS: LossSettings = { fromLogits: false, labelSmoothing: 0 };

/** The ways of the Keras with a version. @see the losses.py of 2.0.8, 2.2.4, 2.3.1, 2.15 and 3.15 */
function lossDialect(version: string): LossDialect {
  const { kind, major, minor } = generationOf(version);
  const standalone = kind === "standalone";
  const early = standalone && (major < 2 || version.startsWith("2.0."));
  const before = standalone ? major < 2 || minor < 3 : kind === "tensorflow" && minor < 2;
  return {
    clipping: kind === "tensorflow" ? "twice" : "once",
    cosine: early && version !== "2.0.9" ? "mean" : "sum",
    atZero: standalone ? "flat" : "steep",
    hinges: before ? "as-they-are" : "from-0-and-1",
  };
}

/** A loss of a file as the Keras that wrote it computes it. Throws `unsupported` for one that cannot be trained with. */
export function lossWayOf(stated: string, settings: LossSettings, model: JudgedModel): LossWay {
  const { version, last } = model;
  const name = plainLossName(stated);
  checkLoss(stated, settings);
  const { kind } = generationOf(version);
  const expected = seesThrough(name, settings, kind);
  const seen = expected === last && last !== undefined && isAlongLoss(settings, model);
  const before = expected !== undefined && !seen && keepsLogits(model);
  // What comes before is logits already; only the weights of a focal loss still take the output for logits.
  const dropped = seen && name !== "binary_focal_crossentropy";
  return {
    ...settings,
    ...lossDialect(version),
    name,
    through: seen && name !== "categorical_focal_crossentropy",
    before,
    fromLogits: before || (settings.fromLogits && !dropped),
  };
}

/** Whether a softmax goes along the axis that the loss makes one number of; a sigmoid goes along none. */
function isAlongLoss(
  { axes: [axis = -1] = [] }: LossSettings,
  { last, lastAxis = -1, rank = 0 }: JudgedModel,
): boolean {
  return last !== "softmax" || (axis < 0 ? axis : axis - rank) === lastAxis;
}

/**
 * From TensorFlow 2.3 on, softmax and sigmoid leave what they were given with what they give, and cross entropies take it whichever of both
 * it was: `binary_crossentropy` of a softmax is that of sigmoids of the same logits.
 * @see `_keras_logits` in keras/src/backend.py (2.15) and keras/src/backend/tensorflow/nn.py (3)
 */
function keepsLogits({ version, last }: JudgedModel): boolean {
  const early = version.endsWith("-tf") || generationOf(version).kind === "standalone";
  return !early && (last === "softmax" || last === "sigmoid");
}

/**
 * The function that a loss looks through; stand-alone Keras looks through none.
 * @see `_get_logits` in keras/src/backend.py (2.15) and keras/src/backend/tensorflow/nn.py (3)
 */
function seesThrough(
  name: string,
  { ignoreClass, fromLogits }: LossSettings,
  kind: ReturnType<typeof generationOf>["kind"],
): string | undefined {
  if (kind === "standalone") return undefined;
  switch (name) {
    case "binary_crossentropy":
      return "sigmoid";
    case "binary_focal_crossentropy":
      return kind === "tensorflow" || !fromLogits ? "sigmoid" : undefined;
    case "categorical_crossentropy":
      return "softmax";
    case "sparse_categorical_crossentropy":
      return kind === "keras-3" && ignoreClass !== undefined ? undefined : "softmax";
    case "categorical_focal_crossentropy":
      return kind === "tensorflow" ? "softmax" : undefined;
    default:
      return undefined;
  }
}

/** Throws `unsupported` for a loss that is not known, or that gives no single number to go down by. */
export function checkLoss(stated: string, { reduction }: LossSettings = USUAL_SETTINGS): void {
  const name = plainLossName(stated);
  const known = rowLossNames();
  const hint = `Use one of ${known.join(", ")}.`;
  if (name === "") {
    fail(
      "unsupported",
      "The loss of the model is a function of its own, which a file does not hold.",
      {
        hint,
      },
    );
  }
  const why = REFUSED.get(name);
  if (why !== undefined) {
    fail("unsupported", `The loss "${stated}" ${why}, and cannot be trained with here.`, { hint });
  }
  if (!known.includes(name)) {
    fail("unsupported", `The loss "${stated}" is not known, so it cannot be trained with.`, {
      hint,
    });
  }
  if (reduction !== "none") return;
  fail(
    "unsupported",
    `The loss "${stated}" has the reduction "none": it gives a number for each sample instead of one for all.`,
    { hint: 'Compile the model with the reduction "sum_over_batch_size" or "sum".' },
  );
}

const REFUSED: ReadonlyMap<string, string> = new Map([
  ["circle", "compares the samples of a batch with each other"],
  ["ctc", "aligns sequences of labels with sequences of outputs"],
]);
