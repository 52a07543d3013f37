import type { ActivationParams } from "../formats/coreml/types.gen.ts";

/** A function of one number. */
export type Nonlinearity = (x: number) => number;

/**
 * The function of an activation that has no weights, or undefined.
 *
 * @see NeuralNetwork.proto ActivationParams; unset numbers are 0
 */
export function nonlinearityOf(params: ActivationParams): Nonlinearity | undefined {
  const { linear, leakyReLU, thresholdedReLU, scaledTanh, sigmoidHard, ELU } = params;
  if (linear !== undefined) return linearOf(linear.alpha ?? 0, linear.beta ?? 0);
  if (params.ReLU !== undefined) return (x) => (x > 0 ? x : keepNaN(x));
  if (leakyReLU !== undefined) return leakyOf(leakyReLU.alpha ?? 0);
  if (thresholdedReLU !== undefined) return thresholdOf(thresholdedReLU.alpha ?? 0);
  if (params.tanh !== undefined) return Math.tanh;
  if (scaledTanh !== undefined) return scaledTanhOf(scaledTanh.alpha ?? 0, scaledTanh.beta ?? 0);
  if (params.sigmoid !== undefined) return sigmoid;
  if (sigmoidHard !== undefined) return hardOf(sigmoidHard.alpha ?? 0, sigmoidHard.beta ?? 0);
  if (ELU !== undefined) return eluOf(ELU.alpha ?? 0);
  if (params.softsign !== undefined) return (x) => x / (1 + Math.abs(x));
  if (params.softplus !== undefined) return softplus;
  return undefined;
}

/**
 * Inside recurrent layers the constants are fixed: hard sigmoid 0.2 and 0.5, scaled tanh 1.7159
 * and 2/3, whatever the message says.
 */
export function recurrentFunction(params: ActivationParams | undefined): Nonlinearity | undefined {
  if (params?.sigmoidHard !== undefined) return hardOf(0.2, 0.5);
  if (params?.scaledTanh !== undefined) return scaledTanhOf(1.7159, 2 / 3);
  const { linear, sigmoid: isSigmoid, tanh, ReLU } = params ?? {};
  if (linear !== undefined) return (x) => x;
  const plain = isSigmoid ?? tanh ?? ReLU;
  return params === undefined || plain === undefined ? undefined : nonlinearityOf(params);
}

/** The logistic function. */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** `log(1 + exp(x))` without overflow. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** GELU in its three forms. */
export const GELU = {
  EXACT: (x: number) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  TANH_APPROXIMATION: (x: number) =>
    0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  SIGMOID_APPROXIMATION: (x: number) => x * sigmoid(1.702 * x),
} as const;

/** The Gauss error function, to float64 rounding. */
export function erf(x: number): number {
  const z = Math.abs(x);
  const value = z < 3 ? erfSeries(z) : 1 - erfcFraction(z);
  return x < 0 ? -value : value;
}

function keepNaN(x: number): number {
  return Number.isNaN(x) ? x : 0;
}

function linearOf(alpha: number, beta: number): Nonlinearity {
  return (x) => alpha * x + beta;
}

function leakyOf(alpha: number): Nonlinearity {
  return (x) => (x >= 0 ? x : alpha * x);
}

function thresholdOf(alpha: number): Nonlinearity {
  return (x) => (x >= alpha ? x : keepNaN(x));
}

function scaledTanhOf(alpha: number, beta: number): Nonlinearity {
  return (x) => alpha * Math.tanh(beta * x);
}

function hardOf(alpha: number, beta: number): Nonlinearity {
  return (x) => Math.min(Math.max(alpha * x + beta, 0), 1);
}

function eluOf(alpha: number): Nonlinearity {
  return (x) => (x >= 0 ? x : alpha * Math.expm1(x));
}

/** 2/sqrt(pi) * exp(-x²) * sum of 2^n x^(2n+1) / (2n+1)!!: all terms positive. */
function erfSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 100 && term > sum * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** exp(-x²) / (sqrt(pi) * (x + 1/2 / (x + 1 / (x + 3/2 / (x + …))))) for large x. */
function erfcFraction(x: number): number {
  let denominator = x;
  for (let n = 60; n >= 1; n--) denominator = x + n / 2 / denominator;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * denominator);
}
