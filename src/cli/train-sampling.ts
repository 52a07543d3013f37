import { fail } from "../errors.ts";
import { readText } from "../io/node.ts";
import type { PictureSet } from "../io/pictures/picture-set.ts";
import { balancedWeights, countClasses, parseClassWeights } from "../train/class-weights.ts";
import { resampledOrder } from "../train/resampled-order.ts";
import { type SampleOrder, shuffledOrder } from "../train/sample-order.ts";
import type { FlagReader } from "./flag-reader.ts";
import { seedOf } from "./train-seed.ts";

/** Which pictures an epoch has, and what each class counts. */
export interface TrainSampling {
  readonly order: SampleOrder;
  readonly classWeights?: readonly number[];
  /** One line for each thing that is not as it would be without options. */
  readonly said: readonly string[];
}

/** What `--class-weight`, `--oversample` and `--undersample` ask for. Throws `bad-option`, `io-read`. */
export function samplingOf({ files, classes }: PictureSet, flags: FlagReader): TrainSampling {
  const seed = seedOf(flags);
  const labels = files.map(({ label = 0 }) => label);
  const weight = flags.text("classWeight");
  const [over, under] = [flags.has("oversample"), flags.has("undersample")];
  if (over && under) fail("bad-option", "--oversample and --undersample exclude each other.");
  if ((over || under) && weight?.toLowerCase() === "balanced") {
    fail(
      "bad-option",
      `--class-weight balanced and --${over ? "over" : "under"}sample do the same.`,
      {
        hint: "With both, classes with few pictures would count most. Use one of them.",
      },
    );
  }
  const resampling = over ? "over" : under ? "under" : undefined;
  const order =
    resampling === undefined
      ? shuffledOrder(files.length, seed)
      : resampledOrder(labels, classes.length, { resampling, seed });
  const said: string[] = [];
  if (resampling !== undefined) said.push(sampledLine(labels, classes, order, resampling));
  if (weight === undefined) return { order, said };
  const classWeights = weightsOf(weight, labels, classes);
  const listed = classes.map((name, label) => `${name} ${shortNumber(classWeights[label] ?? 1)}`);
  said.push(`class weights: ${shortened(listed)}`);
  return { order, classWeights, said };
}

function weightsOf(
  text: string,
  labels: readonly number[],
  classes: readonly string[],
): readonly number[] {
  if (text.toLowerCase() === "balanced") return balancedWeights(labels, classes.length);
  const weights = text.trimStart().startsWith("{")
    ? parseClassWeights(text, classes, "--class-weight")
    : parseClassWeights(readText(text).replace(/^\uFEFF/, ""), classes, text);
  if (labels.some((label) => (weights[label] ?? 1) > 0)) return weights;
  return fail("bad-option", `${text}: all classes have the weight 0: nothing would be learnt.`);
}

function sampledLine(
  labels: readonly number[],
  classes: readonly string[],
  { samples }: SampleOrder,
  resampling: "over" | "under",
): string {
  const counts = countClasses(labels, classes.length);
  const each = samples / counts.filter((count) => count > 0).length;
  const listed = classes.flatMap((name, label) => {
    const count = counts[label] ?? 0;
    return count === 0 ? [] : [`${name} ${count}`];
  });
  const what = resampling === "over" ? "oversampled" : "undersampled";
  return `${what} to ${each} of each class, ${samples} an epoch; there are: ${shortened(listed)}`;
}

function shortened(items: readonly string[]): string {
  const more = items.length - MOST_LISTED;
  return more > 0 ? `${items.slice(0, MOST_LISTED).join(", ")} and ${more} more` : items.join(", ");
}

const MOST_LISTED = 12;

function shortNumber(value: number): string {
  return String(Number(value.toPrecision(4)));
}
