import { fail } from "../../errors.ts";
import type { Hdf5Dataset, Hdf5Group, Hdf5Object } from "../../formats/hdf5/index.ts";
import {
  type AttributeContent,
  createGroup,
  type DatasetContent,
  ELEMENT_SIZE,
  type GroupDraft,
  type StoredType,
} from "../../formats/hdf5-writer/index.ts";
import { sizeOf } from "../../ir/tensor.ts";
import { storedWeight } from "../../sources/keras/weight-store.ts";
import { storedBytes } from "../../weights/encode.ts";

/** A group of a file as it is, with all that is in it: texts, names and numbers bit for bit. Throws `unsupported` for other things. */
export function copyGroup(group: Hdf5Group): GroupDraft {
  const copy = createGroup();
  copyAttributes(group, copy.attributes);
  for (const name of group.keys()) {
    const member = group.get(name);
    if (member?.kind === "group") copy.members.set(name, copyGroup(member));
    if (member?.kind === "dataset") copy.members.set(name, copyDataset(member));
  }
  return copy;
}

/** An array as it is; in little-endian order, whatever the file has. */
export function copyDataset(dataset: Hdf5Dataset): DatasetContent {
  const { shape } = dataset;
  const dtype = typeOf(dataset);
  const attributes = new Map<string, AttributeContent>();
  copyAttributes(dataset, attributes);
  const plain = isLittle(dataset);
  const byteLength = sizeOf(shape) * ELEMENT_SIZE[dtype];
  const data = plain
    ? { byteLength, chunks: () => rawChunks(dataset, byteLength) }
    : storedBytes(storedWeight(dataset, ""));
  return { kind: "dataset", dtype, shape, attributes, data };
}

function copyAttributes(from: Hdf5Object, to: Map<string, AttributeContent>): void {
  for (const name of from.attributes.keys()) {
    const value = from.attributes.get(name);
    if (typeof value === "string") to.set(name, { kind: "text", value, charset: "ascii" });
    if (!Array.isArray(value)) continue;
    const values = value.filter((item) => typeof item === "string");
    if (values.length === value.length) to.set(name, { kind: "texts", values });
  }
}

const TYPES: readonly StoredType[] = [
  "float64",
  "float32",
  "float16",
  "bfloat16",
  "int64",
  "int32",
  "int16",
  "int8",
  "uint64",
  "uint32",
  "uint16",
  "uint8",
  "bool",
];

function typeOf(dataset: Hdf5Dataset): StoredType {
  return (
    TYPES.find((type) => type === dataset.dtype) ??
    fail("unsupported", `An array of type ${dataset.dtype} cannot be written.`, {
      at: { path: dataset.path },
    })
  );
}

function isLittle({ type }: Hdf5Dataset): boolean {
  if (type.kind === "float" || type.kind === "integer") {
    return type.endian === "little" || type.size === 1;
  }
  return true;
}

const PIECE = 1 << 18;

function* rawChunks(dataset: Hdf5Dataset, byteLength: number): Iterable<Uint8Array> {
  const buffer = new Uint8Array(Math.min(PIECE, byteLength));
  for (let at = 0; at < byteLength; at += PIECE) {
    const part = buffer.subarray(0, Math.min(PIECE, byteLength - at));
    dataset.readBytes(at, part);
    yield part;
  }
}
