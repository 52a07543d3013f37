import { fail } from "../../errors.ts";
import type { Cursor } from "./cursor.ts";
import { listPlugIns } from "./filters.ts";
import { openLocalHeap } from "./local-heap.ts";
import { MESSAGE } from "./object-header.ts";
import type { Hdf5Objects } from "./objects.ts";
import { decodeText } from "./text.ts";

/** What the data of a dataset needs besides this file and the HDF5 library. */
export type ForeignData =
  /**
   * Raw bytes of other files, or datasets of other HDF5 files. Names are as the file spells them; `.` is the file
   * itself. For virtual datasets only the first is told.
   */
  | { readonly kind: "external" | "virtual"; readonly files: readonly string[] }
  /** Filters that the library loads as plug-ins, by number and name. */
  | { readonly kind: "plug-in"; readonly filters: readonly string[] };

/**
 * What the data of a dataset needs from outside; undefined when all of it lies in this file.
 *
 * @see HDF5 File Format Specification 3.0, sections III.E, IV.A.2.h, IV.A.2.i and IV.A.2.l
 */
export function readForeignData(
  objects: Hdf5Objects,
  body: (type: number) => Cursor | undefined,
): ForeignData | undefined {
  const list = body(MESSAGE.externalFiles);
  if (list !== undefined) return { kind: "external", files: readFileList(objects, list) };
  const layout = body(MESSAGE.layout);
  if (layout !== undefined && layout.version(1, 2, 3, 4, 5) >= 4 && layout.u8() === VIRTUAL) {
    return { kind: "virtual", files: readFirstSource(objects, layout) };
  }
  const filters = listPlugIns(body(MESSAGE.filters));
  return filters.length === 0 ? undefined : { kind: "plug-in", filters };
}

const VIRTUAL = 3;
const MAX_FILES = 1000;

function readFileList({ reader }: Hdf5Objects, cursor: Cursor): readonly string[] {
  cursor.version(1);
  cursor.skip(5);
  const count = cursor.u16();
  if (count > MAX_FILES) {
    fail("limit", `The data lies in ${count} external files; ${MAX_FILES} are read about.`, {
      at: { file: reader.source.name },
    });
  }
  const name = openLocalHeap(reader, cursor.definedAddress());
  return Array.from({ length: count }, () => {
    const offset = cursor.length();
    cursor.length();
    cursor.length();
    return name(offset);
  });
}

/** The global heap object with the mappings: version, count, then for each first the file's name. */
function readFirstSource({ heap }: Hdf5Objects, cursor: Cursor): readonly string[] {
  const address = cursor.address();
  if (address === undefined) return [];
  const mappings = cursor.over(heap.open()(address, cursor.u32()), "the list of sources");
  const version = mappings.version(0, 1);
  if (mappings.length() === 0) return [];
  // Version 1 may leave the name out, when it is that of the file itself.
  if (version === 1 && (mappings.u8() & SAME_FILE) !== 0) return ["."];
  return [decodeText(mappings.bytes.subarray(mappings.position))];
}

const SAME_FILE = 4;
