import { fail } from "../../errors.ts";
import type { TrainingSetup } from "../../ir/graph.ts";
import { isJsonObject, type JsonObject } from "../../json.ts";
import { dialectOf, type OptimizerDialect } from "./dialect.ts";
import { type RateSchedule, rateSchedule } from "./schedule.ts";

/** The optimizers whose formulas are known. */
export const OPTIMIZERS = [
  "sgd",
  "rmsprop",
  "adagrad",
  "adadelta",
  "adam",
  "adamw",
  "adamax",
  "nadam",
  "ftrl",
  "lion",
  "lamb",
] as const;

/** Lower case, as `TrainingSetup` has it. */
export type OptimizerName = (typeof OPTIMIZERS)[number];

/** Every number of an optimizer, Keras' defaults filled in; those that an optimizer has no use for stand unread. */
export interface OptimizerConfig {
  readonly learning_rate: number;
  /** `rate / (1 + decay · iterations)`; Keras 1, 2 and the legacy optimizers only. */
  readonly decay: number;
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly rho: number;
  readonly centered: boolean;
  readonly beta_1: number;
  readonly beta_2: number;
  readonly epsilon: number;
  readonly amsgrad: boolean;
  readonly initial_accumulator_value: number;
  /** Ftrl's, like the four that follow. */
  readonly learning_rate_power: number;
  readonly l1_regularization_strength: number;
  readonly l2_regularization_strength: number;
  readonly l2_shrinkage_regularization_strength: number;
  readonly beta: number;
  /** Nadam's, up to the legacy optimizers. */
  readonly schedule_decay: number;
  /** Taken off the weights before each step, times the rate; 0 for none. */
  readonly weight_decay: number;
  /** 0 for none, like the two that follow. */
  readonly clipnorm: number;
  readonly clipvalue: number;
  readonly global_clipnorm: number;
  /** Whether averages of the weights are kept; tf.keras from 2.11 on and Keras 3. */
  readonly use_ema: boolean;
  /** The part that averages keep of what they were. */
  readonly ema_momentum: number;
  /** After every so many steps weights become their averages; 0 for never. */
  readonly ema_overwrite_frequency: number;
  /** Gradients whose mean makes one step of the weights, in Keras 3; 1 for each its own. */
  readonly gradient_accumulation_steps: number;
}

/** An optimizer with all its numbers, in one dialect of Keras. */
export interface OptimizerSettings {
  readonly name: OptimizerName;
  readonly dialect: OptimizerDialect;
  readonly config: OptimizerConfig;
  /** What the rate goes by instead of `learning_rate`, which is then that of the first step. */
  readonly schedule?: RateSchedule;
}

/**
 * The optimizer of a checkpoint, in the dialect of the Keras that wrote it. Throws `unsupported` for optimizers that are
 * not known, and for schedules of one's own, which would make a run differ silently. The `loss_scale_factor` of Keras 3 has no part in it:
 * gradients are divided by what the loss was multiplied with.
 */
export function optimizerSettings(
  stated: TrainingSetup["optimizer"],
  version: string,
): OptimizerSettings {
  const name = OPTIMIZERS.find((known) => known === stated.name);
  if (name === undefined) {
    return fail("unsupported", `The optimizer "${stated.name}" is not known here.`, {
      hint: `Use one of ${OPTIMIZERS.join(", ")}.`,
    });
  }
  const dialect = dialectOf(version, stated.config);
  const schedule = scheduleOf(stated.config);
  if (schedule === undefined)
    return { name, dialect, config: configOf(name, dialect, stated.config) };
  const config = { ...stated.config, learning_rate: schedule(0) };
  return { name, dialect, config: configOf(name, dialect, config), schedule };
}

function scheduleOf({ learning_rate: stated = null }: JsonObject): RateSchedule | undefined {
  if (!isJsonObject(stated) || typeof stated.class_name !== "string") return undefined;
  const config = isJsonObject(stated.config) ? stated.config : {};
  const known = rateSchedule(stated.class_name, config);
  return (
    known ??
    fail(
      "unsupported",
      `The schedule "${stated.class_name}" of the learning rate is not known here.`,
      {
        hint: "State a rate: --learning-rate 0.001",
      },
    )
  );
}

