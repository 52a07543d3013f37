import { on } from "../call.ts";
import { around, emptyTensor, stridesOf, type Tensor } from "../tensor.ts";
import { borderAmounts } from "./borders.ts";

/**
 * Height and width (axes -2 and -1) by a constant, by reflection without repeating the edge, or by
 * repeating the edge.
 *
 * @see NeuralNetwork.proto PaddingLayerParams
 */
export const padding = on("padding", (params, call) => {
  const x = call.input(0, 2);
  const { before, after } = borderAmounts(params.paddingAmounts);
  const none = new Array<number>(x.shape.length - 2).fill(0);
  const starts = [...none, ...before];
  const ends = [...none, ...after];
  if (params.reflection !== undefined) {
    const sizes = x.shape.slice(-2);
    const fits = sizes.every((size, axis) => Math.max(before[axis] ?? 0, after[axis] ?? 0) < size);
    call.require(fits, `reflects more than there is of [${x.shape}]`);
    return padFrom(x, starts, ends, (at, size) => (at < 0 ? -at : 2 * (size - 1) - at));
  }
  if (params.replication !== undefined) {
    return padFrom(x, starts, ends, (at, size) => (at < 0 ? 0 : size - 1));
  }
  return padConstant(x, starts, ends, params.constant?.value ?? 0);
});

/**
 * Every axis by a constant; amounts before and after, or the wanted sizes.
 *
 * @see NeuralNetwork.proto ConstantPaddingLayerParams
 */
export const constantPad = on("constantPad", (params, call) => {
  const x = call.input();
  const amounts = call.inputCount > 1 ? [...call.input(1).data] : (params.padAmounts ?? []);
  call.require(
    amounts.length === 2 * x.shape.length,
    `has ${amounts.length} amounts, but its input is [${x.shape}]`,
  );
  const toSize = params.padToGivenOutputSizeMode === true;
  const amountOf = (size: number, amount: number) => (toSize ? Math.max(0, amount - size) : amount);
  return padConstant(
    x,
    x.shape.map((size, axis) => amountOf(size, amounts[2 * axis] ?? 0)),
    x.shape.map((size, axis) => amountOf(size, amounts[2 * axis + 1] ?? 0)),
    params.value ?? 0,
  );
});

function padConstant(
  x: Tensor,
  before: readonly number[],
  after: readonly number[],
  value: number,
): Tensor {
  const result = emptyTensor(paddedShape(x.shape, before, after));
  result.data.fill(value);
  const strides = stridesOf(result.shape);
  const width = x.shape.at(-1) ?? 1;
  const start = strides.reduce((sum, stride, axis) => sum + stride * (before[axis] ?? 0), 0);
  const inner = stridesOf(x.shape);
  for (let from = 0; from < x.data.length; from += width) {
    const to = x.shape.reduce((sum, size, axis) => {
      const at = Math.floor(from / (inner[axis] ?? 1)) % size;
      return sum + at * (strides[axis] ?? 1);
    }, start);
    result.data.set(x.data.subarray(from, from + width), to);
  }
  return result;
}

/** Fills positions outside the input from the position that `inside` names. */
function padFrom(
  x: Tensor,
  before: readonly number[],
  after: readonly number[],
  inside: (at: number, size: number) => number,
): Tensor {
  return x.shape.reduce((tensor, size, axis) => {
    const start = before[axis] ?? 0;
    const total = start + size + (after[axis] ?? 0);
    if (total === size) return tensor;
    const places = Array.from({ length: total }, (_, index) => {
      const at = index - start;
      return at >= 0 && at < size ? at : inside(at, size);
    });
    return takePlaces(tensor, axis, places);
  }, x);
}

function takePlaces(x: Tensor, axis: number, places: readonly number[]): Tensor {
  const [outer, size, inner] = around(x.shape, axis);
  const shape = x.shape.map((one, index) => (index === axis ? places.length : one));
  const result = emptyTensor(shape);
  for (let item = 0; item < outer; item++) {
    places.forEach((place, at) => {
      const from = (item * size + place) * inner;
      const part = x.data.subarray(from, from + inner);
      result.data.set(part, (item * places.length + at) * inner);
    });
  }
  return result;
}

function paddedShape(
  shape: readonly number[],
  before: readonly number[],
  after: readonly number[],
): number[] {
  return shape.map((size, axis) => size + (before[axis] ?? 0) + (after[axis] ?? 0));
}
