import { isJsonObject, type Json, type JsonObject } from "../../../json.ts";
import type { Dialect } from "../../../sources/keras/layer-spec.ts";
import { withoutLossScale } from "../../../sources/keras/loss-scale.ts";
import { plainClass } from "../../../sources/keras/parse-model.ts";
import { lossConfig } from "./losses.ts";
import { metricsConfig } from "./metrics.ts";
import { keras3Object, known } from "./objects.ts";

/**
 * The training configuration of any older generation as Keras 3's `compile_config`; undefined where it uses what Keras 3 does
 * not have.
 */
export function compileConfig(
  training: JsonObject,
  outputs: readonly string[],
  { generation }: Dialect,
): JsonObject | undefined {
  const stated = withoutLossScale(training.optimizer_config ?? training.optimizer ?? null);
  const optimizer = optimizerConfig(
    generation === 1 || generation === 2 ? jointly(stated) : stated,
  );
  const loss = lossConfig(training.loss ?? null, outputs, generation);
  const metrics = metricsConfig(training.metrics ?? null, outputs);
  const weighted = metricsConfig(training.weighted_metrics ?? null, outputs);
  if (optimizer === undefined || loss === undefined) return undefined;
  if (metrics === undefined || weighted === undefined) return undefined;
  return {
    optimizer,
    loss,
    loss_weights: training.loss_weights ?? null,
    metrics,
    weighted_metrics: weighted,
    run_eagerly: false,
    steps_per_execution: 1,
    jit_compile: false,
  };
}

const SHARED = [
  "learning_rate",
  "weight_decay",
  "clipnorm",
  "global_clipnorm",
  "clipvalue",
  "use_ema",
  "ema_momentum",
  "ema_overwrite_frequency",
  "gradient_accumulation_steps",
  "loss_scale_factor",
];

/** Optimizers that Keras 3 has, and their own arguments. */
const OPTIMIZERS: ReadonlyMap<string, readonly [className: string, args: readonly string[]]> =
  new Map([
    ["sgd", ["SGD", ["momentum", "nesterov"]]],
    ["rmsprop", ["RMSprop", ["rho", "momentum", "epsilon", "centered"]]],
    ["adagrad", ["Adagrad", ["initial_accumulator_value", "epsilon"]]],
    ["adadelta", ["Adadelta", ["rho", "epsilon"]]],
    ["adam", ["Adam", ["beta_1", "beta_2", "epsilon", "amsgrad"]]],
    ["adamw", ["AdamW", ["beta_1", "beta_2", "epsilon", "amsgrad"]]],
    ["adamax", ["Adamax", ["beta_1", "beta_2", "epsilon"]]],
    ["nadam", ["Nadam", ["beta_1", "beta_2", "epsilon"]]],
    ["lion", ["Lion", ["beta_1", "beta_2"]]],
    ["lamb", ["Lamb", ["beta_1", "beta_2", "epsilon"]]],
    [
      "ftrl",
      [
        "Ftrl",
        [
          "learning_rate_power",
          "initial_accumulator_value",
          "l1_regularization_strength",
          "l2_regularization_strength",
          "l2_shrinkage_regularization_strength",
          "beta",
        ],
      ],
    ],
  ]);

/** In stand-alone Keras `clipnorm` is the norm of all gradients together. */
function jointly(stated: Json): Json {
  if (!isJsonObject(stated) || !isJsonObject(stated.config)) return stated;
  const { clipnorm, ...rest } = stated.config;
  return clipnorm === undefined
    ? stated
    : { ...stated, config: { ...rest, global_clipnorm: clipnorm } };
}

function optimizerConfig(stated: Json): Json | undefined {
  if (!isJsonObject(stated) || typeof stated.class_name !== "string") return undefined;
  const found = OPTIMIZERS.get(plainClass(stated.class_name).toLowerCase());
  if (found === undefined) return undefined;
  const [className, args] = found;
  const config = isJsonObject(stated.config) ? stated.config : {};
  const { lr = null, decay = 0 } = config;
  const rate = learningRate(config.learning_rate ?? lr, decay);
  if (rate === undefined) return undefined;
  const wanted = new Set([...SHARED, ...args]);
  const kept = Object.entries(config).filter(([key, value]) => wanted.has(key) && value !== null);
  const plain = { ...Object.fromEntries(kept), learning_rate: rate };
  return keras3Object("keras.optimizers", className, { name: className.toLowerCase(), ...plain });
}

const SCHEDULES: ReadonlyMap<string, readonly string[]> = new Map([
  ["ExponentialDecay", ["initial_learning_rate", "decay_steps", "decay_rate", "staircase", "name"]],
  ["InverseTimeDecay", ["initial_learning_rate", "decay_steps", "decay_rate", "staircase", "name"]],
  ["PiecewiseConstantDecay", ["boundaries", "values", "name"]],
  [
    "PolynomialDecay",
    ["initial_learning_rate", "decay_steps", "end_learning_rate", "power", "cycle", "name"],
  ],
  [
    "CosineDecay",
    ["initial_learning_rate", "decay_steps", "alpha", "name", "warmup_target", "warmup_steps"],
  ],
  [
    "CosineDecayRestarts",
    ["initial_learning_rate", "first_decay_steps", "t_mul", "m_mul", "alpha", "name"],
  ],
]);

/** A `decay` is lr / (1 + decay · iterations), which Keras 3 has as a schedule. */
function learningRate(rate: Json, decay: Json): Json | undefined {
  if (isJsonObject(rate)) return known("keras.optimizers.schedules", rate, SCHEDULES);
  if (typeof rate !== "number") return undefined;
  if (typeof decay !== "number" || decay === 0) return rate;
  return keras3Object("keras.optimizers.schedules", "InverseTimeDecay", {
    initial_learning_rate: rate,
    decay_steps: 1,
    decay_rate: decay,
    staircase: false,
    name: "InverseTimeDecay",
  });
}
