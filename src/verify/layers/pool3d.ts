import { on } from "../call.ts";
import { pool } from "../pooling.ts";
import { volumeBorders } from "./borders.ts";

/**
 * 3-D pooling over the last three axes.
 *
 * @see NeuralNetwork.proto Pooling3DLayerParams
 */
export const pooling3d = on("pooling3d", (params, call) => {
  const x = call.input(0, 5);
  const size = {
    kernel: [params.kernelDepth, params.kernelHeight, params.kernelWidth].map((k) => k || 1),
    stride: [params.strideDepth, params.strideHeight, params.strideWidth].map((s) => s || 1),
    dilation: [1, 1, 1],
  };
  return pool(x, {
    window: { ...size, ...volumeBorders(params, x.shape.slice(-3), size) },
    type: params.type ?? "MAX",
    excludePadding: params.countExcludePadding === true,
  });
});

/** @see NeuralNetwork.proto GlobalPooling3DLayerParams */
export const globalPooling3d = on("globalPooling3d", (params, call) => {
  const x = call.input(0, 5);
  const zeros = [0, 0, 0];
  const ones = [1, 1, 1];
  const kernel = x.shape.slice(-3);
  return pool(x, {
    window: { kernel, stride: ones, dilation: ones, before: zeros, after: zeros },
    type: params.type ?? "MAX",
    excludePadding: false,
  });
});
