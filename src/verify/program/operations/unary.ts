import {
  erf as gaussError,
  sigmoid as logistic,
  softplus as softPlus,
} from "../../nonlinearity.ts";
import { mapTensor } from "../../tensor.ts";
import type { OperationCall, OperationRun } from "../call.ts";

/** Functions of one number. */
export const abs = plain(Math.abs);
export const acos = plain(Math.acos);
export const asin = plain(Math.asin);
export const atan = plain(Math.atan);
export const atanh = plain(Math.atanh);
export const ceil = plain(Math.ceil);
export const cos = plain(Math.cos);
export const cosh = plain(Math.cosh);
export const erf = plain(gaussError);
export const exp = plain(Math.exp);
export const exp2 = plain((x) => 2 ** x);
export const floor = plain(Math.floor);
export const logical_not = plain((x) => (x === 0 ? 1 : 0));
export const relu = plain((x) => (x < 0 ? 0 : x));
export const relu6 = plain((x) => (x < 0 ? 0 : x > 6 ? 6 : x));
export const sigmoid = plain(logistic);
export const sign = plain(Math.sign);
export const silu = plain((x) => x * logistic(x));
export const sin = plain(Math.sin);
export const sinh = plain(Math.sinh);
export const softplus = plain(softPlus);
export const softsign = plain((x) => x / (1 + Math.abs(x)));
export const sqrt = plain(Math.sqrt);
export const square = plain((x) => x * x);
export const tan = plain(Math.tan);
export const tanh = plain(Math.tanh);
/** Halves go to the even neighbour, as in numpy, by which coremltools folds constants. */
export const round = plain((x) => {
  const whole = Math.round(x);
  return whole - x === 0.5 && whole % 2 !== 0 ? whole - 1 : whole;
});

/** Functions with a small number against poles; the defaults are those of the operation set. */
export const inverse = withEpsilon(1e-4, (x) => 1 / x);
export const rsqrt = withEpsilon(1e-12, (x) => 1 / Math.sqrt(x));
export const log = withEpsilon(1e-45, Math.log);

/** Nothing below a bound, which stands in for what is. */
export const threshold = withParameters(
  ["alpha"],
  ([alpha]) =>
    (x) =>
      Math.max(x, alpha),
);
/** Keeps numbers within two bounds. */
export const clip = withParameters(["alpha", "beta"], ([low, high]) => {
  return (x) => Math.min(Math.max(x, low), high);
});
/** Exponential below zero. */
export const elu = withParameters(
  ["alpha"],
  ([alpha]) =>
    (x) =>
      x < 0 ? alpha * Math.expm1(x) : x,
);
/** A slope below zero. */
export const leaky_relu = withParameters(
  ["alpha"],
  ([alpha]) =>
    (x) =>
      x < 0 ? alpha * x : x,
);
/** Nothing below a threshold. */
export const thresholded_relu = withParameters(
  ["alpha"],
  ([alpha]) =>
    (x) =>
      x < alpha ? 0 : x,
);
/** `alpha * x + beta` */
export const linear_activation = withParameters(["alpha", "beta"], ([alpha, beta]) => {
  return (x) => alpha * x + beta;
});
/** `alpha * tanh(beta * x)` */
export const scaled_tanh = withParameters(["alpha", "beta"], ([alpha, beta]) => {
  return (x) => alpha * Math.tanh(beta * x);
});
/** `alpha * x + beta`, kept within 0 and 1. */
export const sigmoid_hard = withParameters(["alpha", "beta"], ([alpha, beta]) => {
  return (x) => Math.min(Math.max(alpha * x + beta, 0), 1);
});
/** A slope below zero and a bound above. */
export const clamped_relu = withParameters(["alpha", "beta"], ([alpha, beta]) => {
  return (x) => Math.min(beta, x < 0 ? alpha * x : x);
});

/** The input itself, which may be anything. */
export const identity: OperationRun = (call) => {
  const [value] = call.values("x");
  if (value === undefined) return call.fail('has no input "x"');
  return value.kind === "tensor" ? value.tensor : value;
};

function plain(f: (x: number) => number): OperationRun {
  return (call) => mapTensor(call.tensor(), f);
}

function withEpsilon(absent: number, f: (x: number) => number): OperationRun {
  return (call) => {
    const epsilon = call.number("epsilon", absent);
    return mapTensor(call.tensor(), (x) => f(x + epsilon));
  };
}

function withParameters(
  names: readonly string[],
  functionOf: (values: readonly [number, number]) => (x: number) => number,
): OperationRun {
  return (call: OperationCall) => {
    const [first = 0, second = 0] = names.map((name) => call.number(name));
    return mapTensor(call.tensor(), functionOf([first, second]));
  };
}
