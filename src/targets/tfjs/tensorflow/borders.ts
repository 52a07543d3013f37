import { sizeOf } from "../../../ir/tensor.ts";
import type { RecordedOperation, Source } from "./recorder.ts";

/**
 * Bytes that the operations of a piece make. What a piece reads is there until its end, and TensorFlow decides about the order
 * within: less holds less memory, more is hardly quicker.
 */
const PIECE = 32 * 1024 ** 2;

/** Where the pieces of operations begin, but for the first. */
export function bordersOf(operations: readonly RecordedOperation[]): readonly number[] {
  const readers = readersOf(operations);
  const borders: number[] = [];
  let bytes = 0;
  operations.forEach(({ op, inputs: [taken], results }, index) => {
    // Taken along by the one before, or written over what that gave.
    const joins =
      POINTWISE.has(op) &&
      taken !== undefined &&
      taken === operations[index - 1]?.results[0] &&
      readers.get(taken) === 1;
    if (bytes > PIECE && !joins) {
      borders.push(index);
      bytes = 0;
    }
    if (!joins && !IN_PLACE.has(op))
      bytes += 4 * results.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  });
  return borders;
}

/** What a convolution or product takes along, or overwrites its result with. */
const POINTWISE: ReadonlySet<string> = new Set([
  ...[
    "Add",
    "AddV2",
    "BiasAdd",
    "Mul",
    "Sub",
    "Relu",
    "Relu6",
    "Elu",
    "LeakyRelu",
    "Sigmoid",
    "Tanh",
  ],
]);

/** What gives numbers that lie where others lie. */
const IN_PLACE: ReadonlySet<string> = new Set(["Reshape", "Slice", "InplaceUpdate"]);

function readersOf(operations: readonly RecordedOperation[]): ReadonlyMap<Source, number> {
  const readers = new Map<Source, number>();
  for (const { inputs } of operations) {
    for (const source of inputs) readers.set(source, (readers.get(source) ?? 0) + 1);
  }
  return readers;
}
