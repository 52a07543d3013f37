import { type Diagnostic, fail } from "../../errors.ts";
import type { ModelSummary } from "../../ir/model-summary.ts";
import { withCommas } from "../readable.ts";
import { countBoxes, describeModel, type PictureOptions } from "./describe-model.ts";
import type { Picture } from "./picture.ts";

/** How many boxes a picture may have. */
export interface PictureLimit {
  readonly boxes: number;
  /** A way out for who exceeds it. */
  readonly hint?: string;
}

/**
 * A model as a picture that is not too large. Nested models stay closed when only their layers would exceed the limit,
 * with a warning. Throws `limit`.
 */
export function describeWithin(
  model: ModelSummary,
  options: PictureOptions,
  limit: PictureLimit,
): { readonly picture: Picture; readonly warnings: readonly Diagnostic[] } {
  const most = withCommas(limit.boxes);
  const more = limit.hint === undefined ? {} : { hint: limit.hint };
  const closed = countBoxes(model.layers, false);
  const opened = options.expand ? countBoxes(model.layers, true) : closed;
  if (closed > limit.boxes) {
    fail("limit", `The model has ${withCommas(closed)} layers, a drawing ${most} at most.`, more);
  }
  const expand = options.expand && opened <= limit.boxes;
  const picture = describeModel(model, { ...options, expand });
  const { length: lines } = picture.lines;
  if (lines > 2 * limit.boxes) {
    const text = `The model has ${withCommas(lines)} connections, a drawing ${withCommas(2 * limit.boxes)} at most.`;
    fail("limit", text, more);
  }
  if (expand === options.expand) return { picture, warnings: [] };
  const text = `Nested models are drawn as one box each: with their layers there were ${withCommas(opened)} boxes, more than ${most}.`;
  return { picture, warnings: [{ code: "limit", text }] };
}
