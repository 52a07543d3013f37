import type { Padding } from "../../../ir/ops/conv.ts";
import type { Dim } from "../../../ir/tensor.ts";
import type { Dialect } from "../layer-spec.ts";

/**
 * Padding of a convolution as the writing backend computes it. Theano's `same` puts half the (dilated) kernel before
 * the data whatever the stride, and so much after that ceil(in / stride) results come out.
 *
 * @see keras/backend/theano_backend.py (Keras 2.2.4) `_preprocess_padding`, `_postprocess_conv2d_output`
 */
export function convPadding(
  padding: "valid" | "same" | "causal",
  kernel: readonly number[],
  dilations: readonly number[],
  dialect: Dialect,
): Padding {
  if (padding !== "same" || dialect.backend !== "theano") return padding;
  return kernel.map((size, axis) => {
    const reach = (size - 1) * (dilations[axis] ?? 1);
    const before = Math.floor((reach + 1) / 2);
    return [before, reach - before] as const;
  });
}

/**
 * Padding of a pooling as the writing backend computes it. Theano's `same` puts size - 2 (odd sizes above 2) or
 * size - 1 places before the data, and keeps the first ceil(in / stride) results. Undefined when that depends on a
 * size known only at run time.
 *
 * @see keras/backend/theano_backend.py (Keras 1.2.2 and 2.2.4) `pool2d`
 */
export function poolPadding(
  padding: "valid" | "same",
  window: { readonly sizes: readonly number[]; readonly strides: readonly number[] },
  input: readonly Dim[],
  dialect: Dialect,
): Padding | undefined {
  if (padding !== "same" || dialect.backend !== "theano") return padding;
  const amounts = window.sizes.map((size, axis) => {
    const stride = window.strides[axis] ?? 1;
    const before = size > 2 && size % 2 === 1 ? size - 2 : size - 1;
    const dim = input[axis] ?? null;
    if (stride === 1) return [before, Math.max(0, size - 1 - before)] as const;
    if (dim === null) return undefined;
    const last = (Math.ceil(dim / stride) - 1) * stride + size;
    return [before, Math.max(0, last - dim - before)] as const;
  });
  return amounts.every((amount) => amount !== undefined) ? amounts : undefined;
}
