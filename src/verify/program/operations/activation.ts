import { GELU, softplus } from "../../nonlinearity.ts";
import { softmaxOf } from "../../softmax.ts";
import { around, emptyTensor, mapTensor, type Tensor } from "../../tensor.ts";
import type { OperationCall, OperationRun } from "../call.ts";

/** In one of three forms. */
export const gelu: OperationRun = (call) =>
  mapTensor(call.tensor(), GELU[call.word("mode", GELU_MODES, "EXACT")]);

/** Over any axis. */
export const softmax: OperationRun = (call) => {
  const x = call.tensor("x", 1);
  return softmaxOf(x, call.axis(call.number("axis", -1), x.shape.length));
};

/** A slope below zero for each channel (axis 1), or one for all. */
export const prelu: OperationRun = (call) => {
  const alpha = perChannel(call, "alpha");
  return mapChannels(call.tensor("x", 2), (x, channel) => (x < 0 ? alpha(channel) * x : x));
};

/** `alpha * log(1 + exp(beta * x))` with parameters for each channel (axis 1). */
export const softplus_parametric: OperationRun = (call) => {
  const alpha = perChannel(call, "alpha");
  const beta = perChannel(call, "beta");
  return mapChannels(call.tensor("x", 2), (x, channel) => {
    return alpha(channel) * softplus(beta(channel) * x);
  });
};

const GELU_MODES = ["EXACT", "TANH_APPROXIMATION", "SIGMOID_APPROXIMATION"] as const;

function perChannel(call: OperationCall, name: string): (channel: number) => number {
  const channels = call.tensor("x", 2).shape[1] ?? 1;
  const values = call.numbers(name);
  call.require(
    values.length === 1 || values.length === channels,
    `has ${values.length} numbers as "${name}" for ${channels} channels`,
  );
  return (channel) => values[values.length === 1 ? 0 : channel] ?? 0;
}

function mapChannels(x: Tensor, f: (value: number, channel: number) => number): Tensor {
  const result = emptyTensor(x.shape);
  const [, channels, inner] = around(x.shape, 1);
  for (let index = 0; index < x.data.length; index++) {
    result.data[index] = f(x.data[index] ?? 0, Math.floor(index / inner) % channels);
  }
  return result;
}
