import type { WeightParams } from "../../formats/coreml/types.gen.ts";
import { countStored } from "../../formats/coreml/weight-values.ts";
import { type LayerCall, on } from "../call.ts";
import { GELU, nonlinearityOf, softplus } from "../nonlinearity.ts";
import { softmaxOf } from "../softmax.ts";
import { around, emptyTensor, mapTensor, type Tensor } from "../tensor.ts";

/** @see NeuralNetwork.proto ActivationParams */
export const activation = on("activation", (params, call) => {
  const x = call.input();
  const { PReLU, parametricSoftplus } = params;
  if (PReLU !== undefined) {
    const alpha = perChannel(call, x, PReLU.alpha, "alpha");
    return mapChannels(x, (value, channel) => (value >= 0 ? value : alpha(channel) * value));
  }
  if (parametricSoftplus !== undefined) {
    const alpha = perChannel(call, x, parametricSoftplus.alpha, "alpha");
    const beta = perChannel(call, x, parametricSoftplus.beta, "beta");
    return mapChannels(x, (value, channel) => alpha(channel) * softplus(beta(channel) * value));
  }
  const f = nonlinearityOf(params);
  return f === undefined ? call.fail("names no activation", "bad-config") : mapTensor(x, f);
});

/** Over axis -3. */
export const softmax = on("softmax", (_, call) => {
  const x = call.input(0, 3);
  return softmaxOf(x, x.shape.length - 3);
});

/** Over any axis. */
export const softmaxND = on("softmaxND", ({ axis = 0 }, call) => {
  const x = call.input(0, 1);
  return softmaxOf(x, call.axis(axis, x.shape.length));
});

/** Keeps numbers within two bounds. */
export const clip = on("clip", ({ minVal = 0, maxVal = 0 }, call) =>
  mapTensor(call.input(), (x) => Math.min(Math.max(x, minVal), maxVal)),
);

/** Rectifies with a slope below zero and a bound above. */
export const clampedReLU = on("clampedReLU", ({ alpha = 0, beta = 0 }, call) =>
  mapTensor(call.input(), (x) => Math.min(beta, x >= 0 ? x : alpha * x)),
);

/** In one of three forms. */
export const gelu = on("gelu", ({ mode = "EXACT" }, call) => mapTensor(call.input(), GELU[mode]));

/** A number per channel (axis -3), or one for all. */
function perChannel(
  call: LayerCall,
  x: Tensor,
  params: WeightParams | undefined,
  what: string,
): (channel: number) => number {
  const channels = x.shape.at(-3) ?? 1;
  const count = (params && countStored(params)) ?? channels;
  const values = call.weights(params, [count === 1 ? 1 : channels], what);
  return (channel) => values[values.length === 1 ? 0 : channel] ?? 0;
}

function mapChannels(x: Tensor, f: (value: number, channel: number) => number): Tensor {
  const result = emptyTensor(x.shape);
  const [, channels, inner] = around(x.shape, x.shape.length - 3);
  for (let index = 0; index < x.data.length; index++) {
    result.data[index] = f(x.data[index] ?? 0, Math.floor(index / inner) % channels);
  }
  return result;
}
