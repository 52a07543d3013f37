import { plainLossName } from "../../../evaluate/row-losses/loss-names.ts";
import { isJsonList, isJsonObject, type Json, type JsonObject } from "../../../json.ts";
import type { Dialect } from "../../../sources/keras/layer-spec.ts";
import { withoutLossScale } from "../../../sources/keras/loss-scale.ts";
import { plainClass, snakeCase } from "../../../sources/keras/parse-model.ts";
import { unwrapTuples } from "../../../sources/keras/unwrap.ts";
import { flatMetrics } from "../keras3/metrics.ts";

/** The training configuration of any generation as `training_config` of Keras 2.2.4; undefined where it uses what that does not have. */
export function trainingConfig(
  training: JsonObject,
  outputs: readonly string[],
  from: Dialect,
): JsonObject | undefined {
  const stated = withoutLossScale(training.optimizer_config ?? training.optimizer ?? null);
  const optimizer = optimizerConfig(unwrapTuples(stated), from);
  const loss = lossConfig(training.loss ?? null, outputs, from);
  const metrics = metricsConfig(training.metrics ?? null, outputs);
  if (optimizer === undefined || loss === undefined || metrics === undefined) return undefined;
  return {
    optimizer_config: optimizer,
    loss,
    metrics,
    sample_weight_mode: null,
    loss_weights: training.loss_weights ?? null,
  };
}

/** Optimizers of Keras 2, and their arguments. */
const OPTIMIZERS: ReadonlyMap<string, readonly [className: string, args: readonly string[]]> =
  new Map([
    ["sgd", ["SGD", ["momentum", "nesterov"]]],
    ["rmsprop", ["RMSprop", ["rho", "epsilon"]]],
    ["adagrad", ["Adagrad", ["epsilon"]]],
    ["adadelta", ["Adadelta", ["rho", "epsilon"]]],
    ["adam", ["Adam", ["beta_1", "beta_2", "epsilon", "amsgrad"]]],
    ["adamax", ["Adamax", ["beta_1", "beta_2", "epsilon"]]],
    ["nadam", ["Nadam", ["beta_1", "beta_2", "epsilon", "schedule_decay"]]],
  ]);

function optimizerConfig(stated: Json, { generation }: Dialect): JsonObject | undefined {
  if (!isJsonObject(stated) || typeof stated.class_name !== "string") return undefined;
  const found = OPTIMIZERS.get(plainClass(stated.class_name).toLowerCase());
  const config = isJsonObject(stated.config) ? stated.config : {};
  const rate = rateOf(config);
  if (found === undefined || rate === undefined) return undefined;
  const [className, args] = found;
  const standalone = generation === 1 || generation === 2;
  const together = standalone ? config.clipnorm : config.global_clipnorm;
  const extra = [
    standalone ? null : (config.clipnorm ?? null),
    config.weight_decay ?? null,
    className === "RMSprop" ? (config.momentum ?? null) : null,
    config.centered ?? null,
    config.use_ema ?? null,
    config.gradient_accumulation_steps ?? null,
  ];
  if (extra.some((value) => value !== null && value !== 0 && value !== false)) return undefined;
  const kept = Object.entries(config).filter(
    ([key, value]) => args.includes(key) && value !== null,
  );
  const clips = { clipnorm: together ?? null, clipvalue: config.clipvalue ?? null };
  const limits = Object.entries(clips).filter(([, value]) => value !== null);
  const decays = className === "Nadam" ? {} : { decay: rate.decay };
  return {
    class_name: className,
    config: {
      lr: rate.learning,
      ...Object.fromEntries(kept),
      ...decays,
      ...Object.fromEntries(limits),
    },
  };
}

