import { KcError } from "../errors.ts";
import type { ByteSource } from "../formats/bytes.ts";
import { detectContainer } from "../formats/detect.ts";
import { type Hdf5Dataset, openHdf5 } from "../formats/hdf5/index.ts";
import { type Hdf5Entry, listHdf5 } from "../formats/hdf5/tree.ts";
import { openZip } from "../formats/zip.ts";
import { readZipDirectory } from "../formats/zip-directory.ts";
import type { ArrayFacts, Inspection } from "../report/inspection.ts";
import { refuseJson } from "../sources/keras/lone-json.ts";
import { statisticsOf, type WeightStatistics } from "../weights/statistics.ts";
import { rootLine, storageText, treeLine } from "./inspect-tree.ts";

/** What a container holds, whether Keras wrote it or not. Throws `bad-format` for what is neither HDF5 nor a zip. */
export function inspectContainer(
  source: ByteSource,
  options: { readonly statistics: boolean; readonly tree: boolean },
): Pick<Inspection, "container" | "arrays" | "tree"> {
  switch (detectContainer(source)) {
    case "json":
      return refuseJson(source);
    case "zip": {
      const members = readZipDirectory(source).map(({ name, size, packedSize }) => ({
        name,
        bytes: size,
        packedBytes: packedSize,
      }));
      const zip = openZip(source);
      const inner = zip.names
        .filter((name) => name.endsWith(".h5"))
        .map((name) => ({ name, entries: listHdf5(openHdf5(zip.open(name)).root) }));
      return {
        container: { kind: "zip", members },
        arrays: inner.flatMap(({ entries }) => arraysIn(entries, options.statistics)),
        ...(options.tree
          ? {
              tree: inner.flatMap(({ name, entries }) => [
                { depth: 0, name, what: "", attributes: [] },
                ...entries.map(treeLine),
              ]),
            }
          : {}),
      };
    }
    case "hdf5": {
      const { root, superblockVersion, userBlock } = openHdf5(source);
      const entries = listHdf5(root);
      return {
        container: { kind: "HDF5", superblock: superblockVersion, userBlock },
        arrays: arraysIn(entries, options.statistics),
        ...(options.tree ? { tree: [rootLine(root), ...entries.map(treeLine)] } : {}),
      };
    }
  }
}

function arraysIn(entries: readonly Hdf5Entry[], statistics: boolean): readonly ArrayFacts[] {
  return entries.flatMap(({ object }) => {
    if (object?.kind !== "dataset") return [];
    const { path, shape, dtype } = object;
    const storage = storageText(object);
    return [{ path, shape, dtype, storage, ...(statistics ? numbersOf(object) : NO_NUMBERS) }];
  });
}

const NO_NUMBERS: WeightStatistics = {
  min: null,
  max: null,
  mean: null,
  std: null,
  zeros: 0,
  nans: 0,
  infinities: 0,
};

/** Texts and the like have no statistics. */
function numbersOf(dataset: Hdf5Dataset): WeightStatistics {
  try {
    return statisticsOf(dataset);
  } catch (error) {
    if (error instanceof KcError && error.code === "unsupported") return NO_NUMBERS;
    throw error;
  }
}
