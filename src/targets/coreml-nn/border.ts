import type { BorderAmounts, SamePadding, ValidPadding } from "../../formats/coreml/types.gen.ts";
import type { Padding } from "../../ir/ops/conv.ts";

/** Elements before and after, on one axis. */
export type Amounts = readonly [before: number, after: number];

/** Amounts on height and width. */
export function borders(height: Amounts, width: Amounts): BorderAmounts {
  const edge = ([startEdgeSize, endEdgeSize]: Amounts) => ({ startEdgeSize, endEdgeSize });
  return { borderAmounts: [edge(height), edge(width)] };
}

/** No padding, as coremltools writes it: with amounts of zero. */
export const VALID: { readonly valid: ValidPadding } = {
  valid: { paddingAmounts: borders([0, 0], [0, 0]) },
};

/** Padding of a window on height and width, or on width alone where `size` has one entry. */
export function paddingField(
  padding: Exclude<Padding, "causal">,
): { readonly valid: ValidPadding } | { readonly same: SamePadding } {
  if (padding === "valid") return VALID;
  if (padding === "same") return { same: {} };
  const last = padding.at(-1) ?? [0, 0];
  return { valid: { paddingAmounts: borders(padding.at(-2) ?? [0, 0], last) } };
}
