import type { WeightParams } from "../../../formats/coreml/types.gen.ts";
import { countStored } from "../../../formats/coreml/weight-values.ts";
import type { ValueId } from "../../../ir/graph.ts";
import type { Activation, UnaryOp } from "../../../ir/ops/activation.ts";
import type { WeightRef } from "../../../ir/tensor.ts";
import { reshapeWeight } from "../../../weights/reshape.ts";
import type { Blob } from "../blob.ts";
import { type LayerCall, type LayerLowering, on } from "../layer-call.ts";
import { singleNumber } from "../single-number.ts";
import type { Spelled } from "../spelling.ts";
import { reluWith, simpleActivation } from "./activation-function.ts";
import { emitLinear, emitScaled } from "./affine-steps.ts";

/** @see NeuralNetwork.proto ActivationParams */
export const activation = on("activation", (params, call) => {
  const x = call.input();
  const simple = simpleActivation(params);
  if (simple !== undefined) return finishActivation(call, x, simple);
  const value = call.valueOf(x);
  const { linear, scaledTanh, PReLU, parametricSoftplus } = params;
  if (linear !== undefined) {
    const moved = emitLinear(call, value, singleNumber(linear.alpha), singleNumber(linear.beta));
    return call.finishAs(moved, x);
  }
  if (scaledTanh !== undefined) {
    const inner = emitLinear(call, value, singleNumber(scaledTanh.beta), 0);
    const bent = emitActivation(call, inner, { fn: "tanh" });
    return call.finishAs(emitLinear(call, bent, singleNumber(scaledTanh.alpha), 0), x);
  }
  if (PReLU !== undefined) return lowerPrelu(call, x, PReLU.alpha);
  if (parametricSoftplus === undefined) return call.fail("names no activation", "bad-config");
  const { x: wide, vector } = channelVectors(call, x);
  const beta = emitScaled(call, call.valueOf(wide), {
    scale: vector(parametricSoftplus.beta, "beta"),
  });
  const bent = emitActivation(call, beta, { fn: "softplus" });
  call.finishAs(emitScaled(call, bent, { scale: vector(parametricSoftplus.alpha, "alpha") }), wide);
});

/** Over channels. */
export const softmax = on("softmax", (_, call) => {
  const x = call.input(0, 3);
  alongAxis(call, x, x.axes.length - 3, "softmax");
});

/** Over any axis. */
export const softmaxND = on("softmaxND", ({ axis = 0 }, call) => {
  const x = call.input(0, 1);
  alongAxis(call, x, call.axis(axis, x.axes.length), "softmax");
});

/** Keeps numbers within two bounds. */
export const clip = on("clip", ({ minVal, maxVal }, call) => {
  const [min, max] = [singleNumber(minVal), singleNumber(maxVal)];
  const x = call.input();
  if (min === 0 && max > 0) return finishActivation(call, x, reluWith({ maxValue: max }));
  finishUnary(call, x, { kind: "unary", fn: "clip", min, max, weights: {} });
});

/** Rectifies with a slope below zero and a bound above: `min(beta, x >= 0 ? x : alpha * x)`. */
export const clampedReLU = on("clampedReLU", ({ alpha, beta }, call) => {
  const [negativeSlope, maxValue] = [singleNumber(alpha), singleNumber(beta)];
  const x = call.input();
  if (maxValue >= 0 && negativeSlope >= 0) {
    return finishActivation(call, x, reluWith({ negativeSlope, maxValue }));
  }
  const bent = emitActivation(call, call.valueOf(x), reluWith({ negativeSlope }));
  const op = { kind: "unary", fn: "clip", max: maxValue, weights: {} } as const;
  call.finishAs(call.emit(op, bent), x);
});

/** In one of three forms. */
export const gelu = on("gelu", ({ mode = "EXACT" }, call) => {
  const x = call.input();
  if (mode !== "SIGMOID_APPROXIMATION") {
    return finishActivation(call, x, { fn: "gelu", approximate: mode !== "EXACT" });
  }
  const value = call.valueOf(x);
  const gate = emitActivation(call, emitLinear(call, value, 1.702, 0), { fn: "sigmoid" });
  call.finishAs(call.emit({ kind: "merge", fn: "multiply", weights: {} }, value, gate), x);
});

/** A function of `scale * x + shift`. @see NeuralNetwork.proto UnaryFunctionLayerParams */
export const unary = on("unary", (params, call) => {
  const x = call.input();
  const scale = singleNumber(params.scale || 1);
  const shift = singleNumber(params.shift);
  const epsilon = singleNumber(params.epsilon || 1e-6);
  const alpha = singleNumber(params.alpha);
  const inner = (beyond = 0): ValueId => emitLinear(call, call.valueOf(x), scale, shift + beyond);
  const finish = (
    fn: UnaryOp["fn"],
    value: ValueId,
    more: Pick<UnaryOp, "exponent" | "min"> = {},
  ) => call.finishAs(call.emit({ kind: "unary", fn, ...more, weights: {} }, value), x);
  switch (params.type ?? "SQRT") {
    case "SQRT":
      return finish("sqrt", inner());
    case "RSQRT":
      return finish("rsqrt", inner(epsilon));
    case "INVERSE":
      // an epsilon of this size only stands for none, which cannot be written
      return finish("reciprocal", inner(epsilon < 1e-30 ? 0 : epsilon));
    case "POWER":
      return alpha === 2 ? finish("square", inner()) : lowerPower(alpha, inner(), finish);
    case "EXP":
      return call.finishAs(emitActivation(call, inner(), { fn: "exponential" }), x);
    case "LOG":
      return finish("log", inner());
    case "ABS":
      return finish("abs", inner());
    case "THRESHOLD":
      return finish("clip", inner(), { min: alpha });
  }
});

