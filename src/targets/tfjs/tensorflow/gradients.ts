import { mul, onesLike, reshape, type Tensor, tensor1d } from "@tensorflow/tfjs-core";
import type { GradientKernels } from "../backward/gradient-kernels.ts";
import type { Sliding } from "../backward/sliding.ts";
import { tensorAt } from "../forward.ts";
import { inShape, sizeAt } from "../rank.ts";
import { FLOATS, type OpAttributes, type TensorFlowOps } from "./operations.ts";

/** TensorFlow's own gradient kernels; they refuse what its kernels for processors do not know. */
export function tensorflowKernels(ops: TensorFlowOps): GradientKernels {
  return { ...convolutions(ops), ...pooling(ops), ...columns(ops), ...norms(ops) };
}

function convolutions(ops: TensorFlowOps): GradientKernels {
  const input =
    (op: string, window: typeof windowOf) =>
    (dy: Tensor, kernel: Tensor, sliding: Sliding): Tensor | undefined => {
      const attributes = window(sliding);
      if (attributes === undefined) return undefined;
      const filter = asFilter(kernel, sliding);
      const shape = [sliding.batch, ...sliding.input];
      return ops.one(op, [shapeTensor(shape), filter, asImage(dy, sliding)], attributes);
    };
  const filter =
    (op: string, window: typeof windowOf, outputs: (sliding: Sliding) => number) =>
    (x: Tensor, dy: Tensor, sliding: Sliding): Tensor | undefined => {
      const attributes = window(sliding);
      if (attributes === undefined) return undefined;
      const shape = [...sliding.size, sliding.input[2], outputs(sliding)];
      const [image, slopes] = [asImage(x, sliding), asImage(dy, sliding)];
      return ops.one(op, [image, shapeTensor(shape), slopes], attributes);
    };
  const multiplier = ({ input: [, , from], output: [, , to] }: Sliding): number => to / from;
  return {
    convInput: input("Conv2DBackpropInput", windowOf),
    convFilter: filter("Conv2DBackpropFilter", windowOf, ({ output }) => output[2]),
    depthwiseInput: input("DepthwiseConv2dNativeBackpropInput", evenWindowOf),
    depthwiseFilter: filter("DepthwiseConv2dNativeBackpropFilter", evenWindowOf, multiplier),
  };
}

function pooling(ops: TensorFlowOps): GradientKernels {
  const poolOf = (sliding: Sliding): OpAttributes | undefined => {
    const attributes = windowOf(sliding);
    if (attributes === undefined || attributes.padding === "EXPLICIT") return undefined;
    return { ...attributes, ksize: [1, ...sliding.size, 1] };
  };
  return {
    maximumInput: (x, y, dy, sliding) => {
      const attributes = poolOf(sliding);
      const inputs = [x, y, dy].map((one) => asImage(one, sliding));
      return attributes && ops.one("MaxPoolGrad", inputs, attributes);
    },
    averageInput: (dy, sliding) => {
      const attributes = poolOf(sliding);
      const shape = shapeTensor([sliding.batch, ...sliding.input]);
      return attributes && ops.one("AvgPoolGrad", [shape, asImage(dy, sliding)], attributes);
    },
  };
}

function columns(ops: TensorFlowOps): GradientKernels {
  return {
    relu: (y, dy, most) => {
      if (most !== 6 && most !== Number.POSITIVE_INFINITY) return undefined;
      return ops.one(most === 6 ? "Relu6Grad" : "ReluGrad", [dy, y], FLOATS);
    },
    columnSums: (x) => ops.one("BiasAddGrad", [x], { ...FLOATS, data_format: "NHWC" }),
  };
}

