import type { ValueId } from "../../../ir/graph.ts";
import { reshapeWeight } from "../../../weights/reshape.ts";
import { transposeWeight } from "../../../weights/transpose.ts";
import { type LayerCall, on } from "../layer-call.ts";
import { singleNumber } from "../single-number.ts";
import { emitLinear } from "./affine-steps.ts";

/** Over channels, by stored statistics or by each sample's own. @see NeuralNetwork.proto BatchnormLayerParams */
export const batchnorm = on("batchnorm", (params, call) => {
  const x = call.input(0, 3);
  const index = x.axes.length - 3;
  const channels = params.channels ?? 0;
  const epsilon = singleNumber(params.epsilon || 1e-5);
  const places = call.placesWith(x, index);
  const axis = places.indexOf(index) + 1;
  const value = call.arrange(x, places);
  const gamma = call.weight(params.gamma, [channels], "gamma");
  const beta = call.weight(params.beta, [channels], "beta");
  if (params.computeMeanVar === true) {
    if (params.instanceNormalization !== true)
      call.refuse("it normalises by the batch it is given");
    const op = {
      kind: "groupNorm",
      groups: channels,
      axis,
      epsilon,
      weights: { gamma, beta },
    } as const;
    return call.finish(call.emit(op, value), x.axes, places);
  }
  const mean = call.weight(params.mean, [channels], "mean");
  const variance = call.weight(params.variance, [channels], "variance");
  const weights = { gamma, beta, mean, variance };
  const op = { kind: "batchNorm", axis, epsilon, momentum: 0.99, weights } as const;
  call.finish(call.emit(op, value), x.axes, places);
});

/** By each sample's own mean and variance. @see NeuralNetwork.proto MeanVarianceNormalizeLayerParams */
export const mvn = on("mvn", (params, call) => {
  const x = call.input(0, 3);
  const rank = x.axes.length;
  const tail =
    params.acrossChannels === true ? [rank - 3, rank - 2, rank - 1] : [rank - 2, rank - 1];
  const places = call.placesWith(x, ...tail);
  const axes = tail.map((index) => places.indexOf(index) + 1).sort((a, b) => a - b);
  const value = call.arrange(x, places);
  const epsilon = singleNumber(params.epsilon || 1e-6);
  if (params.normalizeVariance === true) {
    const op = { kind: "layerNorm", axes, epsilon, rms: false, weights: {} } as const;
    return call.finish(call.emit(op, value), x.axes, places);
  }
  const mean = call.emit({ kind: "reduce", fn: "mean", axes, keepDims: true, weights: {} }, value);
  const centred = call.emit({ kind: "merge", fn: "subtract", weights: {} }, value, mean);
  call.finish(centred, x.axes, places);
});

/** Divided by the root of the sum of squares plus epsilon, over channels, height and width. */
export const l2normalize = on("l2normalize", (params, call) => {
  const x = call.input(0, 3);
  const rank = x.axes.length;
  const tail = [rank - 3, rank - 2, rank - 1];
  const places = call.placesWith(x, rank - 3);
  const axes = tail
    .filter((index) => places.includes(index))
    .map((index) => places.indexOf(index) + 1);
  const value = call.arrange(x, places);
  const sum = sumOfSquares(call, value, axes);
  const root = call.emit(
    { kind: "unary", fn: "rsqrt", weights: {} },
    emitLinear(call, sum, 1, singleNumber(params.epsilon || 1e-6)),
  );
  call.finish(
    call.emit({ kind: "merge", fn: "multiply", weights: {} }, value, root),
    x.axes,
    places,
  );
});

function sumOfSquares(call: LayerCall, value: ValueId, axes: readonly number[]): ValueId {
  const square = call.emit({ kind: "unary", fn: "square", weights: {} }, value);
  return call.emit({ kind: "reduce", fn: "sum", axes, keepDims: true, weights: {} }, square);
}

/** @see NeuralNetwork.proto LayerNormalizationLayerParams */
export const layerNormalization = on("layerNormalization", (params, call) => {
  const x = call.input(0, 1);
  const shape = params.normalizedShape ?? [];
  const rank = x.axes.length;
  if (shape.length === 0 || shape.length > rank)
    call.fail("names no shape to normalise", "bad-config");
  const tail = shape.map((_, index) => rank - shape.length + index);
  const places = call.placesWith(x, ...tail);
  const value = call.arrange(x, places);
  const axes = tail.map((index) => places.indexOf(index) + 1);
  const order = axes.map((_, index) => index).sort((a, b) => (axes[a] ?? 0) - (axes[b] ?? 0));
  const turned = (role: "gamma" | "beta") =>
    transposeWeight(reshapeWeight(call.weight(params[role], shape, role), shape), order);
  const op = {
    kind: "layerNorm",
    axes: [...axes].sort((a, b) => a - b),
    epsilon: singleNumber(params.eps),
    rms: false,
    weights: { gamma: turned("gamma"), beta: turned("beta") },
  } as const;
  call.finish(call.emit(op, value), x.axes, places);
});
