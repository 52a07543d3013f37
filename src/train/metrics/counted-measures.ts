import { isJsonList, type Json, type JsonObject } from "../../json.ts";
import { areaUnderCurve } from "./area.ts";
import { fScore } from "./f-score.ts";
import { divided, type Measure } from "./measure.ts";
import { type CountOptions, type Counts, thresholdMeasure } from "./threshold-counts.ts";

/**
 * Keras' metrics that count what is right and wrong, by their classes' names in snake case and with the settings of their
 * configs; undefined for another name and for settings that ask for more than one number.
 */
export function countedMeasure(kind: string, config: JsonObject = {}): Measure | undefined {
  return COUNTED.get(kind)?.(config);
}

/** The names that are known. */
export function countedNames(): readonly string[] {
  return [...COUNTED.keys()];
}

type Made = (config: JsonObject) => Measure | undefined;

/** One threshold, 0.5 unless it is given or the largest numbers are asked for. */
function atThreshold(measure: (counts: Counts) => number): Made {
  return (config) => {
    const { thresholds = null } = config;
    const stated = isJsonList(thresholds) ? thresholds : [thresholds];
    const [first = null] = stated;
    if (stated.length > 1) return undefined;
    const options = ofConfig(config);
    const usual = options.topK === undefined ? 0.5 : NOWHERE;
    const threshold = typeof first === "number" ? first : usual;
    return thresholdMeasure({ ...options, thresholds: [threshold] }, (groups) => {
      const counts = groups[0]?.[0];
      return counts === undefined ? Number.NaN : measure(counts);
    });
  };
}

/** Every number that is among the largest is above it. */
const NOWHERE = -1e10;

function ofConfig({
  top_k: topK = null,
  class_id: classId = null,
}: JsonObject): Omit<CountOptions, "thresholds"> {
  return {
    ...(typeof topK === "number" ? { topK } : {}),
    ...(typeof classId === "number" ? { classId } : {}),
  };
}

/** The best of one measure where another reaches what is asked for. @see `SensitivitySpecificityBase` */
function atLeast(
  asked: string,
  constrained: (counts: Counts) => number,
  dependent: (counts: Counts) => number,
): Made {
  return (config) => {
    const least = config[asked];
    const number = numberOf(config.num_thresholds, 200);
    if (typeof least !== "number") return undefined;
    const steps = Array.from({ length: number }, (_, i) => i / (number - 1));
    const options: CountOptions =
      number === 1 ? { thresholds: [0.5] } : { thresholds: steps, steps: "exact" };
    return thresholdMeasure({ ...options, ...ofConfig(config) }, ([counts = []]) =>
      counts.reduce(
        (best, one) =>
          Math.fround(constrained(one)) >= Math.fround(least)
            ? Math.max(best, dependent(one))
            : best,
        0,
      ),
    );
  };
}

const precision = ({ truePositives, falsePositives }: Counts): number =>
  divided(truePositives, truePositives + falsePositives);
const recall = ({ truePositives, falseNegatives }: Counts): number =>
  divided(truePositives, truePositives + falseNegatives);
const specificity = ({ trueNegatives, falsePositives }: Counts): number =>
  divided(trueNegatives, trueNegatives + falsePositives);

const area: Made = (config) => {
  const { curve = "ROC", summation_method: summation = "interpolation", thresholds } = config;
  const known = ["interpolation", "minoring", "majoring"] as const;
  const how = known.find((one) => one === lower(summation));
  const which = (["ROC", "PR"] as const).find((one) => one.toLowerCase() === lower(curve));
  const perClass = config.multi_label === true;
  const { label_weights: stated = null, from_logits: fromLogits } = config;
  if (how === undefined || which === undefined || (stated !== null && !perClass)) return undefined;
  const weights = isJsonList(stated) ? stated.map((one) => numberOf(one, 1)) : undefined;
  return areaUnderCurve({
    curve: which,
    summation: how,
    number: numberOf(config.num_thresholds, 200),
    perClass,
    fromLogits: fromLogits === true,
    ...(weights === undefined ? {} : { weights }),
    ...(isJsonList(thresholds) ? { thresholds: thresholds.map((one) => numberOf(one, 0.5)) } : {}),
  });
};

/** Of each class apart it would be several numbers: then their mean is told. */
function fOf(beta: number): Made {
  return (config) => {
    const averages = ["micro", "macro", "weighted"] as const;
    const average = averages.find((one) => one === config.average) ?? "macro";
    const { threshold } = config;
    return fScore({
      beta: numberOf(config.beta, beta),
      average,
      ...(typeof threshold === "number" ? { threshold } : {}),
    });
  };
}

function numberOf(value: Json | undefined, usual: number): number {
  return typeof value === "number" ? value : usual;
}

function lower(value: Json | undefined): string {
  return typeof value === "string" ? value.toLowerCase() : "";
}

const COUNTED: ReadonlyMap<string, Made> = new Map([
  ["precision", atThreshold(precision)],
  ["recall", atThreshold(recall)],
  ["true_positives", atThreshold((counts) => counts.truePositives)],
  ["false_positives", atThreshold((counts) => counts.falsePositives)],
  ["true_negatives", atThreshold((counts) => counts.trueNegatives)],
  ["false_negatives", atThreshold((counts) => counts.falseNegatives)],
  ["auc", area],
  ["f1_score", fOf(1)],
  ["fbeta_score", fOf(1)],
  ["f_beta_score", fOf(1)],
  ["specificity_at_sensitivity", atLeast("sensitivity", recall, specificity)],
  ["sensitivity_at_specificity", atLeast("specificity", specificity, recall)],
  ["precision_at_recall", atLeast("recall", recall, precision)],
  ["recall_at_precision", atLeast("precision", precision, recall)],
]);
