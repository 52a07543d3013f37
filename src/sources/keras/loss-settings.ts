import type { LossSettings } from "../../ir/graph.ts";
import { isJsonList, isJsonObject, type Json, type JsonObject } from "../../json.ts";
import { unwrapTuples } from "./unwrap.ts";

/** What a loss of a file was made with; Keras' defaults for a name alone. */
export function lossSettings(loss: Json): LossSettings {
  const stated = isJsonObject(loss) && isJsonObject(loss.config) ? loss.config : {};
  const unwrapped = unwrapTuples(stated);
  const config = isJsonObject(unwrapped) ? unwrapped : {};
  const { from_logits: fromLogits, label_smoothing: labelSmoothing, ignore_class: ignore } = config;
  const numbers = NUMBERS.flatMap((key) => {
    const value = config[key];
    return typeof value === "number" ? [[key, value] as const] : [];
  });
  const alphas = isJsonList(config.alpha) ? numbersOf(config.alpha) : undefined;
  const axes = axesOf(config.axis, isJsonObject(loss) && isOverlap(loss.class_name ?? null));
  const reduction = reductionOf(config);
  return {
    fromLogits: fromLogits === true,
    labelSmoothing: typeof labelSmoothing === "number" ? labelSmoothing : 0,
    ...(numbers.length === 0 ? {} : { numbers: Object.fromEntries(numbers) }),
    ...(alphas === undefined ? {} : { alphas }),
    ...(config.apply_class_balancing === true ? { classBalancing: true } : {}),
    ...(axes === undefined ? {} : { axes }),
    ...(typeof ignore === "number" ? { ignoreClass: ignore } : {}),
    ...(reduction === undefined ? {} : { reduction }),
  };
}

/** Whether anything differs from what Keras takes by default. */
export function isSpecial({ fromLogits, labelSmoothing, ...others }: LossSettings): boolean {
  return fromLogits || labelSmoothing !== 0 || Object.keys(others).length > 0;
}

/** The arguments of Keras that say the same; of what a name alone means there is none. */
export function lossArguments(settings: LossSettings): JsonObject {
  const { fromLogits, labelSmoothing, numbers = {}, alphas, axes, ignoreClass } = settings;
  const { classBalancing = false, reduction } = settings;
  return {
    ...(fromLogits ? { from_logits: true } : {}),
    ...(labelSmoothing === 0 ? {} : { label_smoothing: labelSmoothing }),
    ...numbers,
    ...(alphas === undefined ? {} : { alpha: alphas }),
    ...(classBalancing ? { apply_class_balancing: true } : {}),
    ...(axes === undefined ? {} : { axis: axes.length === 1 ? (axes[0] ?? -1) : axes }),
    ...(ignoreClass === undefined ? {} : { ignore_class: ignoreClass }),
    ...(reduction === undefined ? {} : { reduction }),
  };
}

const NUMBERS = ["delta", "gamma", "alpha", "beta", "q"];

/** Most losses go along the last axis where nothing is said; those of areas go along all. */
function axesOf(axis: Json | undefined, overlap: boolean): readonly number[] | undefined {
  if (typeof axis === "number") return axis === -1 && !overlap ? undefined : [axis];
  return isJsonList(axis) ? numbersOf(axis) : undefined;
}

function isOverlap(className: Json): boolean {
  return typeof className === "string" && /\b(dice|tversky)$/i.test(className);
}

function numbersOf(list: readonly Json[]): readonly number[] {
  return list.filter((one) => typeof one === "number");
}

/** `auto`, `sum_over_batch_size` and `mean` are all the mean; Keras 3 says nothing for none. */
function reductionOf({ reduction }: JsonObject): LossSettings["reduction"] {
  if (reduction === null) return "none";
  return REDUCTIONS.find((known) => known === reduction);
}

const REDUCTIONS = ["sum", "mean_with_sample_weight", "none"] as const;
