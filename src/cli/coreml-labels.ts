import { classLabelsOf } from "../formats/coreml/class-labels.ts";
import type { Model } from "../formats/coreml/types.gen.ts";
import type { CoreMLFacts } from "../report/coreml-inspection.ts";

/** Labels of a classifier of any kind, where it has some. */
export function labelFacts(model: Model): CoreMLFacts["labels"] {
  const labels = classLabelsOf(model);
  if (labels === undefined) return undefined;
  const type = typeof labels[0] === "number" ? "number" : "text";
  return { count: labels.length, type, first: labels.slice(0, SHOWN) };
}

const SHOWN = 8;
