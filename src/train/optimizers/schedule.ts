import { isJsonList, type JsonObject } from "../../json.ts";

/** The learning rate of a step, by the steps before it; as float32. */
export type RateSchedule = (iterations: number) => number;

/**
 * A schedule of tf.keras or Keras 3, rounded where Keras rounds; undefined for one that is not known.
 *
 * @see keras/src/optimizers/schedules/learning_rate_schedule.py (2.15, 3)
 */
export function rateSchedule(className: string, config: JsonObject): RateSchedule | undefined {
  const number = (key: string, otherwise = Number.NaN): number => {
    const value = config[key] ?? otherwise;
    return typeof value === "number" ? fround(value) : Number.NaN;
  };
  const schedule = SCHEDULES.get(className)?.(number, config);
  // Numbers that are missing show in the first rate.
  return schedule === undefined || Number.isNaN(schedule(0)) ? undefined : schedule;
}

type NumberOf = (key: string, otherwise?: number) => number;

const { fround } = Math;
const PI = fround(Math.PI);

const SCHEDULES: ReadonlyMap<string, (number: NumberOf, config: JsonObject) => RateSchedule> =
  new Map([
    ["ExponentialDecay", exponential],
    ["InverseTimeDecay", inverseTime],
    ["PiecewiseConstantDecay", (_, config) => piecewise(config)],
    ["PiecewiseConstant", (_, config) => piecewise(config)],
    ["PolynomialDecay", polynomial],
    ["CosineDecay", cosine],
    ["CosineDecayRestarts", cosineRestarts],
  ]);

function exponential(number: NumberOf, { staircase }: JsonObject): RateSchedule {
  const [first, base] = [number("initial_learning_rate"), number("decay_rate")];
  const passed = partOf(number("decay_steps"), staircase === true);
  return (step) => fround(first * fround(base ** passed(step)));
}

function inverseTime(number: NumberOf, { staircase }: JsonObject): RateSchedule {
  const [first, slower] = [number("initial_learning_rate"), number("decay_rate")];
  const passed = partOf(number("decay_steps"), staircase === true);
  return (step) => fround(first / fround(1 + fround(slower * passed(step))));
}

/** How many times `steps` have passed. */
function partOf(steps: number, staircase: boolean): RateSchedule {
  return (step) => {
    const passed = fround(step / steps);
    return staircase ? Math.floor(passed) : passed;
  };
}

/** Boundaries belong to the rate before them. */
function piecewise({ boundaries = null, values = null }: JsonObject): RateSchedule {
  const [ends, rates] = [boundaries, values].map((list) =>
    isJsonList(list) ? list.map((one) => (typeof one === "number" ? one : Number.NaN)) : [],
  );
  if (ends === undefined || rates?.length !== ends.length + 1) return () => Number.NaN;
  return (step) => {
    const place = ends.findIndex((end) => step <= end);
    return fround(rates.at(place) ?? Number.NaN);
  };
}

function polynomial(number: NumberOf, { cycle }: JsonObject): RateSchedule {
  const [first, last] = [number("initial_learning_rate"), number("end_learning_rate", 1e-4)];
  const [steps, power] = [number("decay_steps"), number("power", 1)];
  return (step) => {
    const rounds = cycle === true ? Math.max(1, Math.ceil(fround(step / steps))) : 1;
    const whole = fround(steps * rounds);
    const left = fround(1 - fround(Math.min(step, whole) / whole));
    return fround(fround(fround(first - last) * fround(left ** power)) + last);
  };
}

function cosine(number: NumberOf, { warmup_target: target = null }: JsonObject): RateSchedule {
  const [first, alpha] = [number("initial_learning_rate"), number("alpha", 0)];
  const [steps, warmup] = [number("decay_steps"), number("warmup_steps", 0)];
  const decayed = (from: number, passed: number): number =>
    fround(from * between(alpha, halfCosine(fround(passed / steps))));
  if (target === null) return (step) => decayed(first, Math.min(step, steps));
  const warm = number("warmup_target");
  return (step) => {
    const bounded = Math.min(step, steps + warmup);
    if (bounded >= warmup) return decayed(warm, bounded - warmup);
    return fround(fround(fround(warm - first) * fround(bounded / warmup)) + first);
  };
}

function cosineRestarts(number: NumberOf): RateSchedule {
  const [first, alpha] = [number("initial_learning_rate"), number("alpha", 0)];
  const [steps, longer, lower] = [
    number("first_decay_steps"),
    number("t_mul", 2),
    number("m_mul", 1),
  ];
  return (step) => {
    const [restarts, passed] = sinceRestart(fround(step / steps), longer);
    const wave = fround(fround(lower ** restarts) * halfCosine(passed));
    return fround(first * between(alpha, wave));
  };
}

/** The number of restarts, and the part of the present period that has passed; each is `longer` times the one before. */
function sinceRestart(passed: number, longer: number): readonly [number, number] {
  if (longer === 1) return [Math.floor(passed), fround(passed - Math.floor(passed))];
  const grown = fround(Math.log(fround(1 - fround(passed * fround(1 - longer)))));
  const restarts = Math.floor(fround(grown / fround(Math.log(longer))));
  const scale = fround(longer ** restarts);
  const before = fround(fround(1 - scale) / fround(1 - longer));
  return [restarts, fround(fround(passed - before) / scale)];
}

function halfCosine(passed: number): number {
  return fround(0.5 * fround(1 + fround(Math.cos(fround(PI * passed)))));
}

function between(alpha: number, wave: number): number {
  return fround(fround(fround(1 - alpha) * wave) + alpha);
}
