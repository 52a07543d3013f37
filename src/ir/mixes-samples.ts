import type { Op } from "./ops/index.ts";

/** Whether a sample's result depends on the other samples of its batch, or on those before; unknown ops count as such. */
export function mixesSamples(op: Op): boolean {
  switch (op.kind) {
    case "reduce":
      return op.axes.includes(0);
    case "slice":
      return op.starts[0] !== 0 || op.ends[0] !== null || op.steps[0] !== 1;
    case "custom":
      return true;
    case "recurrent":
      return op.stateful;
    default:
      return false;
  }
}
