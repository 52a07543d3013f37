/** How the numbers of a new weight are spread. */
export type Distribution =
  | { readonly kind: "constant"; readonly value: number }
  /** Given one by one, in row-major order. */
  | { readonly kind: "values"; readonly values: readonly number[] }
  | { readonly kind: "uniform"; readonly low: number; readonly high: number }
  | { readonly kind: "normal"; readonly mean: number; readonly deviation: number }
  /** A normal one that is drawn again beyond two deviations. */
  | { readonly kind: "truncated"; readonly mean: number; readonly deviation: number }
  | { readonly kind: "orthogonal"; readonly gain: number }
  /** `repeats`: again and again along the longer side, as up to Keras 2.3. */
  | { readonly kind: "identity"; readonly gain: number; readonly repeats: boolean };
