import type { PoolingLayerParams } from "../../formats/coreml/types.gen.ts";
import { type LayerCall, on } from "../call.ts";
import { type Pooling, pool } from "../pooling.ts";
import { samePadding, type Window } from "../window.ts";
import { borderAmounts, pairOf } from "./borders.ts";

/**
 * 2-D pooling over axes -2 and -1.
 *
 * @see NeuralNetwork.proto PoolingLayerParams
 */
export const pooling = on("pooling", (params, call) => {
  const x = call.input(0, 4);
  const spatial = x.shape.slice(-2);
  const excludePadding = params.avgPoolExcludePadding === true;
  const type = params.type ?? "MAX";
  if (params.globalPooling === true) {
    const window = { ...NO_STEPS, kernel: spatial };
    return pool(x, { window, type, excludePadding });
  }
  return pool(x, { type, excludePadding, ...windowOf(params, call, spatial) });
});

const NO_STEPS = { stride: [1, 1], dilation: [1, 1], before: [0, 0], after: [0, 0] };

function windowOf(
  params: PoolingLayerParams,
  call: LayerCall,
  spatial: readonly number[],
): Pick<Pooling, "window" | "sizes"> {
  const size = {
    kernel: pairOf(params.kernelSize, 3),
    stride: pairOf(params.stride, 1),
    dilation: [1, 1],
  };
  if (params.same !== undefined) {
    const heavyStart = params.same.asymmetryMode === "TOP_LEFT_HEAVY";
    return { window: { ...size, ...samePadding(spatial, size, heavyStart) } };
  }
  if (params.includeLastPixel !== undefined) {
    const amounts = pairOf(params.includeLastPixel.paddingAmounts, 0);
    const window = { ...size, before: amounts, after: amounts };
    return { window, sizes: sizesWithLastPixel(spatial, window) };
  }
  if (params.valid === undefined) call.fail("states no padding type", "bad-config");
  return { window: { ...size, ...borderAmounts(params.valid?.paddingAmounts) } };
}

/** Caffe's rule: round up, but let no window begin in the padding behind the input. */
function sizesWithLastPixel(spatial: readonly number[], window: Window): number[] {
  const anyPadding = window.before.some((amount) => amount > 0);
  return spatial.map((input, axis) => {
    const stride = window.stride[axis] ?? 1;
    const padding = window.before[axis] ?? 0;
    const size = Math.ceil((input + 2 * padding - (window.kernel[axis] ?? 1)) / stride) + 1;
    return anyPadding && (size - 1) * stride >= input + padding ? size - 1 : size;
  });
}
