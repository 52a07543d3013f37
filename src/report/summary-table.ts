import type { ModelSummary, SummaryStyle } from "../ir/model-summary.ts";
import { keras2Table } from "./keras2-table.ts";
import { type Keras3Options, keras3Table } from "./keras3-table.ts";
import { tfkeras2Table } from "./tfkeras2-table.ts";

/** A model's table in one of Keras' styles, byte for byte; it ends with a line feed. `keras2` knows no options. */
export function summaryTable(
  model: ModelSummary,
  style: SummaryStyle,
  options: Keras3Options,
): string {
  switch (style) {
    case "keras2":
      return keras2Table(model);
    case "tfkeras2":
      return tfkeras2Table(model, options);
    case "keras3":
      return keras3Table(model, options);
  }
}
