import { KcError } from "../errors.ts";
import type { BlobLookup } from "../formats/coreml/open.ts";
import { operationsOf, tensorsIn } from "../formats/coreml/operations.ts";
import { constantShape, createTensorReader } from "../formats/coreml/program-value.ts";
import type { MILSpecValue, Model } from "../formats/coreml/types.gen.ts";
import { sizeOf } from "../ir/tensor.ts";
import type { ArrayFacts } from "../report/inspection.ts";
import { statisticsOf, type WeightStatistics } from "../weights/statistics.ts";
import { NO_NUMBERS } from "./inspect-numbers.ts";

/** Smaller constants are parameters of operations, not weights. */
const SMALLEST = 10;

/** Numbers in a byte: the shortest have one bit. */
const PER_BYTE = 8;

/**
 * Every array that a program holds, in place or in its weight file. An array that many operations name is read once,
 * and together they read no more than `room` numbers.
 */
export function programWeights(
  model: Model,
  blobs: BlobLookup,
  options: { readonly statistics: boolean; readonly fileSize: number },
): readonly ArrayFacts[] {
  const known = new Map<string, WeightStatistics>();
  let room = options.fileSize * PER_BYTE;
  const read = createTensorReader((fileName) => {
    const source = blobs(fileName);
    room += source.size * PER_BYTE;
    return source;
  });
  const statisticsFor = (value: MILSpecValue, path: string): WeightStatistics | undefined => {
    const { blobFileValue } = value;
    const key = blobFileValue && `${blobFileValue.fileName} ${blobFileValue.offset}`;
    const before = key === undefined ? undefined : known.get(key);
    if (before !== undefined) return before;
    try {
      const { weight, shape } = read(value, path, { path });
      if (sizeOf(shape) > room) return NO_NUMBERS;
      room -= sizeOf(shape);
      const statistics = statisticsOf(weight);
      if (key !== undefined) known.set(key, statistics);
      return statistics;
    } catch (error) {
      if (error instanceof KcError) return undefined;
      throw error;
    }
  };
  const found: ArrayFacts[] = [];
  for (const { message } of operationsOf(model)) {
    for (const [path, value] of tensorsIn(message)) {
      const shape = constantShape(value.type?.tensorType ?? {}) ?? [];
      if (value.blobFileValue === undefined && sizeOf(shape) < SMALLEST) continue;
      const dtype = (value.type?.tensorType?.dataType ?? "unknown type").toLowerCase();
      const statistics = options.statistics ? statisticsFor(value, path) : NO_NUMBERS;
      const storage = statistics === undefined ? "not readable" : "contiguous";
      found.push({ path, shape, dtype, storage, ...(statistics ?? NO_NUMBERS) });
    }
  }
  return found;
}
