import { KcError } from "../errors.ts";
import type { Hdf5Entry } from "../formats/hdf5/tree.ts";
import { sizeOf } from "../ir/tensor.ts";
import { statisticsOf, type WeightStatistics } from "../weights/statistics.ts";

/** Of an array whose numbers are not read. */
export const NO_NUMBERS: WeightStatistics = {
  min: null,
  max: null,
  mean: null,
  std: null,
  zeros: 0,
  nans: 0,
  infinities: 0,
};

/**
 * Statistics of the datasets of a file, of an array with several names once. An array that claims more numbers than a
 * file of `fileSize` bytes can hold is not read, nor is one of texts or that needs other files.
 */
export function statisticsWithin(fileSize: number): (entry: Hdf5Entry) => WeightStatistics {
  const known = new Map<number, WeightStatistics>();
  let room = fileSize * PER_BYTE;
  return ({ object, link }) => {
    if (object?.kind !== "dataset" || link?.kind !== "hard") return NO_NUMBERS;
    const before = known.get(link.address);
    if (before !== undefined) return before;
    const size = sizeOf(object.shape);
    const statistics = size > room ? NO_NUMBERS : readable(() => statisticsOf(object));
    if (size <= room) room -= size;
    known.set(link.address, statistics);
    return statistics;
  };
}

/** Numbers that a byte can stand for: deflate shrinks at most 1032 times, to which a byte each is generous. */
const PER_BYTE = 1032;

function readable(read: () => WeightStatistics): WeightStatistics {
  try {
    return read();
  } catch (error) {
    if (error instanceof KcError && error.code === "unsupported") return NO_NUMBERS;
    throw error;
  }
}
