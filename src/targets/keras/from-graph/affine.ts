import type { AffineOp } from "../../../ir/ops/norm.ts";
import { readFloat64, sizeOf, type WeightRef } from "../../../ir/tensor.ts";
import type { Json } from "../../../json.ts";
import type { LayerDraft, StepTypes } from "./layer.ts";

/** Rescaling with a number, or one for each channel, which its config holds. */
export function affineLayer(
  { weights: { scale, offset } }: AffineOp,
  { output }: StepTypes,
): LayerDraft {
  const channels = output.shape.at(-1) ?? 1;
  const fits = [scale, offset].every(
    (ref) =>
      ref === undefined ||
      ([1, channels].includes(sizeOf(ref.shape)) && ref.shape.at(-1) === sizeOf(ref.shape)),
  );
  if (!fits)
    return { unsupported: "Keras has no layer that scales each number by its own factor." };
  return {
    className: "Rescaling",
    config: { scale: numbersOf(scale, 1), offset: numbersOf(offset, 0) },
  };
}

function numbersOf(ref: WeightRef | undefined, otherwise: number): Json {
  if (ref === undefined) return otherwise;
  const numbers = [...readFloat64(ref)];
  const [first = otherwise] = numbers;
  return numbers.length === 1 || numbers.every((number) => number === first) ? first : numbers;
}