/** `1 − x` as float32: of the rounded number where Keras subtracts in float32, of the number as it was written where Python does. */
export function complement(
  { dialect, config }: OptimizerSettings,
  key: "beta_1" | "beta_2" | "rho",
): number {
  const rounded = dialect === "keras" || dialect === "tf-legacy";
  return Math.fround(1 - (rounded ? Math.fround(config[key]) : config[key]));
}

function configOf(
  name: OptimizerName,
  dialect: OptimizerDialect,
  stated: JsonObject,
): OptimizerConfig {
  const number = (key: string, otherwise: number): number => numberOf(stated, key, otherwise);
  const flag = (key: string): boolean => stated[key] === true;
  const slowed = name === "nadam" && dialect === "tf-legacy";
  const isNew = dialect === "tf" || dialect === "keras-3";
  return {
    learning_rate: number("learning_rate", defaultRate(name, dialect)),
    // The legacy Nadam keeps its schedule's decay under this name.
    decay: name === "nadam" ? 0 : number("decay", 0),
    momentum: number("momentum", 0),
    nesterov: flag("nesterov"),
    rho: number("rho", name === "adadelta" ? 0.95 : 0.9),
    centered: flag("centered"),
    beta_1: number("beta_1", 0.9),
    beta_2: number("beta_2", name === "lion" ? 0.99 : 0.999),
    // A zero stands for the default in the legacy optimizers.
    epsilon: number("epsilon", EPSILON) || (dialect === "tf-legacy" ? EPSILON : 0),
    amsgrad: flag("amsgrad"),
    initial_accumulator_value: number("initial_accumulator_value", 0.1),
    learning_rate_power: number("learning_rate_power", -0.5),
    l1_regularization_strength: number("l1_regularization_strength", 0),
    l2_regularization_strength: number("l2_regularization_strength", 0),
    l2_shrinkage_regularization_strength: number("l2_shrinkage_regularization_strength", 0),
    beta: number("beta", 0),
    schedule_decay: number(slowed ? "decay" : "schedule_decay", 0.004),
    weight_decay: number("weight_decay", name === "adamw" ? 0.004 : 0),
    clipnorm: number("clipnorm", 0),
    clipvalue: number("clipvalue", 0),
    global_clipnorm: number("global_clipnorm", 0),
    use_ema: isNew && flag("use_ema"),
    ema_momentum: number("ema_momentum", 0.99),
    ema_overwrite_frequency: countOf(stated, "ema_overwrite_frequency"),
    gradient_accumulation_steps:
      dialect === "keras-3" ? countOf(stated, "gradient_accumulation_steps") || 1 : 1,
  };
}

const EPSILON = 1e-7;

function defaultRate(name: OptimizerName, dialect: OptimizerDialect): number {
  if (name === "sgd") return 0.01;
  if (name === "lion" && dialect === "tf") return 1e-4;
  return (dialect === "keras" ? STANDALONE_RATES.get(name) : undefined) ?? 0.001;
}

/** Where stand-alone Keras 1 and 2 do not have 0.001. */
const STANDALONE_RATES: ReadonlyMap<OptimizerName, number> = new Map([
  ["adagrad", 0.01],
  ["adadelta", 1],
  ["adamax", 0.002],
  ["nadam", 0.002],
]);

/** A number, or its default where it is absent or null. */
function numberOf(stated: JsonObject, key: string, otherwise: number): number {
  const value = stated[key] ?? null;
  if (value === null) return otherwise;
  if (typeof value === "number") return value;
  return fail("unsupported", `The optimizer's ${key} is ${kindOf(value)}, expected a number.`);
}

/** A whole number of steps; 0 where it is absent. */
function countOf(stated: JsonObject, key: string): number {
  const value = numberOf(stated, key, 0);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  return fail("unsupported", `The optimizer's ${key} is ${value}, expected a number of steps.`);
}

function kindOf(value: NonNullable<JsonObject[string]>): string {
  return typeof value === "object" ? "an object" : JSON.stringify(value);
}
