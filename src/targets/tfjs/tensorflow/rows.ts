import { reshape, scalar, type Tensor } from "@tensorflow/tfjs-core";
import { sizeAt } from "../rank.ts";
import type { OpAttributes, TensorFlowOps } from "./operations.ts";

/**
 * Rows of a table by number, which TensorFlow checks. tfjs-node reads the numbers to check them itself, so that what it does cannot be
 * recorded.
 */
export function takeRows(ops: TensorFlowOps, table: Tensor, numbers: Tensor): Tensor {
  const attributes = { ...INDICES, Tparams: FLOAT, Taxis: WHOLE, batch_dims: 0 };
  return ops.one("GatherV2", [table, numbers, scalar(0, "int32")], attributes);
}

/** The gradient of a table of so many rows, from those of the rows that were taken. */
export function sumRows(ops: TensorFlowOps, dy: Tensor, numbers: Tensor, rows: number): Tensor {
  const [slopes, places] = [reshape(dy, [-1, sizeAt(dy, -1)]), reshape(numbers, [-1])];
  const attributes = { ...INDICES, T: FLOAT, Tnumsegments: WHOLE };
  return ops.one("UnsortedSegmentSum", [slopes, places, scalar(rows, "int32")], attributes);
}

const FLOAT = { type: "float32" } as const;
const WHOLE = { type: "int32" } as const;
const INDICES: OpAttributes = { Tindices: WHOLE };