function lowerPower(
  alpha: number,
  value: ValueId,
  finish: (fn: UnaryOp["fn"], value: ValueId, more?: Pick<UnaryOp, "exponent">) => void,
): void {
  if (alpha === -0.5) {
    finish("rsqrt", value);
    return;
  }
  finish("power", value, { exponent: alpha });
}

/** Functions of one number. */
export const ceil = plain("ceil");
export const floor = plain("floor");
export const sign = plain("sign");
export const sin = plain("sin");
export const cos = plain("cos");

/** `tanh(x)` */
export const tanh: LayerLowering = (call) => finishActivation(call, call.input(), { fn: "tanh" });

/** `2 ** x` */
export const exp2: LayerLowering = (call) => {
  const x = call.input();
  const grown = emitLinear(call, call.valueOf(x), Math.LN2, 0);
  call.finishAs(emitActivation(call, grown, { fn: "exponential" }), x);
};

/** The blob under another name. */
export const copy: LayerLowering = (call) => call.bind(call.input());

function plain(fn: UnaryOp["fn"]): LayerLowering {
  return (call) => finishUnary(call, call.input(), { kind: "unary", fn, weights: {} });
}

function finishUnary(call: LayerCall, x: Blob, op: UnaryOp): void {
  call.finishAs(call.emit(op, call.valueOf(x)), x);
}

/** Adds an activation. */
export function emitActivation(call: LayerCall, value: ValueId, fn: Activation): ValueId {
  return call.emit({ kind: "activation", activation: fn, weights: {} }, value);
}

/** The layer is this activation. */
export function finishActivation(call: LayerCall, x: Blob, fn: Activation): void {
  call.finishAs(emitActivation(call, call.valueOf(x), fn), x);
}

/** The layer is this function along an axis of the blob. */
export function alongAxis(
  call: LayerCall,
  x: Blob,
  index: number,
  fn: "softmax" | "logSoftmax" | "glu",
): void {
  call.touch(x, index);
  const places = call.placesWith(x, index);
  const axis = places.indexOf(index) + 1;
  const value = emitActivation(call, call.arrange(x, places), { fn, axis });
  call.finish(value, x.axes, places);
}

function lowerPrelu(call: LayerCall, x: Blob, params: WeightParams | undefined): void {
  const { x: wide, vector, rank, axis } = channelVectors(call, x);
  const alpha = vector(params, "alpha");
  const shape = Array.from({ length: rank }, (_, index) =>
    index === axis - 1 && alpha.shape.some((dim) => dim !== 1) ? (alpha.shape[0] ?? 1) : 1,
  );
  const weights = { alpha: reshapeWeight(alpha, shape) };
  call.finishAs(call.emit({ kind: "prelu", weights }, call.valueOf(wide)), wide);
}

/** The blob with its channels as an axis of the value, and vectors along that axis that broadcast to it. */
function channelVectors(
  call: LayerCall,
  blob: Blob,
): {
  readonly x: Blob;
  readonly rank: number;
  readonly axis: number;
  vector(params: WeightParams | undefined, role: string): WeightRef;
} {
  const index = blob.axes.length - 3;
  if (index < 0) call.fail("has no axis of channels");
  const places = call.placesWith(blob, index);
  const value = call.arrange(blob, places);
  const axes = blob.axes.map((axis, at) => {
    const position = places.indexOf(at);
    return { ...axis, at: position < 0 ? undefined : position + 1 };
  });
  const rank = places.length;
  const axis = places.indexOf(index) + 1;
  const channels = call.typeOf(value).shape[axis] ?? 1;
  return {
    x: { value, axes },
    rank,
    axis,
    vector(params, role) {
      const count = (params && countStored(params)) ?? channels;
      const weight = call.weight(params, [count === 1 ? 1 : channels], role);
      if (count === 1) return weight;
      return reshapeWeight(weight, [channels, ...new Array<number>(rank - axis).fill(1)]);
    },
  };
}

/** Several layers that together are one function of each element. */
export function finishSpelled(call: LayerCall, spelled: Spelled): void {
  const x = call.input();
  if (!("unary" in spelled)) {
    finishActivation(call, x, spelled);
    return;
  }
  const { fn, min, max } = spelled;
  const bounds = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  finishUnary(call, x, { kind: "unary", fn, ...bounds, weights: {} });
}
