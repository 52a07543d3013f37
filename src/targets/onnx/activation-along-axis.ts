import type { Activation } from "../../ir/ops/activation.ts";
import { int } from "./attributes.ts";
import { ELEMENT } from "./element.ts";
import type { Scribe } from "./scribe.ts";

/** Activations that look at all numbers along one axis, by its place in the tensor. */
export function activateAlong(
  w: Scribe,
  f: Extract<Activation, { readonly axis: number }>,
  x: string,
  axis: number,
  rank: number,
): string {
  switch (f.fn) {
    case "softmax":
      return w.add("Softmax", [x], { axis: int(axis) });
    case "logSoftmax":
      return w.add("LogSoftmax", [x], { axis: int(axis) });
    case "glu": {
      const [value = "", gate = ""] = w.addMany("Split", [x], 2, { axis: int(axis) });
      return w.add("Mul", [value, w.add("Sigmoid", [gate])]);
    }
    case "sparsemax":
      return sparsemax(w, x, axis, rank);
  }
}

/** As the comment of `Activation` says: sorted, summed up, and a threshold taken off. */
function sparsemax(w: Scribe, x: string, axis: number, rank: number): string {
  const size = w.add("Gather", [w.add("Shape", [x]), w.ints([axis])]);
  const [sorted = ""] = w.addMany("TopK", [x, size], 2, { axis: int(axis) });
  const sums = w.add("CumSum", [sorted, w.scalar(axis, ELEMENT.int64)]);
  const places = placesAlong(w, size, axis, rank);
  const limit = w.add("Div", [w.add("Sub", [sums, w.scalar(1)]), places]);
  const supported = w.add("Cast", [w.add("Greater", [sorted, limit])], { to: int(ELEMENT.float) });
  const total = (values: string): string => w.add("ReduceSum", [values, w.ints([axis])]);
  const above = w.add("Sub", [total(w.add("Mul", [sums, supported])), w.scalar(1)]);
  const threshold = w.add("Div", [above, total(supported)]);
  return w.add("Relu", [w.add("Sub", [x, threshold])]);
}

/** 1, 2, 3, … along an axis, to be broadcast. */
function placesAlong(w: Scribe, size: string, axis: number, rank: number): string {
  const last = w.add("Squeeze", [w.add("Add", [size, w.ints([1])])]);
  const one = w.scalar(1, ELEMENT.int64);
  const counted = w.add("Range", [one, last, one]);
  const numbers = w.add("Cast", [counted], { to: int(ELEMENT.float) });
  const wide = Array.from({ length: rank }, (_, other) => (other === axis ? -1 : 1));
  return w.add("Reshape", [numbers, w.ints(wide)]);
}
