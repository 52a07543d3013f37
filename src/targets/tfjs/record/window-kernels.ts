import { broadcast_util, type TensorInfo } from "@tensorflow/tfjs-core";
import { fail } from "../../../errors.ts";
import type { JsonObject } from "../../../json.ts";
import { attr, flagOf, numbersOf, textOf } from "./attributes.ts";
import { type Call, inputAt, list, type RecordKernel, record } from "./call.ts";

/** Kernels that slide windows or multiply matrices. */
export const WINDOW_KERNELS: Readonly<Record<string, RecordKernel>> = {
  AvgPool: (call) => pool(call, "AvgPool"),
  AvgPool3D: (call) => {
    const x = inputAt(call, 0);
    const [size, strides] = [
      numbersOf(call.attrs, "filterSize", 3),
      numbersOf(call.attrs, "strides", 3),
    ];
    const same = textOf(call.attrs, "pad") === "same";
    const shape = slid(x.shape, size, strides, same, x.shape.at(-1) ?? 0);
    const attrs = {
      ksize: attr.ints([1, ...size, 1]),
      strides: attr.ints([1, ...strides, 1]),
      padding: attr.text(same ? "SAME" : "VALID"),
      data_format: attr.text("NDHWC"),
    };
    return record(call, "AvgPool3D", [x], shape, attrs);
  },
  BatchMatMul: (call) => {
    const [a, b] = [inputAt(call, 0), inputAt(call, 1)];
    const lead = broadcast_util.assertAndGetBroadcastShape(
      a.shape.slice(0, -2),
      b.shape.slice(0, -2),
    );
    const shape = [...lead, a.shape.at(-2) ?? 0, b.shape.at(-1) ?? 0];
    const attrs = { adj_x: attr.flag(false), adj_y: attr.flag(false) };
    return record(call, "BatchMatMulV2", [a, b], shape, attrs);
  },
  Conv2D: (call) => convolved(call, "Conv2D"),
  FusedConv2D: (call) => convolved(call, "_FusedConv2D"),
  Conv2DBackpropInput: (call) => {
    const [dy, filter] = [inputAt(call, 0), inputAt(call, 1)];
    const shape = numbersOf(call.attrs, "inputShape");
    const attrs = windowAttrs(call, [1, 1]);
    return record(call, "Conv2DBackpropInput", [list(shape), filter, dy], shape, attrs);
  },
  Conv3D: (call) => {
    const [x, filter] = [inputAt(call, 0), inputAt(call, 1)];
    const strides = numbersOf(call.attrs, "strides", 3);
    const same = textOf(call.attrs, "pad") === "same";
    const shape = slid(x.shape, filter.shape.slice(0, 3), strides, same, filter.shape.at(-1) ?? 0);
    const attrs = {
      strides: attr.ints([1, ...strides, 1]),
      padding: attr.text(same ? "SAME" : "VALID"),
      data_format: attr.text("NDHWC"),
      dilations: attr.ints([1, 1, 1, 1, 1]),
    };
    return record(call, "Conv3D", [x, filter], shape, attrs);
  },
  DepthwiseConv2dNative: (call) => convolved(call, "DepthwiseConv2dNative"),
  FusedDepthwiseConv2D: (call) => convolved(call, "FusedDepthwiseConv2dNative"),
  MaxPool: (call) => pool(call, "MaxPool"),
  ResizeBilinear: (call) => {
    const x = inputAt(call, 0);
    const size = numbersOf(call.attrs, "size");
    const shape = [x.shape[0] ?? 0, ...size, x.shape[3] ?? 0];
    const attrs = {
      align_corners: attr.flag(flagOf(call.attrs, "alignCorners")),
      half_pixel_centers: attr.flag(flagOf(call.attrs, "halfPixelCenters")),
    };
    return record(call, "ResizeBilinear", [x, list(size)], shape, attrs);
  },
  _FusedMatMul: (call) => {
    const [a, b] = [inputAt(call, 0), inputAt(call, 1)];
    const { recorder } = call;
    // The op of tfjs gives its matrices a leading axis of 1; TensorFlow multiplies plain ones.
    const plain = (x: TensorInfo): TensorInfo => recorder.view(x, x.shape.slice(-2));
    const shape = [a.shape.at(-2) ?? 0, b.shape.at(-1) ?? 0];
    const attrs = { transpose_a: attr.flag(false), transpose_b: attr.flag(false) };
    const y = fusedOr(call, "MatMul", "_FusedMatMul", [plain(a), plain(b)], shape, attrs);
    return recorder.view(y, [...a.shape.slice(0, -2), ...shape]);
  },
};

