import { engine, getKernel, reshape, type Tensor } from "@tensorflow/tfjs-core";
import { sizeAt } from "../rank.ts";
import type { GradientKernels } from "./gradient-kernels.ts";
import type { Sliding } from "./sliding.ts";

/**
 * The gradients of windows that a backend has registered with tfjs. Not those of means, which divide by the whole window at
 * the border too, not through places that are not next to each other, and not those of kernels on graphics cards: they take
 * up to a hundred times as long as products of matrices.
 */
export function registeredKernels(backend: string): GradientKernels {
  const known = <K>(name: string, kernel: K): K | undefined =>
    getKernel(name, backend) === undefined ? undefined : kernel;
  const filter = (name: string): GradientKernels["convFilter"] =>
    backend === "webgpu" ? undefined : known(name, filterBy(name));
  return Object.fromEntries(
    Object.entries({
      convInput: known("Conv2DBackpropInput", inputBy("Conv2DBackpropInput")),
      convFilter: filter("Conv2DBackpropFilter"),
      depthwiseInput: known(DEPTHWISE_INPUT, inputBy(DEPTHWISE_INPUT)),
      depthwiseFilter: filter(DEPTHWISE_FILTER),
      maximumInput: known("MaxPoolGrad", throughMaximum),
    }).filter(([, kernel]) => kernel !== undefined),
  );
}

const DEPTHWISE_INPUT = "DepthwiseConv2dNativeBackpropInput";
const DEPTHWISE_FILTER = "DepthwiseConv2dNativeBackpropFilter";

function inputBy(name: string): NonNullable<GradientKernels["convInput"]> {
  return (dy, kernel, sliding) => {
    const attributes = attributesOf(sliding);
    if (attributes === undefined) return undefined;
    const { batch, input, size } = sliding;
    const filter = reshape(kernel, [...size, ...kernel.shape.slice(-2)]);
    const inputShape = [batch, ...input];
    return engine().runKernel<Tensor>(
      name,
      { dy: asImage(dy, sliding), filter },
      { ...attributes, inputShape },
    );
  };
}

function filterBy(name: string): NonNullable<GradientKernels["convFilter"]> {
  return (x, dy, sliding) => {
    const attributes = attributesOf(sliding);
    if (attributes === undefined) return undefined;
    const { size, input, output } = sliding;
    const filters = name === DEPTHWISE_FILTER ? output[2] / input[2] : output[2];
    const filterShape = [...size, input[2], filters];
    const inputs = { x: asImage(x, sliding), dy: asImage(dy, sliding) };
    return engine().runKernel<Tensor>(name, inputs, { ...attributes, filterShape });
  };
}

function throughMaximum(x: Tensor, y: Tensor, dy: Tensor, sliding: Sliding): Tensor | undefined {
  const attributes = attributesOf(sliding);
  if (attributes === undefined) return undefined;
  const [input, output, slopes] = [x, y, dy].map((one) => asImage(one, sliding));
  if (input === undefined || output === undefined || slopes === undefined) return undefined;
  const own = { ...attributes, filterSize: [...sliding.size] };
  return engine().runKernel<Tensor>("MaxPoolGrad", { dy: slopes, input, output }, own);
}

interface Attributes {
  readonly strides: number[];
  readonly dilations: number[];
  readonly pad: [number, number][] | "valid";
  readonly dataFormat: "NHWC";
}

function attributesOf({ dilations, strides, borders }: Sliding): Attributes | undefined {
  if (dilations.some((dilation) => dilation > 1)) return undefined;
  const plain = borders.flat().every((border) => border === 0);
  const pad = [[0, 0] as const, ...borders, [0, 0] as const].map(
    ([before, after]): [number, number] => [before, after],
  );
  return {
    strides: [...strides],
    dilations: [1, 1],
    pad: plain ? "valid" : pad,
    dataFormat: "NHWC",
  };
}

function asImage(x: Tensor, { batch }: Sliding): Tensor {
  return x.rank === 4 ? x : reshape(x, [batch, 1, sizeAt(x, -2), sizeAt(x, -1)]);
}
