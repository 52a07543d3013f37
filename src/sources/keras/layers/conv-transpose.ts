import type { ValueId } from "../../../ir/graph.ts";
import type { Dim } from "../../../ir/tensor.ts";
import type { Json } from "../../../json.ts";
import type { LayerCall, LayerResult, LayerSpec } from "../layer-spec.ts";
import { activate } from "./activation-config.ts";
import { layoutOf } from "./axes.ts";
import { convInput, withBias } from "./conv.ts";
import { kernelAndBias } from "./dense.ts";
import { stopMask } from "./masks.ts";
import { isList } from "./numbers.ts";

/** Transposed convolutions. */
export const convTransposeSpecs: readonly LayerSpec[] = [
  transposed(1, "Conv1DTranspose", "Convolution1DTranspose"),
  transposed(2, "Conv2DTranspose", "Convolution2DTranspose", "Deconvolution2D", "Deconv2D"),
  transposed(3, "Conv3DTranspose", "Convolution3DTranspose", "Deconvolution3D", "Deconv3D"),
];

function transposed(rank: number, ...classNames: readonly string[]): LayerSpec {
  return { classNames, slots: kernelAndBias, lower: (call) => lowerTransposed(call, rank) };
}

function lowerTransposed(call: LayerCall, rank: number): LayerResult {
  const { config } = call;
  const { input, channels } = convInput(call, rank);
  const ones = Array.from({ length: rank }, () => 1);
  const kernelSize = config.ints("kernel_size", rank);
  const strides = config.ints("strides", rank, ones);
  const dilations = config.ints("dilation_rate", rank, ones);
  const padding = config.oneOf("padding", ["valid", "same"] as const, "valid");
  const filters = config.int("filters");
  const weights = withBias(
    call.weight("kernel", [...kernelSize, filters, channels]),
    call.optionalWeight("bias", [filters]),
  );
  const outputPadding = config.has("output_padding")
    ? { outputPadding: config.ints("output_padding", rank) }
    : {};
  if (padding === "same") checkTheano(call, kernelSize, strides);
  const layout = layoutOf(config);
  const op = { kind: "convTranspose", strides, dilations, padding, layout, weights } as const;
  const output = call.emit({ ...op, ...outputPadding }, input);
  checkOldShape(call, output);
  return stopMask(activate(call, output));
}

/** Keras 1 states the output shape in the config and takes any that TensorFlow does; only the usual one is known here. */
function checkOldShape(call: LayerCall, output: ValueId): void {
  const stated = looseShape(call.config.raw("output_shape"));
  if (call.dialect.generation !== 1 || stated === undefined) return;
  const shape = call.shapeOf(output);
  const fits = stated.every((dim, axis) => {
    const own = shape[axis];
    return axis === 0 || dim === null || own === null || dim === own;
  });
  if (!fits) call.refuse("its output_shape is not that of its strides and padding.");
}

function looseShape(json: Json | undefined): readonly Dim[] | undefined {
  if (!isList(json)) return undefined;
  return json.map((dim) => (typeof dim === "number" ? dim : null));
}

/**
 * Theano takes half the kernel off at the front, TensorFlow floor((k - stride) / 2): equal only for odd kernels at stride 1,
 * or where both come out the same.
 */
function checkTheano(
  call: LayerCall,
  kernelSize: readonly number[],
  strides: readonly number[],
): void {
  if (call.dialect.backend !== "theano") return;
  const differs = kernelSize.some((size, axis) => {
    const spare = Math.max(0, size - (strides[axis] ?? 1));
    return Math.floor(spare / 2) !== Math.floor(size / 2);
  });
  if (differs) {
    call.refuse(
      "Theano's padding of a strided transposed convolution differs from every other backend's and cannot be expressed.",
    );
  }
}
