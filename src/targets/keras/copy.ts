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
import { sizeOf, type WeightRef } from "../../ir/tensor.ts";
import { storedWeight } from "../../sources/keras/weight-store.ts";
import { storedBytes } from "../../weights/encode.ts";

/** Gives arrays that take the place of those of a file, by their path there. */
export type Replacing = (path: string) => WeightRef | undefined;

/**
 * A group of a file as it is, with all that is in it: texts, names and numbers bit for bit, but for arrays that others replace.
 * Throws `unsupported` for other things.
 */
export function copyGroup(group: Hdf5Group, replacing: Replacing = () => undefined): GroupDraft {
  const copy = createGroup();
  copyAttributes(group, copy.attributes);
  for (const name of group.keys()) {
    const member = group.get(name);
    if (member?.kind === "group") copy.members.set(name, copyGroup(member, replacing));
    if (member?.kind === "dataset") {
      copy.members.set(name, copyDataset(member, replacing(member.path)));
    }
  }
  return copy;
}

/** An array as it is, or with other numbers; in little-endian order, whatever the file has. */
function copyDataset(dataset: Hdf5Dataset, other?: WeightRef): DatasetContent {
  const { shape } = dataset;
  const dtype = typeOf(dataset);
  const attributes = new Map<string, AttributeContent>();
  copyAttributes(dataset, attributes);
  const byteLength = sizeOf(shape) * ELEMENT_SIZE[dtype];
  const plain = other === undefined && isLittle(dataset);
  const data = plain
    ? { byteLength, chunks: () => rawChunks(dataset, byteLength) }
    : storedBytes(other ?? storedWeight(dataset, ""));
  return { kind: "dataset", dtype, shape, attributes, data };
}

function copyAttributes(from: Hdf5Object, to: Map<string, AttributeContent>): void {
  for (const name of from.attributes.keys()) {
    const copy = copyAttribute(from, name);
    if (copy !== undefined) to.set(name, copy);
  }
}

/** Texts and whole numbers; Keras has no others. */
function copyAttribute({ attributes }: Hdf5Object, name: string): AttributeContent | undefined {
  const value = attributes.get(name);
  const described = attributes.describe(name);
  if (value === undefined || described === undefined) return undefined;
  const { type, shape } = described;
  const charset = "charset" in type ? type.charset : "ascii";
  if (typeof value === "string") return { kind: "text", value, charset };
  const list = Array.isArray(value) ? value : [value];
  const texts = list.filter((item) => typeof item === "string");
  if (texts.length === list.length) {
    const form = type.kind === "vlen-string" ? "variable" : "fixed";
    return { kind: "texts", values: texts, form, charset };
  }
  const whole = list.filter((item) => typeof item === "bigint" || Number.isSafeInteger(item));
  const values = whole.flatMap((item) =>
    typeof item === "bigint" || typeof item === "number" ? [BigInt(item)] : [],
  );
  return values.length === list.length && shape !== null
    ? { kind: "integers", shape, values }
    : undefined;
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
