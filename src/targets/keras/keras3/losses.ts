import { plainLossName } from "../../../evaluate/row-losses/loss-names.ts";
import { isJsonList, isJsonObject, type Json } from "../../../json.ts";
import type { Dialect } from "../../../sources/keras/layer-spec.ts";
import { plainClass } from "../../../sources/keras/parse-model.ts";
import { keras3Object } from "./objects.ts";

/** The losses of any generation in the words of Keras 3; undefined for one that it does not have, or means otherwise. */
export function lossConfig(
  loss: Json,
  outputs: readonly string[],
  generation: Dialect["generation"],
): Json | undefined {
  if (loss === null) return null;
  if (typeof loss === "string") {
    const name = lossName(loss, generation);
    return name === undefined || outputs.length === 1 ? name : outputs.map(() => name);
  }
  if (isJsonList(loss)) return all(loss.map((item) => lossConfig(item, ["one"], generation)));
  if (!isJsonObject(loss)) return undefined;
  if (loss.class_name === undefined) {
    return all(outputs.map((name) => lossConfig(loss[name] ?? null, ["one"], generation)));
  }
  if (typeof loss.class_name !== "string") return undefined;
  const config = isJsonObject(loss.config) ? loss.config : {};
  if (loss.class_name === "function" || loss.class_name === "LossFunctionWrapper") {
    const { fn = loss.config ?? null } = config;
    return lossConfig(typeof fn === "string" ? fn : null, outputs, generation);
  }
  const kept = Object.entries(config).filter(([key]) => LOSS_ARGUMENTS.includes(key));
  const { reduction } = config;
  const isKnown = typeof reduction === "string" && REDUCTIONS.includes(reduction);
  const summed = isKnown ? reduction : "sum_over_batch_size";
  const plain = { ...Object.fromEntries(kept), reduction: summed };
  return keras3Object("keras.losses", plainClass(loss.class_name), plain);
}

/** What Keras 3 still knows stays as it is written. The cosine of Keras 1 is a mean instead of a sum. */
function lossName(stated: string, generation: Dialect["generation"]): string | undefined {
  const plain = plainLossName(stated);
  if (!LOSSES.has(plain) || (plain === "cosine_similarity" && generation === 1)) return undefined;
  return SHORT.has(stated.toLowerCase()) ? stated : plain;
}

const LOSS_ARGUMENTS = [
  "name",
  "from_logits",
  "label_smoothing",
  "axis",
  "delta",
  "ignore_class",
  "alpha",
  "beta",
  "gamma",
  "apply_class_balancing",
];

const REDUCTIONS = ["sum", "none", "mean_with_sample_weight"];

const SHORT: ReadonlySet<string> = new Set(["mse", "mae", "mape", "msle", "bce", "kld"]);

/** Losses by the names that Keras 3 has for them. */
const LOSSES: ReadonlySet<string> = new Set([
  "mean_squared_error",
  "mean_absolute_error",
  "mean_absolute_percentage_error",
  "mean_squared_logarithmic_error",
  "squared_hinge",
  "hinge",
  "categorical_hinge",
  "huber",
  "log_cosh",
  "cosine_similarity",
  "categorical_crossentropy",
  "sparse_categorical_crossentropy",
  "binary_crossentropy",
  "categorical_focal_crossentropy",
  "binary_focal_crossentropy",
  "kl_divergence",
  "poisson",
  "dice",
  "tversky",
]);

function all(items: readonly (Json | undefined)[]): readonly Json[] | undefined {
  return items.some((item) => item === undefined) ? undefined : items.map((item) => item ?? null);
}
