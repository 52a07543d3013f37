import { on } from "../call.ts";
import { emptyTensor, type Tensor } from "../tensor.ts";

/** A block `[C, H, W]` as a blob of rank 5. */
export const loadConstant = on("loadConstant", ({ shape = [], data }, call) => ({
  shape: [1, 1, ...shape],
  data: call.weights(data, shape, "data"),
}));

/** A constant of any rank. */
export const loadConstantND = on("loadConstantND", ({ shape = [], data }, call) => ({
  shape,
  data: call.weights(data, shape, "data"),
}));

/** One number in a stated shape. */
export const fillStatic = on("fillStatic", ({ value = 0, targetShape = [] }) =>
  filled(targetShape, value),
);

/** One number in the shape of the input. */
export const fillLike = on("fillLike", ({ value = 0 }, call) => filled(call.input().shape, value));

/** One number in the shape that the input states. */
export const fillDynamic = on("fillDynamic", ({ value = 0 }, call) =>
  filled([...call.input().data], value),
);

/** As numpy.arange. */
export const rangeStatic = on("rangeStatic", (params, call) => {
  const { startValue = 0, endValue = 0, stepSizeValue = 0 } = params;
  const count = Math.max(0, Math.ceil((endValue - startValue) / stepSizeValue));
  call.require(
    Number.isSafeInteger(count),
    `counts from ${startValue} to ${endValue} by ${stepSizeValue}`,
  );
  const result = emptyTensor([count]);
  for (let at = 0; at < count; at++) result.data[at] = startValue + at * stepSizeValue;
  return result;
});

function filled(shape: readonly number[], value: number): Tensor {
  const result = emptyTensor(shape);
  result.data.fill(value);
  return result;
}
