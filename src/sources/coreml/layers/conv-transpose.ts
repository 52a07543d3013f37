import type { Dim, WeightRef } from "../../../ir/tensor.ts";
import { reshapeWeight } from "../../../weights/reshape.ts";
import { transposeWeight } from "../../../weights/transpose.ts";
import type { Blob } from "../blob.ts";
import type { LayerCall } from "../layer-call.ts";
import { type CoreWindow, opWindow } from "./window.ts";

/** A deconvolution as the layer states it. */
export interface Transposed {
  readonly x: Blob;
  readonly window: CoreWindow;
  /** `[in, out / groups, …window]` */
  readonly weights: WeightRef;
  readonly bias: WeightRef | undefined;
  readonly groups: number;
  /** Output sizes, if stated. */
  readonly sizes: readonly number[];
  /** Whether the larger half is cut off at the start. */
  readonly heavyStart: boolean;
}

/**
 * The part of the full result that is the output is Keras' `same` or `valid` one, or else cut out of the latter.
 * @see NeuralNetwork.proto ConvolutionLayerParams `isDeconvolution`
 */
export function lowerTranspose(call: LayerCall, layer: Transposed): void {
  const { x, window, weights, bias, groups } = layer;
  if (groups > 1) call.refuse("it is a deconvolution in groups");
  if (window.dilations.some((dilation) => dilation !== 1)) {
    call.refuse("it is a dilated deconvolution");
  }
  const rank = window.size.length;
  const channel = x.axes.length - rank - 1;
  const cuts = cutsOf(call, layer);
  const stretch = { ...window, padding: window.size.map(() => [1, 1] as const) };
  const slid = opWindow(
    call,
    x,
    cuts === "same" || cuts === "valid" ? { ...window, padding: "valid" } : stretch,
  );
  const places = [...slid.spatial, channel];
  const order = weights.shape.slice(2).map((_, axis) => axis + 2);
  const turned = transposeWeight(weights, [...order, 1, 0]);
  const kernel = reshapeWeight(turned, [...slid.size, ...turned.shape.slice(-2)]);
  const { strides } = slid;
  const lead = new Array<readonly [number, number]>(Math.max(0, slid.spatial.length - rank)).fill([
    0, 0,
  ]);
  const amounts = typeof cuts === "string" ? [] : [...lead, ...cuts];
  const extra = amounts.map(([, after]) => Math.max(0, -after));
  const value = call.emit(
    {
      kind: "convTranspose",
      strides,
      dilations: strides.map(() => 1),
      padding: cuts === "same" ? "same" : "valid",
      ...(extra.some((amount) => amount > 0) ? { outputPadding: extra } : {}),
      layout: "channels-last",
      weights: { kernel, ...(bias === undefined ? {} : { bias }) },
    },
    call.arrange(x, places),
  );
  const cut = amounts.map(([before, after]) => [before, Math.max(0, after)] as const);
  const whole = cut.flat().every((amount) => amount === 0);
  const all = [[0, 0] as const, ...cut, [0, 0] as const];
  const result = whole ? value : call.emit({ kind: "crop", amounts: all, weights: {} }, value);
  call.finish(result, x.axes, places);
}

/** What is cut off the full result at the start and end of each axis; below zero where it ends in places that the kernel never reaches. */
function cutsOf(
  call: LayerCall,
  layer: Transposed,
): "same" | "valid" | readonly (readonly [number, number])[] {
  const { x, window, sizes, heavyStart } = layer;
  const { size, strides, padding } = window;
  const stated = sizes.length === size.length;
  const inputs = call
    .dims(x)
    .slice(-size.length)
    .map((dim, axis) => {
      if (dim !== null || !stated) return dim;
      const found = inputSize(window, axis, sizes[axis] ?? 0);
      call.guessLength(found);
      return found;
    });
  if (!stated && padding === "same" && !oddSurplus(window, heavyStart)) return "same";
  if (!stated && padding === "valid" && size.every((k, axis) => k >= (strides[axis] ?? 1))) {
    return "valid";
  }
  if (!stated && typeof padding !== "string") return padding;
  const full = inputs.map((dim, axis) => fullSize(call, dim, size[axis] ?? 1, strides[axis] ?? 1));
  const wanted = inputs.map((dim, axis) => {
    if (stated) return sizes[axis] ?? 0;
    return padding === "same" ? (dim ?? 0) * (strides[axis] ?? 1) : (full[axis] ?? 0);
  });
  const whole = full.every(
    (one, axis) => Math.max(one, one - (size[axis] ?? 1) + (strides[axis] ?? 1)) === wanted[axis],
  );
  if (whole) return "valid";
  const multiples = inputs.every((dim, axis) => (dim ?? 0) * (strides[axis] ?? 1) === wanted[axis]);
  if (multiples && !oddSurplus(window, heavyStart)) return "same";
  return full.map((one, axis) => {
    const surplus = one - (wanted[axis] ?? 0);
    if (surplus < 0) return [0, surplus] as const;
    const start = heavyStart ? Math.ceil(surplus / 2) : Math.floor(surplus / 2);
    return [start, surplus - start] as const;
  });
}

/** The size of a free axis for which the stated output size was written. */
function inputSize({ size, strides, padding }: CoreWindow, axis: number, wanted: number): number {
  const [k, stride] = [size[axis] ?? 1, strides[axis] ?? 1];
  if (padding === "same" && wanted % stride === 0) return wanted / stride;
  return Math.floor((wanted - Math.max(k, stride)) / stride) + 1;
}

function oddSurplus({ size, strides }: CoreWindow, heavyStart: boolean): boolean {
  const odd = size.some((k, axis) => Math.max(0, k - (strides[axis] ?? 1)) % 2 !== 0);
  return heavyStart && odd;
}

function fullSize(call: LayerCall, dim: Dim, size: number, stride: number): number {
  if (dim === null) return call.refuse("the size of its output takes an input of known size");
  return (dim - 1) * stride + size;
}
