import type { BorderAmounts } from "../../formats/coreml/types.gen.ts";

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
