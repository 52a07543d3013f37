import type { WeightRef } from "../../../ir/tensor.ts";
import { reshapeWeight } from "../../../weights/reshape.ts";
import { transposeWeight } from "../../../weights/transpose.ts";
import type { LayerCall, LayerResult, LayerSpec } from "../layer-spec.ts";
import { activate } from "./activation-config.ts";
import { knownSize, layoutOf, spatialAxes } from "./axes.ts";
import { convInput, withBias } from "./conv.ts";
import { kernelAndBias } from "./dense.ts";
import { stopMask } from "./masks.ts";

/** Convolutions with weights of their own at each place. */
export const localSpecs: readonly LayerSpec[] = [1, 2].map((rank) => ({
  classNames: [`LocallyConnected${rank}D`],
  slots: kernelAndBias,
  lower: (call: LayerCall) => lowerLocal(call, rank),
}));

/** Only the first of tf.keras' three storage forms, which is that of all earlier Keras. */
function lowerLocal(call: LayerCall, rank: number): LayerResult {
  const { config } = call;
  const { input, channels } = convInput(call, rank);
  const ones = Array.from({ length: rank }, () => 1);
  const kernelSize = config.ints("kernel_size", rank);
  const strides = config.ints("strides", rank, ones);
  const implementation = config.int("implementation", 1);
  if (implementation !== 1) {
    call.refuse(`its weights are stored in form ${implementation}; only form 1 is known.`);
  }
  if (config.string("padding", "valid") !== "valid") call.refuse("only valid padding is known.");
  const layout = layoutOf(config);
  const places = spatialAxes(layout, rank + 2).map((axis, index) => {
    const room = knownSize(call, input, axis) - (kernelSize[index] ?? 1);
    return Math.floor(room / (strides[index] ?? 1)) + 1;
  });
  const filters = config.int("filters");
  const patch = kernelSize.reduce((size, dim) => size * dim, 1);
  const positions = places.reduce((size, dim) => size * dim, 1);
  const stored = call.weight("kernel", [positions, patch * channels, filters]);
  const kernel = layout === "channels-last" ? stored : channelsToEnd(stored, channels, patch);
  const weights = withBias(kernel, call.optionalWeight("bias", [...places, filters]));
  const op = { kind: "locallyConnected", kernelSize, strides, layout, weights } as const;
  return stopMask(activate(call, call.emit(op, input)));
}

/** A channels_first layer stores each patch channel by channel. */
function channelsToEnd(kernel: WeightRef, channels: number, patch: number): WeightRef {
  const [positions = 0, , filters = 0] = kernel.shape;
  const apart = reshapeWeight(kernel, [positions, channels, patch, filters]);
  return reshapeWeight(transposeWeight(apart, [0, 2, 1, 3]), [
    positions,
    patch * channels,
    filters,
  ]);
}
