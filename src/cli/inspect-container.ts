import { KcError } from "../errors.ts";
import { type ByteSource, readBytes } from "../formats/bytes.ts";
import { detectContainer } from "../formats/detect.ts";
import { openHdf5 } from "../formats/hdf5/index.ts";
import { type Hdf5Entry, listHdf5 } from "../formats/hdf5/tree.ts";
import { openZip, type Zip } from "../formats/zip.ts";
import { readZipDirectory } from "../formats/zip-directory.ts";
import type { ArrayFacts, Inspection } from "../report/inspection.ts";
import { parseObject } from "../sources/keras/python-json.ts";
import type { WeightStatistics } from "../weights/statistics.ts";
import { NO_NUMBERS, statisticsWithin } from "./inspect-numbers.ts";
import { inspectTfjs } from "./inspect-tfjs.ts";
import { memberLine, rootLine, storageText, treeLine } from "./inspect-tree.ts";

/** What a container holds, whether Keras wrote it or not. Throws `bad-format` for what is neither HDF5 nor a zip nor a model of TensorFlow.js. */
export function inspectContainer(
  source: ByteSource,
  options: { readonly statistics: boolean; readonly tree: boolean },
): Pick<Inspection, "container" | "arrays" | "tree"> {
  const read = options.statistics ? statisticsWithin(source.size) : () => NO_NUMBERS;
  switch (detectContainer(source)) {
    case "json":
      return inspectTfjs(source, options);
    case "zip": {
      const directory = readZipDirectory(source);
      const members = directory.map(({ name, size, packedSize }) => ({
        name,
        bytes: size,
        packedBytes: packedSize,
      }));
      const zip = openZip(source);
      const inner = zip.names
        .filter((name) => name.endsWith(".h5"))
        .map((name) => ({ name, entries: listHdf5(openHdf5(zip.open(name)).root) }));
      return {
        container: { kind: "zip", ...kerasOf(zip), members },
        arrays: inner.flatMap(({ entries }) => arraysIn(entries, read)),
        ...(options.tree
          ? {
              tree: directory.flatMap((member) => [
                memberLine(member),
                ...(inner.find(({ name }) => name === member.name)?.entries ?? []).map(treeLine),
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
        arrays: arraysIn(entries, read),
        ...(options.tree ? { tree: [rootLine(root), ...entries.map(treeLine)] } : {}),
      };
    }
  }
}

/** The Keras that an archive says wrote it, also where no model can be read from it. */
function kerasOf(zip: Zip): { readonly keras?: string } {
  const member = zip.names.includes("metadata.json") ? zip.open("metadata.json") : undefined;
  if (member === undefined || member.size > MAX_METADATA) return {};
  const json = new TextDecoder().decode(readBytes(member, 0, member.size, "The metadata"));
  try {
    const { keras_version: version } = parseObject(json, "metadata.json");
    return typeof version === "string" ? { keras: version.slice(0, 100) } : {};
  } catch (error) {
    if (error instanceof KcError) return {};
    throw error;
  }
}

const MAX_METADATA = 2 ** 20;

function arraysIn(
  entries: readonly Hdf5Entry[],
  read: (entry: Hdf5Entry) => WeightStatistics,
): readonly ArrayFacts[] {
  return entries.flatMap((entry) => {
    const { object } = entry;
    if (object?.kind !== "dataset") return [];
    const { path, shape, dtype } = object;
    return [{ path, shape, dtype, storage: storageText(object), ...read(entry) }];
  });
}
