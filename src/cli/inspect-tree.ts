import { KcError } from "../errors.ts";
import type { Hdf5Attributes, Hdf5Dataset, Hdf5Group } from "../formats/hdf5/index.ts";
import type { Hdf5Entry } from "../formats/hdf5/tree.ts";
import type { ZipEntry } from "../formats/zip-directory.ts";
import type { TreeLine } from "../report/inspection.ts";

/** How the numbers of a dataset lie in the file: `contiguous`, `chunked gzip`. */
export function storageText(dataset: Hdf5Dataset): string {
  try {
    const { storage } = dataset;
    if (storage.kind !== "chunked") return storage.kind;
    return ["chunked", ...storage.filters].join(" ");
  } catch (error) {
    if (error instanceof KcError && error.code === "unsupported") return "not readable";
    throw error;
  }
}

/** The first line of a file's tree. */
export function rootLine(root: Hdf5Group): TreeLine {
  return { depth: 0, name: "/", what: "", attributes: attributeTexts(root.attributes) };
}

/** The line of one file in a zip archive. */
export function memberLine({ name, method, size, packedSize, crc }: ZipEntry): TreeLine {
  const sum = (crc >>> 0).toString(16).padStart(8, "0");
  const packed = method === 0 ? "stored" : `deflated to ${packedSize}`;
  return { depth: 0, name, what: `${size} bytes, ${packed}, CRC-32 ${sum}`, attributes: [] };
}

/** The line of one member. */
export function treeLine({ depth, name, object, link, attributes }: Hdf5Entry): TreeLine {
  return {
    depth,
    name,
    what:
      object?.kind === "dataset"
        ? `${object.dtype} (${object.shape.join(", ")})  ${storageText(object)}`
        : linkText(link),
    attributes: attributes === undefined ? [] : attributeTexts(attributes),
  };
}

/** Long values are cut: a model's configuration is an attribute. */
function attributeTexts(attributes: Hdf5Attributes): readonly (readonly [string, string])[] {
  return attributes.keys().map((name) => [name, attributeText(attributes, name)]);
}

function attributeText(attributes: Hdf5Attributes, name: string): string {
  try {
    const text = JSON.stringify(attributes.get(name), (_, value: unknown) =>
      typeof value === "bigint" ? String(value) : value,
    );
    return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}… (${text.length} characters)`;
  } catch (error) {
    if (error instanceof KcError) return "not readable";
    throw error;
  }
}

const LONGEST = 100;

function linkText(link: Hdf5Entry["link"]): string {
  switch (link?.kind) {
    case "soft":
      return `→ ${link.target}`;
    case "external":
      return `→ ${link.target} in ${link.file}`;
    case "user-defined":
      return `→ a link of type ${link.type}`;
    default:
      return "";
  }
}
