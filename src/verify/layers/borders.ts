import type {
  BorderAmounts,
  Convolution3DLayerParams,
  Pooling3DLayerParams,
} from "../../formats/coreml/types.gen.ts";
import { samePadding, type Window, type WindowSize } from "../window.ts";

/** `[height, width]`, or the default for both when the field is empty. */
export function pairOf(
  values: readonly number[] | undefined,
  otherwise: number,
): readonly number[] {
  return values === undefined || values.length === 0 ? [otherwise, otherwise] : values;
}

/**
 * Amounts before and after height and width; zeros when none are given.
 *
 * @see NeuralNetwork.proto BorderAmounts
 */
export function borderAmounts(amounts: BorderAmounts | undefined): {
  readonly before: readonly number[];
  readonly after: readonly number[];
} {
  const edges = [amounts?.borderAmounts?.[0], amounts?.borderAmounts?.[1]];
  return {
    before: edges.map((edge) => edge?.startEdgeSize ?? 0),
    after: edges.map((edge) => edge?.endEdgeSize ?? 0),
  };
}

/**
 * Zeros around depth, height and width: stated, none, or as many as `SAME` takes.
 *
 * @see NeuralNetwork.proto Convolution3DLayerParams, Pooling3DLayerParams
 */
export function volumeBorders(
  params: Convolution3DLayerParams | Pooling3DLayerParams,
  spatial: readonly number[],
  size: WindowSize,
): Pick<Window, "before" | "after"> {
  if (params.paddingType === "SAME") return samePadding(spatial, size, false);
  const before = [params.customPaddingFront, params.customPaddingTop, params.customPaddingLeft];
  const after = [params.customPaddingBack, params.customPaddingBottom, params.customPaddingRight];
  const counts = params.paddingType !== "VALID";
  const amounts = (edges: readonly (number | undefined)[]) =>
    edges.map((amount) => (counts ? (amount ?? 0) : 0));
  return { before: amounts(before), after: amounts(after) };
}
