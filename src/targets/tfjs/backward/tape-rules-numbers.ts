import {
  abs,
  add,
  cast,
  cos,
  cumprod,
  div,
  equal,
  exp,
  greater,
  greaterEqual,
  less,
  lessEqual,
  log,
  logicalAnd,
  mul,
  neg,
  onesLike,
  pow,
  reshape,
  sigmoid,
  sign,
  sin,
  square,
  sub,
  sum,
  type Tensor,
  transpose,
  util,
  where,
  zerosLike,
} from "@tensorflow/tfjs-core";
import { tensorAt } from "../forward.ts";
import { onlyOne, type TapeEntry } from "./tape-rule.ts";
import { unbroadcast } from "./unbroadcast.ts";

/** Kernels that compute number by number, and those that make one number of many. */
export function numberRules(): Readonly<Record<string, TapeEntry>> {
  return { ...ofOne(UNARY), ...BINARY, ...COMPARISONS, ...REDUCTIONS };
}

type Slope = (x: Tensor, y: Tensor, attributes: object) => Tensor;

const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

const UNARY: Readonly<Record<string, Slope>> = {
  Abs: (x) => sign(x),
  Neg: (x) => neg(onesLike(x)),
  Square: (x) => mul(x, 2),
  Sqrt: (_, y) => div(0.5, y),
  Rsqrt: (x, y) => div(mul(y, -0.5), x),
  Reciprocal: (_, y) => neg(square(y)),
  Exp: (_, y) => y,
  Expm1: (_, y) => add(y, 1),
  Log: (x) => div(1, x),
  Sin: (x) => cos(x),
  Cos: (x) => neg(sin(x)),
  Sigmoid: (_, y) => mul(y, sub(1, y)),
  Tanh: (_, y) => sub(1, square(y)),
  Softplus: (x) => sigmoid(x),
  Erf: (x) => mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI)),
  Relu: (x) => truth(greater(x, 0)),
  Relu6: (x) => truth(logicalAnd(greater(x, 0), less(x, 6))),
  LeakyRelu: (x, _, attributes) =>
    where(greater(x, 0), onesLike(x), mul(onesLike(x), Number(Reflect.get(attributes, "alpha")))),
  Elu: (x, y) => where(greater(x, 0), onesLike(x), add(y, 1)),
  Selu: (x) => mul(where(greater(x, 0), onesLike(x), mul(exp(x), SELU_ALPHA)), SELU_SCALE),
  ClipByValue: (x, _, attributes) => {
    const [least, most] = ["clipValueMin", "clipValueMax"].map((name) =>
      Number(Reflect.get(attributes, name)),
    );
    return truth(logicalAnd(greaterEqual(x, least ?? 0), lessEqual(x, most ?? 0)));
  },
  Sign: (x) => zerosLike(x),
  Floor: (x) => zerosLike(x),
  Ceil: (x) => zerosLike(x),
  Round: (x) => zerosLike(x),
  ZerosLike: (x) => zerosLike(x),
  OnesLike: (x) => zerosLike(x),
};

function ofOne(slopes: Readonly<Record<string, Slope>>): Record<string, TapeEntry> {
  return Object.fromEntries(
    Object.entries(slopes).map(([kernel, slope]): [string, TapeEntry] => [
      kernel,
      {
        reads: ["x"],
        output: true,
        rule: (dy, { inputs, outputs }, attributes) => ({
          x: () => mul(onlyOne(dy), slope(tensorAt(inputs, 0), tensorAt(outputs, 0), attributes)),
        }),
      },
    ]),
  );
}

type Share = (a: Tensor, b: Tensor, dy: Tensor) => Tensor;

function ofTwo(toA: Share, toB: Share): TapeEntry {
  return {
    reads: ["a", "b"],
    rule: (gradient, { inputs }) => {
      const [a, b, dy] = [tensorAt(inputs, 0), tensorAt(inputs, 1), onlyOne(gradient)];
      return {
        a: () => unbroadcast(toA(a, b, dy), a.shape),
        b: () => unbroadcast(toB(a, b, dy), b.shape),
      };
    },
  };
}