function norms(ops: TensorFlowOps): GradientKernels {
  const attributes = (epsilon: number): OpAttributes => ({
    ...FLOATS,
    U: { type: "float32" },
    epsilon: { float: epsilon },
    data_format: "NHWC",
    is_training: true,
  });
  return {
    batchNorm: (x, { scale, shift }, epsilon) => {
      const nothing = tensor1d([], "float32");
      const inputs = [asRows(x), scale, shift, nothing, nothing];
      const own = { ...attributes(epsilon), exponential_avg_factor: { float: 1 } };
      const results = ops.many("FusedBatchNormV3", inputs, own, 6);
      const [y, mean, variance] = [
        tensorAt(results, 0),
        tensorAt(results, 1),
        tensorAt(results, 2),
      ];
      const saved = results.slice(3);
      // TensorFlow makes the variance larger by n / (n - 1), as statistics do.
      const count = x.size / mean.size;
      const biased = count > 1 ? (count - 1) / count : 1;
      return { y: inShape(y, x.shape), mean, variance: mul(variance, biased), saved };
    },
    normalise: (x, { centre, scale, shift }) => {
      const inputs = [asRows(x), scale, shift, centre, onesLike(centre)];
      const own = { ...attributes(0), is_training: false };
      const [y = x, ...others] = ops.many("FusedBatchNormV3", inputs, own, 6);
      for (const other of others) other.dispose();
      return inShape(y, x.shape);
    },
    throughBatchNorm: (dy, x, scale, { saved, epsilon }) => {
      const inputs = [asRows(dy), asRows(x), scale, ...saved];
      const results = ops.many("FusedBatchNormGradV3", inputs, attributes(epsilon), 5);
      const input = inShape(tensorAt(results, 0), x.shape);
      return { input, scale: tensorAt(results, 1), shift: tensorAt(results, 2) };
    },
  };
}

/** Undefined for places that are not next to each other, which TensorFlow's gradient kernels for processors do not know. */
function windowOf({ dilations, strides, ...sliding }: Sliding): OpAttributes | undefined {
  if (dilations.some((dilation) => dilation > 1)) return undefined;
  const attributes = { ...FLOATS, strides: [1, ...strides, 1], data_format: "NHWC" };
  return { ...attributes, ...paddingOf({ ...sliding, strides }) };
}

/** The same for depthwise kernels, whose strides must be equal; that of a single row is free. */
function evenWindowOf(sliding: Sliding): OpAttributes | undefined {
  const { strides, input, size } = sliding;
  const [down, right] = strides;
  const row = input[0] === 1 && size[0] === 1;
  if (down !== right && !row) return undefined;
  return windowOf({ ...sliding, strides: [right, right] });
}

function paddingOf(sliding: Omit<Sliding, "dilations">): OpAttributes {
  const { borders, input, output, size, strides } = sliding;
  if (borders.flat().every((border) => border === 0)) return { padding: "VALID" };
  const isSame = borders.every(([before, after], axis) => {
    const [from, stride] = [input[axis] ?? 0, strides[axis] ?? 1];
    const steps = Math.ceil(from / stride);
    const total = Math.max(0, (steps - 1) * stride + (size[axis] ?? 1) - from);
    return output[axis] === steps && before === Math.floor(total / 2) && before + after === total;
  });
  if (isSame) return { padding: "SAME" };
  return { padding: "EXPLICIT", explicit_paddings: [0, 0, ...borders.flat(), 0, 0] };
}

function asImage(x: Tensor, { batch }: Sliding): Tensor {
  return x.rank === 4 ? x : reshape(x, [batch, 1, sizeAt(x, -2), sizeAt(x, -1)]);
}

function asFilter(kernel: Tensor, { size }: Sliding): Tensor {
  return kernel.rank === 4 ? kernel : reshape(kernel, [...size, ...kernel.shape.slice(-2)]);
}

/** Four axes, as the kernel asks for; it goes along the last one. */
function asRows(x: Tensor): Tensor {
  return x.rank === 4 ? x : reshape(x, [-1, 1, 1, sizeAt(x, -1)]);
}

function shapeTensor(shape: readonly number[]): Tensor {
  return tensor1d([...shape], "int32");
}