/** The plain operation and an activation, or the fused one where there is a bias. */
function fusedOr(
  call: Call,
  plain: string,
  fused: string,
  inputs: readonly TensorInfo[],
  shape: readonly number[],
  attrs: JsonObject,
): TensorInfo {
  const { bias } = call.named;
  const name = textOf(call.attrs, "activation");
  const after = ACTIVATIONS[name === "" ? "linear" : name];
  if (after === undefined) return fail("internal", `The activation ${name} is not recorded.`);
  if (bias == null) {
    const y = record(call, plain, inputs, shape, attrs);
    return after === "" ? y : record(call, after, [y], shape);
  }
  return record(call, fused, [...inputs, bias], shape, {
    ...attrs,
    num_args: attr.int(1),
    fused_ops: attr.texts(after === "" ? ["BiasAdd"] : ["BiasAdd", after]),
  });
}

const ACTIVATIONS: Readonly<Record<string, string>> = { linear: "", relu: "Relu", relu6: "Relu6" };

function convolved(call: Call, op: string): TensorInfo {
  const [x, filter] = [inputAt(call, 0), inputAt(call, 1)];
  const deep = op.includes("Depthwise");
  const strides = numbersOf(call.attrs, "strides", 2);
  const dilations = numbersOf(call.attrs, "dilations", 2);
  const [kernelIn = 0, kernelOut = 0] = filter.shape.slice(-2);
  const reach = filter.shape
    .slice(0, 2)
    .map((size, axis) => (size - 1) * (dilations[axis] ?? 1) + 1);
  const same = textOf(call.attrs, "pad") === "same";
  const shape = slid(x.shape, reach, strides, same, deep ? kernelIn * kernelOut : kernelOut);
  const attrs = windowAttrs(call, dilations);
  return deep
    ? fusedOr(
        call,
        "DepthwiseConv2dNative",
        "FusedDepthwiseConv2dNative",
        [x, filter],
        shape,
        attrs,
      )
    : fusedOr(call, "Conv2D", "_FusedConv2D", [x, filter], shape, attrs);
}

function windowAttrs(call: Call, dilations: readonly number[]): JsonObject {
  return {
    strides: attr.ints([1, ...numbersOf(call.attrs, "strides", 2), 1]),
    padding: attr.text(textOf(call.attrs, "pad").toUpperCase()),
    data_format: attr.text("NHWC"),
    dilations: attr.ints([1, ...dilations, 1]),
  };
}

function pool(call: Call, op: string): TensorInfo {
  const x = inputAt(call, 0);
  const [size, strides] = [
    numbersOf(call.attrs, "filterSize", 2),
    numbersOf(call.attrs, "strides", 2),
  ];
  const same = textOf(call.attrs, "pad") === "same";
  const attrs = { ...windowAttrs(call, [1, 1]), ksize: attr.ints([1, ...size, 1]) };
  return record(call, op, [x], slid(x.shape, size, strides, same, x.shape.at(-1) ?? 0), attrs);
}

/** Shape after a window has slid over `(batch, …spatial, channels)`. */
function slid(
  shape: readonly number[],
  reach: readonly number[],
  strides: readonly number[],
  same: boolean,
  channels: number,
): readonly number[] {
  const spatial = shape.slice(1, -1).map((size, axis) => {
    const stride = strides[axis] ?? 1;
    if (same) return Math.ceil(size / stride);
    return Math.floor((size - (reach[axis] ?? 1)) / stride) + 1;
  });
  return [shape[0] ?? 0, ...spatial, channels];
}
