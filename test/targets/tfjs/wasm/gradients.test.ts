import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { GradientKernels } from "../../../../src/targets/tfjs/backward/gradient-kernels.ts";
import { type Sliding, slidingOf } from "../../../../src/targets/tfjs/backward/sliding.ts";
import { wasmKernels } from "../../../../src/targets/tfjs/wasm/gradients.ts";
import { activateBackend } from "../backends.ts";

type Values = Readonly<Record<string, tf.Tensor>>;

interface Case {
  /** Batch, rows, columns, channels. */
  readonly x: readonly [number, number, number, number];
  /** Rows, columns, and filters (or filters a channel). */
  readonly window: readonly [number, number, number];
  readonly strides: readonly [number, number];
  readonly padding: "same" | "valid";
}

/** Wider than a panel, longer than a chunk, with every remainder. */
const CASES: readonly Case[] = [
  { x: [3, 9, 11, 8], window: [1, 1, 16], strides: [1, 1], padding: "valid" },
  { x: [2, 14, 13, 9], window: [3, 3, 19], strides: [1, 1], padding: "same" },
  { x: [2, 15, 12, 12], window: [3, 5, 10], strides: [2, 2], padding: "same" },
  { x: [1, 13, 18, 5], window: [2, 3, 7], strides: [3, 2], padding: "valid" },
  { x: [2, 9, 9, 20], window: [1, 1, 3], strides: [2, 2], padding: "valid" },
  { x: [1, 6, 7, 70], window: [3, 3, 129], strides: [1, 1], padding: "same" },
];

describe("the gradients of own kernels on wasm are those of tfjs in plain JavaScript", () => {
  beforeAll(async () => {
    await activateBackend("cpu");
    await activateBackend("wasm");
  });

  it.each(CASES)("of a convolution %o", (one) => {
    const { x, dy, kernel, sliding, plain } = convolution(one, false);
    compare(
      { x, dy, kernel },
      ({ convInput, convFilter }, own) => [
        convInput?.(own("dy"), own("kernel"), sliding),
        convFilter?.(own("x"), own("dy"), sliding),
      ],
      (own) => [
        plain("Conv2DBackpropInput", { dy: own("dy"), filter: own("kernel") }, x.shape),
        plain("Conv2DBackpropFilter", { x: own("x"), dy: own("dy") }, kernel.shape),
      ],
    );
  });

  it.each(CASES.slice(1, 3).concat(CASES.slice(5)))("of a depthwise convolution %o", (one) => {
    for (const multiplier of [1, 3]) {
      const [rows, columns] = one.window;
      const case_: Case = { ...one, window: [rows, columns, multiplier] };
      const { x, dy, kernel, sliding, plain } = convolution(case_, true);
      compare(
        { x, dy, kernel },
        ({ depthwiseInput, depthwiseFilter }, own) => [
          depthwiseInput?.(own("dy"), own("kernel"), sliding),
          depthwiseFilter?.(own("x"), own("dy"), sliding),
        ],
        (own) => [
          plain(
            "DepthwiseConv2dNativeBackpropInput",
            { dy: own("dy"), filter: own("kernel") },
            x.shape,
          ),
          plain(
            "DepthwiseConv2dNativeBackpropFilter",
            { x: own("x"), dy: own("dy") },
            kernel.shape,
          ),
        ],
      );
    }
  });

  it.each(CASES.slice(1, 5))("of a pooling %o", (one) => {
    const [rows, columns] = one.window;
    const filterSize: [number, number] = [rows, columns];
    const strides: [number, number] = [...one.strides];
    const x = numbers(one.x, 1);
    const y = tf.maxPool(four(x), filterSize, strides, one.padding);
    const dy = numbers(y.shape, 2);
    const window = { size: filterSize, strides, dilations: [1, 1], padding: one.padding };
    const sliding = known(slidingOf(window, x, y));
    const attrs = { filterSize, strides, pad: one.padding };
    compare(
      { x, y, dy },
      ({ maximumInput, averageInput }, own) => [
        maximumInput?.(own("x"), own("y"), own("dy"), sliding),
        ...(one.padding === "valid" ? [averageInput?.(own("dy"), sliding)] : []),
      ],
      (own) => [
        tf
          .engine()
          .runKernel("MaxPoolGrad", { dy: own("dy"), input: own("x"), output: own("y") }, attrs),
        // tfjs divides by the whole window at the border too, which is wrong; differences judge that case.
        ...(one.padding === "valid"
          ? [
              tf
                .engine()
                .runKernel<tf.Tensor>("AvgPoolGrad", { dy: own("dy"), input: own("x") }, attrs),
            ]
          : []),
      ],
    );
  });

  it.each([
    [300, 7],
    [65, 32],
    [1, 3],
  ])("of %d rows and %d columns", (rows, columns) => {
    const along = [0, 1, 2, 3].map((seed) => numbers([columns], seed));
    const [centre = noTensor(), scale = noTensor(), slope = noTensor(), offset = noTensor()] =
      along;
    const values = {
      x: numbers([rows, columns], 5),
      dy: numbers([rows, columns], 6),
      centre,
      scale,
      slope,
      offset,
    };
    compare(
      values,
      (kernels, own) => [
        kernels.columnSums?.(own("x")),
        kernels.centredSums?.(undefined, own("x"), own("centre")),
        kernels.centredSums?.(own("dy"), own("x"), own("centre")),
        kernels.normalise?.(own("x"), {
          centre: own("centre"),
          scale: own("scale"),
          shift: own("offset"),
        }),
        kernels.throughNormal?.(own("dy"), own("x"), {
          centre: own("centre"),
          scale: own("scale"),
          slope: own("slope"),
          offset: own("offset"),
        }),
        kernels.relu?.(own("x"), own("dy"), 0.5),
        kernels.relu?.(own("x"), own("dy"), Number.POSITIVE_INFINITY),
      ],
      (own) => {
        const apart = tf.sub(own("x"), own("centre"));
        const within = (most: number): tf.Tensor =>
          tf.cast(tf.logicalAnd(tf.greater(own("x"), 0), tf.less(own("x"), most)), "float32");
        return [
          tf.sum(own("x"), 0),
          tf.sum(tf.square(apart), 0),
          tf.sum(tf.mul(own("dy"), apart), 0),
          tf.add(tf.mul(apart, own("scale")), own("offset")),
          tf.sub(
            tf.sub(tf.mul(own("dy"), own("scale")), tf.mul(apart, own("slope"))),
            own("offset"),
          ),
          tf.mul(own("dy"), within(0.5)),
          tf.mul(own("dy"), within(Number.POSITIVE_INFINITY)),
        ];
      },
    );
  });
});

