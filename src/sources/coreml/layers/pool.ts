import type { PoolingLayerParams } from "../../../formats/coreml/types.gen.ts";
import type { ValueId } from "../../../ir/graph.ts";
import { windowPadding } from "../../../ir/ops/window.ts";
import type { Dim } from "../../../ir/tensor.ts";
import { type Blob, placedAxes } from "../blob.ts";
import { type LayerCall, on } from "../layer-call.ts";
import { volumeWindow } from "./conv.ts";
import { type CoreWindow, opWindow, pairOf, planePadding } from "./window.ts";

/** @see NeuralNetwork.proto PoolingLayerParams */
export const pooling = on("pooling", (params, call) => {
  const x = call.input(0, 4);
  const fn = kindOf(call, params.type);
  if (params.globalPooling === true) return lowerGlobal(call, x, fn, 2);
  const window = {
    size: pairOf(params.kernelSize, 3),
    strides: pairOf(params.stride, 1),
    dilations: [1, 1],
  };
  const sizes = call.dims(x).slice(-2);
  const counted = fn === "average" && params.avgPoolExcludePadding !== true;
  if (params.includeLastPixel !== undefined) {
    const padding = lastPixelPadding(call, params, window, sizes);
    const beyond = padding.some(([before, after]) => before !== after);
    if (counted && beyond) call.refuse("its mean counts places beyond the padding");
    return lowerPool(call, x, fn, { ...window, padding }, counted);
  }
  lowerPool(
    call,
    x,
    fn,
    { ...window, padding: planePadding(call, params, window, sizes) },
    counted,
  );
});

/** @see NeuralNetwork.proto Pooling3DLayerParams */
export const pooling3d = on("pooling3d", (params, call) => {
  const fn = kindOf(call, params.type);
  const counted = fn === "average" && params.countExcludePadding !== true;
  lowerPool(call, call.input(0, 5), fn, volumeWindow(params), counted);
});

/** @see NeuralNetwork.proto GlobalPooling3DLayerParams */
export const globalPooling3d = on("globalPooling3d", (params, call) => {
  lowerGlobal(call, call.input(0, 5), kindOf(call, params.type), 3);
});

type Fn = "max" | "average";

function kindOf(call: LayerCall, type: string | undefined): Fn {
  if (type === undefined || type === "MAX") return "max";
  if (type === "AVERAGE") return "average";
  return call.refuse("it pools by the root of the sum of squares");
}

/** `counted`: a mean counts the places of the padding, which then is carried out first. */
function lowerPool(call: LayerCall, x: Blob, fn: Fn, window: CoreWindow, counted: boolean): void {
  const channel = x.axes.length - window.size.length - 1;
  const { spatial, size, strides, padding } = opWindow(call, x, window);
  const places = [...spatial, channel];
  const value = call.arrange(x, places);
  if (spatial.length === 0) {
    call.finish(value, x.axes, places);
    return;
  }
  const { value: padded, rest } =
    counted && padding !== "valid"
      ? padFirst(
          call,
          value,
          { size, strides, padding },
          spatial.map((index) => call.dims(x)[index] ?? null),
        )
      : { value, rest: padding };
  const op = {
    kind: "pool",
    fn,
    poolSize: size,
    strides,
    padding: rest,
    layout: "channels-last",
    weights: {},
  } as const;
  call.finish(call.emit(op, padded), x.axes, places);
}

function padFirst(
  call: LayerCall,
  value: ValueId,
  window: {
    readonly size: readonly number[];
    readonly strides: readonly number[];
    readonly padding: CoreWindow["padding"] | "causal";
  },
  sizes: readonly Dim[],
): { readonly value: ValueId; readonly rest: "valid" } {
  const dilations = window.size.map(() => 1);
  const amounts = sizes.map(
    (dim, axis) =>
      windowPadding({ ...window, dilations }, axis, dim) ??
      call.refuse("its mean counts padding, which takes an input of known size"),
  );
  if (amounts.flat().every((amount) => amount === 0)) return { value, rest: "valid" };
  const none = [0, 0] as const;
  const op = {
    kind: "pad",
    amounts: [none, ...amounts, none],
    mode: "constant",
    value: 0,
    weights: {},
  } as const;
  return { value: call.emit(op, value), rest: "valid" };
}

/** Over all places; an axis before the channels, such as time, is kept. */
function lowerGlobal(call: LayerCall, x: Blob, fn: Fn, count: 2 | 3): void {
  const rank = x.axes.length;
  const channel = rank - count - 1;
  for (let index = channel + 1; index < rank; index++) call.touch(x, index);
  const placed = placedAxes(x);
  const lead = placed.filter((index) => index < channel).sort((a, b) => a - b);
  const spatial = placed.filter((index) => index > channel).sort((a, b) => a - b);
  const places = [...lead, ...spatial, channel];
  const value = call.arrange(x, places);
  const left = [...lead, channel];
  if (spatial.length === 0) {
    call.finish(value, x.axes, left);
    return;
  }
  if (lead.length === 0) {
    const op = {
      kind: "globalPool",
      fn,
      keepDims: false,
      layout: "channels-last",
      masked: false,
      weights: {},
    } as const;
    call.finish(call.emit(op, value), x.axes, left);
    return;
  }
  const axes = spatial.map((index) => places.indexOf(index) + 1);
  const reduce = {
    kind: "reduce",
    fn: fn === "max" ? "max" : "mean",
    axes,
    keepDims: false,
    weights: {},
  } as const;
  call.finish(call.emit(reduce, value), x.axes, left);
}

/**
 * Caffe's rule: round up, but let no window begin in the padding behind the input.
 * @see NeuralNetwork.proto PoolingLayerParams ValidCompletePadding
 */
function lastPixelPadding(
  call: LayerCall,
  params: PoolingLayerParams,
  { size, strides }: Omit<CoreWindow, "padding">,
  sizes: readonly Dim[],
): readonly (readonly [number, number])[] {
  const amounts = pairOf(params.includeLastPixel?.paddingAmounts, 0);
  const anyPadding = amounts.some((amount) => amount > 0);
  return sizes.map((input, axis) => {
    if (input === null)
      return call.refuse("it rounds its output up, which takes an input of known size");
    const padding = amounts[axis] ?? 0;
    const [stride, kernel] = [strides[axis] ?? 1, size[axis] ?? 1];
    const whole = Math.ceil((input + 2 * padding - kernel) / stride) + 1;
    const outside = anyPadding && (whole - 1) * stride >= input + padding;
    const count = outside ? whole - 1 : whole;
    return [padding, Math.max(0, (count - 1) * stride + kernel - input - padding)] as const;
  });
}
