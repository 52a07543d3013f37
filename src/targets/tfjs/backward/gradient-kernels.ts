import { backend, getBackend, type KernelBackend, type Tensor } from "@tensorflow/tfjs-core";
import { tensorflowKernels } from "../tensorflow/gradients.ts";
import { tensorflowOps } from "../tensorflow/operations.ts";
import { wasmKernels } from "../wasm/gradients.ts";
import { registeredKernels } from "./registered-kernels.ts";
import type { Sliding } from "./sliding.ts";

/**
 * Gradients that a backend computes by kernels of its own, channels last. Each may be missing, or refuse its case by
 * giving undefined: then the gradient is composed of ops that every backend has.
 */
export interface GradientKernels {
  /** Of a convolution's input; `kernel`: `[...window, in, out]`. */
  readonly convInput?: (dy: Tensor, kernel: Tensor, sliding: Sliding) => Tensor | undefined;
  /** Of a convolution's kernel, in any shape. */
  readonly convFilter?: (x: Tensor, dy: Tensor, sliding: Sliding) => Tensor | undefined;
  /** Of a depthwise convolution's input; `kernel`: `[...window, channels, multiplier]`. */
  readonly depthwiseInput?: (dy: Tensor, kernel: Tensor, sliding: Sliding) => Tensor | undefined;
  readonly depthwiseFilter?: (x: Tensor, dy: Tensor, sliding: Sliding) => Tensor | undefined;
  /** Of a maximum in a window: it goes to the first place that holds it. */
  readonly maximumInput?: (
    x: Tensor,
    y: Tensor,
    dy: Tensor,
    sliding: Sliding,
  ) => Tensor | undefined;
  /** Of a mean of the places of a window that lie within the input. */
  readonly averageInput?: (dy: Tensor, sliding: Sliding) => Tensor | undefined;
  /** `dy` where `y` lies between 0 and `most`. */
  readonly relu?: (y: Tensor, dy: Tensor, most: number) => Tensor | undefined;
  /** Sums over all axes but the last. */
  readonly columnSums?: (x: Tensor) => Tensor | undefined;
  /** Sums of `a * (x - centre)` over all axes but the last; of squares where `a` is missing. */
  readonly centredSums?: (a: Tensor | undefined, x: Tensor, centre: Tensor) => Tensor | undefined;
  /** `count` columns of the last axis, from the `first` on. */
  readonly takeColumns?: (x: Tensor, first: number, count: number) => Tensor | undefined;
  /** `(x - centre) * scale + shift` along the last axis. */
  readonly normalise?: (
    x: Tensor,
    along: Readonly<Record<"centre" | "scale" | "shift", Tensor>>,
  ) => Tensor | undefined;
  /** `dy * scale - (x - centre) * slope - offset` along the last axis. */
  readonly throughNormal?: (
    dy: Tensor,
    x: Tensor,
    along: Readonly<Record<"centre" | "scale" | "slope" | "offset", Tensor>>,
  ) => Tensor | undefined;
  /** Batch normalisation by the batch along the last axis, all at once. */
  readonly batchNorm?: (
    x: Tensor,
    along: Readonly<Record<"scale" | "shift", Tensor>>,
    epsilon: number,
  ) => NormalisedBatch | undefined;
  /** The way back through it. */
  readonly throughBatchNorm?: (
    dy: Tensor,
    x: Tensor,
    scale: Tensor,
    before: { readonly saved: readonly Tensor[]; readonly epsilon: number },
  ) => Readonly<Record<"input" | "scale" | "shift", Tensor>>;
}

/** A batch normalisation that one kernel has computed. */
export interface NormalisedBatch {
  readonly y: Tensor;
  readonly mean: Tensor;
  /** Biased. */
  readonly variance: Tensor;
  /** What the way back reads. */
  readonly saved: readonly Tensor[];
}

const NONE: GradientKernels = {};

/** What the active backend has. */
export function gradientKernels(): GradientKernels {
  const active = backend();
  const known = KERNELS.get(active);
  if (known !== undefined) return known;
  const found = kernelsOf(active) ?? NONE;
  KERNELS.set(active, found);
  return found;
}

const KERNELS = new WeakMap<object, GradientKernels>();

function kernelsOf(active: KernelBackend): GradientKernels | undefined {
  const name = getBackend();
  if (name === "wasm") return wasmKernels(active);
  if (name === "tensorflow") {
    const operations = tensorflowOps();
    if (operations !== undefined) return tensorflowKernels(operations);
  }
  return registeredKernels(name);
}