it("leaves a backend alone whose memory it cannot reach", () => {
  class Unreachable extends tf.KernelBackend {}
  expect(wasmKernels(new Unreachable())).toBeUndefined();
});

interface Convolved {
  readonly x: tf.Tensor;
  readonly dy: tf.Tensor;
  readonly kernel: tf.Tensor;
  readonly sliding: Sliding;
  readonly plain: (name: string, inputs: Record<string, tf.Tensor>, shape: number[]) => tf.Tensor;
}

function convolution({ x: shape, window, strides, padding }: Case, depthwise: boolean): Convolved {
  const [rows, columns, filters] = window;
  const channels = shape[3];
  const out = depthwise ? channels * filters : filters;
  const x = numbers(shape, 1);
  const kernel = numbers([rows, columns, channels, filters], 2);
  const size = (length: number, reach: number, stride: number): number =>
    Math.ceil((padding === "same" ? length : length - reach + 1) / stride);
  const height = size(shape[1], rows, strides[0]);
  const dy = numbers([shape[0], height, size(shape[2], columns, strides[1]), out], 3);
  const options = { size: [rows, columns], strides, dilations: [1, 1], padding };
  return {
    x,
    kernel,
    dy,
    sliding: known(slidingOf(options, x, dy)),
    plain: (name, inputs, of) => {
      const shapes = { inputShape: of, filterShape: of };
      const attrs = {
        strides: [...strides],
        pad: padding,
        dataFormat: "NHWC",
        dilations: [1, 1],
        ...shapes,
      };
      return tf.engine().runKernel(name, inputs, attrs);
    },
  };
}

type Own = (name: string) => tf.Tensor;

/** The same numbers through both; nothing but them stays behind. */
function compare(
  values: Values,
  byKernels: (kernels: GradientKernels, own: Own) => readonly (tf.Tensor | undefined)[],
  plainly: (own: Own) => readonly tf.Tensor[],
): void {
  const given = Object.entries(values).map(
    ([name, one]) => [name, one.shape, one.dataSync()] as const,
  );
  const through = (backend: string, f: (own: Own) => readonly (tf.Tensor | undefined)[]) => {
    tf.setBackend(backend);
    return tf.tidy(() => {
      const own = new Map(given.map(([name, shape, data]) => [name, tf.tensor(data, shape)]));
      return f((name) => own.get(name) ?? noTensor()).map((one) => one?.dataSync() ?? noTensor());
    });
  };
  const expected = through("cpu", plainly);
  const found = through("wasm", (own) => byKernels(known(wasmKernels(tf.backend())), own));
  expect(found.length).toBe(expected.length);
  expected.forEach((numbers, index) => {
    const largest = Math.max(1, ...numbers.map(Math.abs));
    expect(found[index]?.length).toBe(numbers.length);
    found[index]?.forEach((number, i) => {
      const apart = Math.abs(number - (numbers[i] ?? Number.NaN)) / largest;
      if (!(apart < 2e-6)) throw new Error(`result ${index} at ${i}: ${number} for ${numbers[i]}`);
    });
  });
}

function numbers(shape: readonly number[], seed: number): tf.Tensor {
  const size = shape.reduce((product, dim) => product * dim, 1);
  const data = Float32Array.from({ length: size }, (_, i) => Math.sin(i * 12.9898 + seed * 78.233));
  return tf.tensor(data, [...shape]);
}

function four(x: tf.Tensor): tf.Tensor4D {
  const [a = 1, b = 1, c = 1, d = 1] = x.shape;
  return tf.reshape<tf.Rank.R4>(x, [a, b, c, d]);
}

function known<T>(value: T | undefined): T {
  return value ?? noTensor();
}

function noTensor(): never {
  throw new Error("A kernel is missing.");
}
