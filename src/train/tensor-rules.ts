import { type Tensor, tidy } from "@tensorflow/tfjs-core";
import { tensorAt } from "../targets/tfjs/forward.ts";
import type { Arithmetic } from "../targets/tfjs/tensorflow/arithmetic.ts";
import type { StepNumbers } from "./optimizers/rule.ts";
import { complement, type OptimizerName, type OptimizerSettings } from "./optimizers/settings.ts";

/** A weight and its slots after a step, in the order of the slots; new tensors. */
export interface UpdatedWeight {
  readonly weight: Tensor;
  readonly slots: readonly Tensor[];
}

/** A weight before a step. */
export interface UpdatedBy {
  readonly weight: Tensor;
  readonly gradient: Tensor;
  readonly slots: readonly Tensor[];
}

/** One step of an optimizer on one weight; what all weights share is made once. */
export type TensorUpdate = (before: UpdatedBy) => UpdatedWeight;

/** The formula of an optimizer. */
export interface TensorRule {
  /** What differs from step to step. */
  numbers(step: StepNumbers): readonly number[];
  /** Makes the update of a step from these numbers, within a scope that lasts for the step. */
  update(numbers: readonly Tensor[]): TensorUpdate;
}

/**
 * The formula of an optimizer on tensors: the same, in the same order, as that on arrays in `optimizers/`. Undefined for optimizers that are
 * rarely used: they step on arrays.
 */
export function tensorRuleOf(settings: OptimizerSettings, a: Arithmetic): TensorRule | undefined {
  return RULES[settings.name]?.(settings, a);
}

type RuleMaker = (settings: OptimizerSettings, a: Arithmetic) => TensorRule;

/** @see optimizers/sgd.ts */
const sgd: RuleMaker = ({ dialect, config }, a) => {
  const { nesterov } = config;
  const update: TensorRule["update"] = (numbers) => {
    const [speed, momentum] = [tensorAt(numbers, 0), a.number(config.momentum)];
    return ({ weight, gradient, slots: [velocity] }) => {
      const step = a.mul(gradient, speed);
      if (velocity === undefined) return { weight: a.sub(weight, step), slots: [] };
      const v = a.sub(a.mul(velocity, momentum), step);
      if (!nesterov) return { weight: a.add(weight, v), slots: [v] };
      const ahead = a.mul(v, momentum);
      const moved =
        dialect === "keras" ? a.sub(a.add(weight, ahead), step) : a.add(weight, a.sub(ahead, step));
      return { weight: moved, slots: [v] };
    };
  };
  return { numbers: ({ rate }) => [rate], update };
};

/** @see optimizers/adam.ts */
const adam: RuleMaker = (settings, a) => {
  const { dialect, config } = settings;
  const [beta1, beta2] = [Math.fround(config.beta_1), Math.fround(config.beta_2)];
  const averaged = dialect === "keras";
  const numbers: TensorRule["numbers"] = ({ rate, step }) => {
    const root = Math.fround(Math.sqrt(Math.fround(1 - Math.fround(beta2 ** step))));
    const first = Math.fround(1 - Math.fround(beta1 ** step));
    return [averaged ? rate * Math.fround(root / first) : Math.fround(rate * root) / first];
  };
  const update: TensorRule["update"] = (given) => {
    const [speed, epsilon] = [tensorAt(given, 0), a.number(config.epsilon)];
    const [ofMean, ofSquares] = averaged
      ? [averageOf(a, beta1), averageOf(a, beta2)]
      : [moverOf(a, complement(settings, "beta_1")), moverOf(a, complement(settings, "beta_2"))];
    return ({ weight, gradient, slots: [mean, squares, highest] }) => {
      if (mean === undefined || squares === undefined) return { weight, slots: [] };
      const m = tidy(() => ofMean(mean, gradient));
      const v = tidy(() => ofSquares(squares, a.square(gradient)));
      const hat = highest === undefined ? undefined : a.maximum(highest, v);
      const moved = tidy(() => {
        const below = a.add(a.sqrt(hat ?? v), epsilon);
        return a.sub(weight, a.div(a.mul(m, speed), below));
      });
      return { weight: moved, slots: hat === undefined ? [m, v] : [m, v, hat] };
    };
  };
  return { numbers, update };
};

/** @see optimizers/rmsprop.ts */
const rmsprop: RuleMaker = (settings, a) => {
  const { dialect, config } = settings;
  const withMomentum = dialect !== "keras" && config.momentum > 0;
  const centered = dialect !== "keras" && config.centered;
  const outside = dialect === "keras" || (dialect === "tf-legacy" && !withMomentum);
  const update: TensorRule["update"] = (given) => {
    const speed = tensorAt(given, 0);
    const [epsilon, momentum] = [a.number(config.epsilon), a.number(config.momentum)];
    const keep = averageOf(a, Math.fround(config.rho), complement(settings, "rho"));
    return ({ weight, gradient, slots }) => {
      const [velocity] = slots;
      const speedBefore = withMomentum ? slots[1] : undefined;
      const meanBefore = centered ? slots.at(-1) : undefined;
      if (velocity === undefined) return { weight, slots: [] };
      const v = tidy(() => keep(velocity, a.square(gradient)));
      const mean = meanBefore === undefined ? undefined : tidy(() => keep(meanBefore, gradient));
      const step = tidy(() => {
        const spread = mean === undefined ? v : a.sub(v, a.square(mean));
        const below = outside ? a.add(a.sqrt(spread), epsilon) : a.sqrt(a.add(spread, epsilon));
        const own = a.div(a.mul(gradient, speed), below);
        return speedBefore === undefined ? own : a.add(a.mul(speedBefore, momentum), own);
      });
      const others = speedBefore === undefined ? [] : [step];
      const ofMean = mean === undefined ? [] : [mean];
      return { weight: a.sub(weight, step), slots: [v, ...others, ...ofMean] };
    };
  };
  return { numbers: ({ rate }) => [rate], update };
};

const RULES: Readonly<Partial<Record<OptimizerName, RuleMaker>>> = {
  sgd,
  adam,
  adamw: adam,
  rmsprop,
};

type Mover = (before: Tensor, value: Tensor) => Tensor;

/** `share · before + (1 − share) · value` */
function averageOf(a: Arithmetic, share: number, rest = Math.fround(1 - share)): Mover {
  const [old, fresh] = [a.number(share), a.number(rest)];
  return (before, value) => a.add(a.mul(before, old), a.mul(value, fresh));
}

/** `before + (value − before) · share` */
function moverOf(a: Arithmetic, share: number): Mover {
  const part = a.number(share);
  return (before, value) => a.add(before, a.mul(a.sub(value, before), part));
}
