import { on } from "../call.ts";
import { padConstant, padFrom } from "../padding.ts";
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
