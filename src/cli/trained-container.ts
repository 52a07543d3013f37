import { fail } from "../errors.ts";
import type { KerasContainer } from "../targets/keras/index.ts";

/** What a file of this name would be. Throws `bad-option` for names of no Keras file. */
export function trainedContainer(path: string): KerasContainer {
  const lower = path.toLowerCase();
  const found = ENDINGS.find(([end]) => lower.endsWith(end));
  if (found !== undefined) return found[1];
  return fail("bad-option", `${path} should end in .keras, .h5, .hdf5 or .weights.h5.`, {
    hint: "Keras knows by the name what a file is.",
  });
}

const ENDINGS: readonly (readonly [string, KerasContainer])[] = [
  [".weights.h5", ".weights.h5"],
  [".weights.hdf5", ".weights.h5"],
  [".h5", ".h5"],
  [".hdf5", ".h5"],
  [".keras", ".keras"],
];
