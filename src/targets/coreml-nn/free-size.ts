import { KcError } from "../../errors.ts";
import type { Graph, ValueId } from "../../ir/graph.ts";
import { withNodes } from "../../ir/rewrite.ts";

/**
 * The smallest size that all free axes of an input may have together: below it some window does not fit.
 * 1 when even the largest tried size does not settle it.
 */
export function smallestSize(graph: Graph, input: ValueId): number {
  let low = 1;
  let high = LARGEST;
  if (fits(graph, input, low) || !fits(graph, input, high)) return 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (fits(graph, input, middle)) high = middle;
    else low = middle;
  }
  return high;
}

const LARGEST = 2048;

function fits(graph: Graph, input: ValueId, size: number): boolean {
  const type = graph.types.get(input);
  if (type === undefined) return false;
  const shape = type.shape.map((dim, axis) => (axis > 0 && dim === null ? size : dim));
  const types = new Map(graph.types).set(input, { ...type, shape });
  try {
    withNodes({ ...graph, types }, graph.nodes);
    return true;
  } catch (error) {
    if (error instanceof KcError) return false;
    throw error;
  }
}