/** A rate, and its decay as Keras 2 has it; undefined for another schedule. */
function rateOf(config: JsonObject): { readonly learning: Json; readonly decay: Json } | undefined {
  const { learning_rate: rate = config.lr ?? null, decay = 0 } = config;
  if (typeof rate === "number") return { learning: rate, decay };
  if (!isJsonObject(rate) || rate.class_name !== "InverseTimeDecay") return undefined;
  const schedule = isJsonObject(rate.config) ? rate.config : {};
  const {
    initial_learning_rate: first = null,
    decay_rate: slower = 0,
    decay_steps: steps,
  } = schedule;
  const plain = schedule.staircase !== true && typeof steps === "number";
  if (!plain || typeof slower !== "number" || typeof first !== "number") return undefined;
  return { learning: first, decay: slower / steps };
}

/** Losses of Keras 2.2.4 by the names of Keras 3, and what it calls them itself. */
const LOSSES: ReadonlyMap<string, string> = new Map([
  ["mean_squared_error", "mean_squared_error"],
  ["mean_absolute_error", "mean_absolute_error"],
  ["mean_absolute_percentage_error", "mean_absolute_percentage_error"],
  ["mean_squared_logarithmic_error", "mean_squared_logarithmic_error"],
  ["squared_hinge", "squared_hinge"],
  ["hinge", "hinge"],
  ["categorical_hinge", "categorical_hinge"],
  ["log_cosh", "logcosh"],
  ["cosine_similarity", "cosine_proximity"],
  ["categorical_crossentropy", "categorical_crossentropy"],
  ["sparse_categorical_crossentropy", "sparse_categorical_crossentropy"],
  ["binary_crossentropy", "binary_crossentropy"],
  ["kl_divergence", "kullback_leibler_divergence"],
  ["poisson", "poisson"],
]);

/** Short names that it has too, which stay. */
const SHORT: ReadonlySet<string> = new Set(["mse", "mae", "mape", "msle", "kld"]);

function lossConfig(loss: Json, outputs: readonly string[], from: Dialect): Json | undefined {
  if (loss === null) return null;
  if (typeof loss === "string") return lossName(loss, from);
  if (isJsonList(loss)) return all(loss.map((item) => lossConfig(item, ["one"], from)));
  if (!isJsonObject(loss)) return undefined;
  const { class_name: className, config } = loss;
  if (className === undefined) {
    return all(outputs.map((name) => lossConfig(loss[name] ?? null, ["one"], from)));
  }
  if (typeof className !== "string") return undefined;
  const {
    from_logits: logits,
    label_smoothing: smoothing,
    reduction,
    fn = null,
  } = isJsonObject(config) ? config : {};
  const averaged = [undefined, null, "auto", "sum_over_batch_size"].includes(
    typeof reduction === "string" ? reduction : undefined,
  );
  if (logits === true || (smoothing ?? 0) !== 0 || !averaged) return undefined;
  if (className === "function") return lossName(typeof config === "string" ? config : "", from);
  return lossName(typeof fn === "string" ? fn : snakeCase(plainClass(className)), from);
}

/** The cosine of Keras 1 is a mean instead of a sum. */
function lossName(name: string, { generation }: Dialect): string | undefined {
  if (generation === 1 && plainLossName(name) === "cosine_similarity") return undefined;
  return SHORT.has(name.toLowerCase()) ? name : LOSSES.get(plainLossName(name));
}

function metricsConfig(metrics: Json, outputs: readonly string[]): Json | undefined {
  if (metrics === null) return [];
  if (isJsonObject(metrics) && metrics.class_name === undefined) {
    const named = Object.entries(metrics).map(([key, value]) => [key, flatMetrics(value)] as const);
    if (named.some(([, names]) => names === undefined)) return undefined;
    return Object.fromEntries(named.map(([key, names]) => [key, names ?? []]));
  }
  const names = flatMetrics(metrics);
  return names === undefined || outputs.length === 0 ? undefined : [...new Set(names)];
}

function all(items: readonly (Json | undefined)[]): readonly Json[] | undefined {
  return items.some((item) => item === undefined) ? undefined : items.map((item) => item ?? null);
}
