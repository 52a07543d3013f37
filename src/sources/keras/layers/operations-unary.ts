import type { ValueId } from "../../../ir/graph.ts";
import type { Activation, UnaryOp } from "../../../ir/ops/activation.ts";
import { constantWeight } from "../../../weights/constant.ts";
import type { LayerCall } from "../layer-spec.ts";
import { emitActivation } from "./activation.ts";
import { namedActivation, relu } from "./activation-names.ts";
import { resolveAxis } from "./axes.ts";
import {
  numbersOption,
  type Operation,
  type OperationLowering,
  valueOperand,
} from "./operation.ts";
import { emitAffine } from "./preprocessing.ts";

/** One element-wise function. */
export function emitUnary(call: LayerCall, fn: UnaryOp["fn"], x: ValueId): ValueId {
  return call.emit({ kind: "unary", fn, weights: {} }, x);
}

const UNARY: readonly (readonly [string, UnaryOp["fn"]])[] = [
  ["abs", "abs"],
  ["absolute", "abs"],
  ["negative", "neg"],
  ["neg", "neg"],
  ["square", "square"],
  ["sqrt", "sqrt"],
  ["rsqrt", "rsqrt"],
  ["log", "log"],
  ["reciprocal", "reciprocal"],
  ["sin", "sin"],
  ["cos", "cos"],
  ["floor", "floor"],
  ["ceil", "ceil"],
  ["round", "round"],
  ["sign", "sign"],
];

/** Activations whose operation has an option; all others go by name. */
const WITH_OPTION: readonly (readonly [string, (operation: Operation) => Activation])[] = [
  ["leakyrelu", (op) => relu({ negativeSlope: numberOption(op, 0.2, "negative_slope", "alpha") })],
  ["elu", (op) => ({ fn: "elu", alpha: numberOption(op, 1, "alpha") })],
  ["celu", (op) => ({ fn: "celu", alpha: numberOption(op, 1, "alpha") })],
  ["squareplus", (op) => ({ fn: "squareplus", b: numberOption(op, 4, "b") })],
  ["hardshrink", (op) => ({ fn: "hardShrink", threshold: numberOption(op, 0.5, "threshold") })],
  ["softshrink", (op) => ({ fn: "softShrink", threshold: numberOption(op, 0.5, "threshold") })],
  [
    "threshold",
    (op) => ({
      fn: "threshold",
      threshold: numberOption(op, 0, "threshold"),
      value: numberOption(op, 0, "default_value", "value"),
    }),
  ],
];

const BY_NAME = [
  "relu",
  "relu6",
  "selu",
  "sigmoid",
  "tanh",
  "softplus",
  "softsign",
  "silu",
  "swish",
  "exp",
  "hardsigmoid",
  "hardsilu",
  "hardtanh",
  "logsigmoid",
  "sparseplus",
  "sparsesigmoid",
  "tanhshrink",
  "mish",
];

/** Functions of one operand, element by element or along one axis. */
export const unaryOperations: ReadonlyMap<string, OperationLowering> = new Map<
  string,
  OperationLowering
>([
  ...UNARY.map(([name, fn]) => [name, unary(fn)] as const),
  ...BY_NAME.map((name) => [name, byName(name)] as const),
  ...WITH_OPTION.map(([name, activationOf]) => [name, withOption(activationOf)] as const),
  ...["softmax", "logsoftmax", "sparsemax", "glu"].map((name) => [name, alongAxis(name)] as const),
  // Keras 3's `gelu` operation approximates unless told otherwise; TensorFlow's does not.
  ["gelu", lowerGelu],
  ["clip", lowerClip],
  ["clipbyvalue", lowerClip],
  ["log1p", lowerLog1p],
  ["expm1", lowerExpm1],
  ["identity", (operation) => [valueOperand(operation)]],
  ["stopgradient", (operation) => [valueOperand(operation)]],
  ["copy", (operation) => [valueOperand(operation)]],
]);

function unary(fn: UnaryOp["fn"]): OperationLowering {
  return (operation) => [emitUnary(operation.call, fn, subject(operation))];
}

function byName(name: string): OperationLowering {
  return (operation) => {
    const { call } = operation;
    const x = subject(operation);
    const activation = namedActivation(name, call.shapeOf(x).length - 1, call.dialect);
    if (activation === undefined) return call.refuse(`the function ${name} is not known.`);
    return [emitActivation(call, activation, x)];
  };
}

function withOption(activationOf: (operation: Operation) => Activation): OperationLowering {
  return (operation) => [
    emitActivation(operation.call, activationOf(operation), subject(operation)),
  ];
}

function alongAxis(name: string): OperationLowering {
  return (operation) => {
    const { call } = operation;
    const x = subject(operation);
    const axes = numbersOption(operation, "axis") ?? [-1];
    if (axes.length !== 1) call.refuse(`${name} over several axes cannot be expressed.`);
    const axis = resolveAxis(call, axes[0] ?? -1, call.shapeOf(x).length);
    const activation = namedActivation(name, axis, call.dialect);
    if (activation === undefined) return call.refuse(`the function ${name} is not known.`);
    return [emitActivation(call, activation, x)];
  };
}

function lowerGelu(operation: Operation): readonly ValueId[] {
  const stated = operation.option("approximate");
  const approximate =
    stated === undefined ? operation.call.dialect.generation === 3 : stated === true;
  return [emitActivation(operation.call, { fn: "gelu", approximate }, subject(operation))];
}

function lowerClip(operation: Operation): readonly ValueId[] {
  const min = numbersOption(operation, "x_min", "clip_value_min", "min")?.[0];
  const max = numbersOption(operation, "x_max", "clip_value_max", "max")?.[0];
  const bounds = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  const op = { kind: "unary", fn: "clip", ...bounds, weights: {} } as const;
  return [operation.call.emit(op, valueOperand(operation, 0, "t", "x"))];
}

function lowerLog1p(operation: Operation): readonly ValueId[] {
  const { call } = operation;
  const offset = constantWeight(`${call.origin.layer}/1`, [1], [1]);
  return [emitUnary(call, "log", emitAffine(call, subject(operation), { offset }))];
}

function lowerExpm1(operation: Operation): readonly ValueId[] {
  const { call } = operation;
  const power = emitActivation(call, { fn: "exponential" }, subject(operation));
  const offset = constantWeight(`${call.origin.layer}/-1`, [1], [-1]);
  return [emitAffine(call, power, { offset })];
}

function subject(operation: Operation): ValueId {
  return valueOperand(operation, 0, "x", "features", "logits", "input");
}

function numberOption(operation: Operation, fallback: number, ...names: readonly string[]): number {
  return numbersOption(operation, ...names)?.[0] ?? fallback;
}
