import type { ByteSource } from "../formats/bytes.ts";
import type { Hdf5Dataset, Hdf5Storage } from "../formats/hdf5/index.ts";
import { kindOfBytes } from "./bytes-kind.ts";
import type { Findings } from "./finding.ts";
import { hdf5Rule } from "./hdf5-rule.ts";

/** An array whose bytes can be read. */
export interface StoredArray {
  readonly dataset: Hdf5Dataset;
  readonly storage: Hdf5Storage;
}

/** Judges where an array's bytes lie and what they are; undefined when they cannot be read. */
export function scanArray(dataset: Hdf5Dataset, findings: Findings): StoredArray | undefined {
  const at = { path: dataset.path };
  const foreign = findings.attempt(at, hdf5Rule, () => dataset.foreign);
  if (foreign !== undefined) {
    if (foreign.kind === "plug-in") {
      findings.add("hdf5/unknown-filter", at, `It is packed with ${foreign.filters.join(", ")}.`);
      return undefined;
    }
    const files = foreign.files.map((file) => JSON.stringify(file)).join(", ");
    const rule = foreign.kind === "external" ? "hdf5/external-data" : "hdf5/virtual-data";
    findings.add(rule, at, `Its data would be read from ${files === "" ? "other files" : files}.`);
    return undefined;
  }
  const storage = findings.attempt(at, hdf5Rule, () => dataset.storage);
  if (storage === undefined) return undefined;
  const array = { dataset, storage };
  scanBytes(array, findings);
  return array;
}

/** Arrays unpack to so many times the size of the file at most, unless they are small. */
const MAX_RATIO = 200;
const SMALL = 256 * 2 ** 20;

/** Judges all arrays together: no two may share bytes, and their sizes must be in proportion to the file's. */
export function scanExtents(
  arrays: readonly StoredArray[],
  source: ByteSource,
  findings: Findings,
): void {
  const total = arrays.reduce((sum, { storage }) => sum + storage.byteLength, 0);
  if (total > SMALL && total > MAX_RATIO * source.size) {
    findings.add("hdf5/bomb", {}, `Arrays of ${total} bytes in a file of ${source.size}.`);
  }
  const extents = arrays
    .flatMap(({ dataset, storage }) =>
      storage.kind === "contiguous" && storage.byteLength > 0
        ? [{ path: dataset.path, ...storage }]
        : [],
    )
    .sort((a, b) => a.offset - b.offset);
  let last = extents[0];
  for (const extent of extents.slice(1)) {
    if (last !== undefined && last.offset + last.byteLength > extent.offset) {
      findings.add("hdf5/overlap", { path: extent.path }, `It shares bytes with "${last.path}".`);
    }
    const ends = extent.offset + extent.byteLength;
    if (last === undefined || ends > last.offset + last.byteLength) last = extent;
  }
}

/** Bytes that are no numbers: opaque, 8-bit and text arrays can hold a pickle or a program. */
function scanBytes({ dataset, storage }: StoredArray, findings: Findings): void {
  const { type, path } = dataset;
  const bytes = storage.byteLength;
  const opaque = type.kind === "opaque" || type.kind === "string" || type.size === 1;
  if (!opaque || bytes < 4) return;
  const head = new Uint8Array(Math.min(bytes, 512));
  const end = new Uint8Array(1);
  const read = findings.attempt({ path }, hdf5Rule, () => {
    dataset.readBytes(0, head);
    dataset.readBytes(bytes - 1, end);
    return true;
  });
  if (read === undefined) return;
  const kind = kindOfBytes(Uint8Array.of(...head, ...end));
  if (kind === "pickle") findings.add("code/pickle", { path }, "The array is a Python pickle.");
  if (kind === "program") findings.add("code/executable", { path }, "The array is a program.");
}