/** Of equal numbers the first has it. */
const BINARY: Readonly<Record<string, TapeEntry>> = {
  Add: ofTwo(
    (_a, _b, dy) => dy,
    (_a, _b, dy) => dy,
  ),
  Sub: ofTwo(
    (_a, _b, dy) => dy,
    (_a, _b, dy) => neg(dy),
  ),
  Multiply: ofTwo(
    (_, b, dy) => mul(dy, b),
    (a, _, dy) => mul(dy, a),
  ),
  RealDiv: ofTwo(
    (_, b, dy) => div(dy, b),
    (a, b, dy) => neg(div(mul(dy, a), square(b))),
  ),
  Maximum: ofTwo(
    (a, b, dy) => mul(dy, truth(greaterEqual(a, b))),
    (a, b, dy) => mul(dy, truth(less(a, b))),
  ),
  Minimum: ofTwo(
    (a, b, dy) => mul(dy, truth(lessEqual(a, b))),
    (a, b, dy) => mul(dy, truth(greater(a, b))),
  ),
  Pow: ofTwo(
    (a, b, dy) => mul(dy, mul(b, pow(a, sub(b, 1)))),
    (a, b, dy) => mul(dy, mul(pow(a, b), log(abs(a)))),
  ),
};

/** Truth values do not change with what is compared. */
const COMPARISONS: Readonly<Record<string, TapeEntry>> = Object.fromEntries(
  ["Greater", "GreaterEqual", "Less", "LessEqual", "Equal", "NotEqual"].map((kernel) => [
    kernel,
    ofTwo(
      (a) => zerosLike(a),
      (_, b) => zerosLike(b),
    ),
  ]),
);

type Spread = (dy: Tensor, x: Tensor, y: Tensor, axes: readonly number[]) => Tensor;

/** `spread` gets gradient and output with the axes that were reduced as 1. */
function ofMany(axisName: string, spread: Spread): TapeEntry {
  return {
    reads: ["x"],
    output: true,
    rule: (dy, { inputs, outputs }, attributes) => {
      const x = tensorAt(inputs, 0);
      const stated: unknown = Reflect.get(attributes, axisName);
      const given = typeof stated === "number" || isNumbers(stated) ? stated : undefined;
      const axes = util.parseAxisParam(given ?? x.shape.map((_, axis) => axis), x.shape);
      const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
      const [slopes, y] = [reshape(onlyOne(dy), kept), reshape(tensorAt(outputs, 0), kept)];
      return { x: () => spread(slopes, x, y, axes) };
    },
  };
}

/** Equal maxima share the gradient, as TensorFlow's `reduce_max` has it. */
const toExtreme: Spread = (dy, x, y, axes) => {
  const held = truth(equal(x, y));
  return mul(held, div(dy, sum(held, [...axes], true)));
};

const REDUCTIONS: Readonly<Record<string, TapeEntry>> = {
  Sum: ofMany("axis", (dy, x) => mul(dy, onesLike(x))),
  Mean: ofMany("axis", (dy, x) => mul(div(dy, x.size / dy.size), onesLike(x))),
  Max: ofMany("reductionIndices", toExtreme),
  Min: ofMany("axis", toExtreme),
  Prod: ofMany("axis", (dy, x, _, axes) => mul(dy, productOfOthers(x, axes))),
};

/** For each number the product of all others, zeros or not. */
function productOfOthers(x: Tensor, axes: readonly number[]): Tensor {
  const rest = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const order = [...rest, ...axes];
  const moved = transpose(x, order);
  const count = axes.reduce((product, axis) => product * (x.shape[axis] ?? 1), 1);
  const rows = reshape(moved, [-1, count]);
  const others = mul(cumprod(rows, 1, true, false), cumprod(rows, 1, true, true));
  return transpose(
    reshape(others, moved.shape),
    x.shape.map((_, axis) => order.indexOf(axis)),
  );
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((one) => typeof one === "number");
}

function truth(value: Tensor): Tensor {
  return cast(value, "float32");
}
