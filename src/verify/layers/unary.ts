import type { UnaryFunctionLayerParamsOperation } from "../../formats/coreml/types.gen.ts";
import { type LayerRun, on } from "../call.ts";
import { erf as gaussError } from "../nonlinearity.ts";
import { mapTensor } from "../tensor.ts";

/**
 * A function of `scale * x + shift`; an unset scale is 1, an unset epsilon 1e-6.
 *
 * @see NeuralNetwork.proto UnaryFunctionLayerParams
 */
export const unary = on("unary", (params, call) => {
  const scale = params.scale || 1;
  const shift = params.shift ?? 0;
  const f = OPERATIONS[params.type ?? "SQRT"](params.alpha ?? 0, params.epsilon || 1e-6);
  return mapTensor(call.input(), (x) => f(scale * x + shift));
});

type Operation = (alpha: number, epsilon: number) => (x: number) => number;

const OPERATIONS: Readonly<Record<UnaryFunctionLayerParamsOperation, Operation>> = {
  SQRT: () => Math.sqrt,
  RSQRT: (_, epsilon) => (x) => 1 / Math.sqrt(x + epsilon),
  INVERSE: (_, epsilon) => (x) => 1 / (x + epsilon),
  POWER: (alpha) => (x) => x ** alpha,
  EXP: () => Math.exp,
  LOG: () => Math.log,
  ABS: () => Math.abs,
  THRESHOLD: (alpha) => (x) => Math.max(alpha, x),
};

/** Functions of one number. */
export const ceil = plain("ceil", Math.ceil);
export const floor = plain("floor", Math.floor);
export const sign = plain("sign", Math.sign);
export const exp2 = plain("exp2", (x) => 2 ** x);
export const sin = plain("sin", Math.sin);
export const cos = plain("cos", Math.cos);
export const tan = plain("tan", Math.tan);
export const asin = plain("asin", Math.asin);
export const acos = plain("acos", Math.acos);
export const atan = plain("atan", Math.atan);
export const sinh = plain("sinh", Math.sinh);
export const cosh = plain("cosh", Math.cosh);
export const tanh = plain("tanh", Math.tanh);
export const asinh = plain("asinh", Math.asinh);
export const acosh = plain("acosh", Math.acosh);
export const atanh = plain("atanh", Math.atanh);
export const erf = plain("erf", gaussError);
export const logicalNot = plain("logicalNot", (x) => (x === 0 ? 1 : 0));
export const copy = plain("copy", (x) => x);

type PlainKind =
  | "ceil"
  | "floor"
  | "sign"
  | "exp2"
  | "sin"
  | "cos"
  | "tan"
  | "asin"
  | "acos"
  | "atan"
  | "sinh"
  | "cosh"
  | "tanh"
  | "asinh"
  | "acosh"
  | "atanh"
  | "erf"
  | "logicalNot"
  | "copy";

/** A layer without parameters that maps each number. */
function plain(kind: PlainKind, f: (x: number) => number): LayerRun {
  return on(kind, (_, call) => mapTensor(call.input(), f));
}
