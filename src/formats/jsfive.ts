import { fail } from "../errors.ts";
import { sizeOf } from "../ir/tensor.ts";
import { type ByteSource, bytesSource } from "./bytes.ts";
import {
  type Hdf5Attributes,
  type Hdf5Dataset,
  type Hdf5Group,
  type Hdf5NamedType,
  type Hdf5Scalar,
  type Hdf5Type,
  openHdf5,
} from "./hdf5/index.ts";
import { type Dtype, numpyName } from "./hdf5/numpy-name.ts";

export type { Dtype } from "./hdf5/numpy-name.ts";

/**
 * An HDF5 reader with jsfive's face: `new File(arrayBuffer, name)`, `keys`, `get`, `attrs`, and
 * `Dataset` with `shape`, `dtype`, `value`, so that code written for jsfive 0.4 runs on it.
 *
 * Different on purpose, because jsfive is wrong or stops there:
 *
 * - fixed-length strings come without their padding (jsfive: `"conv\0\0"`);
 * - text is UTF-8 whatever the file claims (jsfive reads "ASCII" as Windows-1252);
 * - two opaque bytes are a bfloat16 number, as Keras 3 stores them;
 * - everything jsfive throws on is read: dense attributes and links, compact data, new chunk indexes,
 *   lzf, user blocks, opaque and compound types, committed types, other superblocks;
 * - data that was never written holds the fill value, and checksums are verified;
 * - members are listed by name, also where the file lists them by age; `"__proto__"` is a name;
 * - a soft link leads through other soft links; bfloat16 is not read as float16;
 * - errors are `KcError`s, not strings; 64-bit integers beyond 2^53 are rounded in both;
 * - `visit` and `visititems` end (jsfive's run into a TypeError); a `Dataset` is not an `Array`;
 *   there is no `Filters` table and no reading by object reference.
 *
 * @module
 * @see https://github.com/usnistgov/jsfive (public domain)
 */

/** A value of an attribute: text, number, bytes, a list of those, or null for h5py's `Empty`. */
export type AttributeValue = Hdf5Scalar;

/** A folder of the file. */
export class Group {
  /** Full path. */
  readonly name: string;
  readonly #object: Hdf5Group | Hdf5NamedType;
  readonly #parent: Group | undefined;

  constructor(name: string, object: Hdf5Group | Hdf5NamedType, parent?: Group) {
    this.name = name;
    this.#object = object;
    this.#parent = parent;
  }

  /** The group this one was got from; of the file, itself. */
  get parent(): Group {
    return this.#parent ?? this;
  }

  get file(): File {
    if (this instanceof File) return this;
    const parent = this.#parent;
    return parent === undefined ? fail("internal", "A group outside any file.") : parent.file;
  }

  /** Names of the members: whole numbers first, then by their bytes. */
  get keys(): string[] {
    const object = this.#object;
    if (object.kind === "datatype") return [];
    return Object.keys(Object.fromEntries(object.keys().map((key) => [key, null])));
  }

  /** All members; null for soft links that lead nowhere. */
  get values(): (Group | Dataset | null)[] {
    return this.keys.map((key) => this.get(key));
  }

  get attrs(): Record<string, AttributeValue> {
    return attributesOf(this.#object.attributes);
  }

  length(): number {
    return this.keys.length;
  }

  /**
   * The object at a path from here, or from the root with a leading slash; null for a soft link that
   * leads nowhere. Throws `KcError` when there is no such name.
   */
  get(path: string): Group | Dataset | null {
    if (path.startsWith("/") && this.#parent !== undefined) return this.file.get(path);
    const [next, ...rest] = path.split("/").filter((part) => part !== "" && part !== ".");
    if (next === undefined) return this;
    const member = this.#open(next);
    if (rest.length === 0 || member === null) return member;
    if (member instanceof Group) return member.get(rest.join("/"));
    return this.#missing(`${member.name} is a dataset, not a group`);
  }

  /** Calls `visitor` with the name of each object below, until it returns something. */
  visit<T>(visitor: (name: string) => T | null | undefined): T | null {
    return this.visititems((name) => visitor(name));
  }

  /** As `visit`, also with the object. Level by level. */
  visititems<T>(
    visitor: (name: string, object: Group | Dataset) => T | null | undefined,
  ): T | null {
    const prefix = this.name.endsWith("/") ? this.name.length : this.name.length + 1;
    const queue = this.values;
    for (const object of queue) {
      if (object === null) continue;
      const result = visitor(object.name.slice(prefix), object);
      if (result !== null && result !== undefined) return result;
      if (object instanceof Group) queue.push(...object.values);
    }
    return null;
  }

  #open(name: string): Group | Dataset | null {
    const group = this.#object;
    const link = group.kind === "group" ? group.link(name) : undefined;
    if (group.kind !== "group" || link === undefined) {
      return this.#missing(`${name} not found in group`);
    }
    if (link.kind === "soft") return this.#follow(link.target);
    const object = group.get(name);
    if (object === undefined) return null;
    if (object.kind !== "dataset") return new Group(object.path, object, this);
    return new Dataset(object.path, object, this);
  }

  /** Whatever the way, the result is named after the object itself. */
  #follow(target: string): Group | Dataset | null {
    const group = this.#object;
    const found = group.kind === "group" ? group.get(target) : undefined;
    if (found === undefined) return null;
    if (found.path === "/") return this.file;
    const parts = found.path.split("/");
    const parent = this.file.get(parts.slice(0, -1).join("/"));
    return parent instanceof Group ? parent.get(parts.at(-1) ?? "") : null;
  }

  #missing(text: string): never {
    fail("bad-option", `${text}.`, { at: { file: this.file.filename, path: this.name } });
  }
}

/** An open file, which is also its root group. */
export class File extends Group {
  readonly filename: string;
  readonly mode = "r";
  /** Bytes before the HDF5 part of the file. */
  readonly userblock_size: number;

  /**
   * @param fh the file's bytes, or a `ByteSource` to read from as needed
   * @throws KcError when it is not HDF5, or damaged
   */
  constructor(fh: ArrayBuffer | Uint8Array | ByteSource, filename = "") {
    const source = "readInto" in fh ? fh : bytesSource(fh, filename);
    const file = openHdf5(source);
    super("/", file.root);
    this.filename = filename;
    this.userblock_size = file.userBlock;
  }
}

/** An array of the file. */
export class Dataset {
  /** Full path. */
  readonly name: string;
  readonly parent: Group;
  readonly #dataset: Hdf5Dataset;

  constructor(name: string, dataset: Hdf5Dataset, parent: Group) {
    this.name = name;
    this.parent = parent;
    this.#dataset = dataset;
  }

  get file(): File {
    return this.parent.file;
  }

  /** `[]` for a scalar. */
  get shape(): number[] {
    return [...this.#dataset.shape];
  }

  get dtype(): Dtype {
    return numpyName(this.#dataset.type);
  }

  get attrs(): Record<string, AttributeValue> {
    return attributesOf(this.#dataset.attributes);
  }

  /** All elements in row-major order, also of a scalar. */
  get value(): AttributeValue[] {
    const dataset = this.#dataset;
    if (!isNumber(dataset.type)) return dataset.readValues().map(plain);
    const numbers = new Float64Array(sizeOf(dataset.shape));
    dataset.readInto(numbers, 0);
    return Array.from(numbers);
  }

  /** What elements hold that were never written. */
  get fillvalue(): AttributeValue {
    return plain(this.#dataset.fillValue ?? 0);
  }
}

/** An object, as in jsfive; without a prototype, so that no name can mean anything else. */
function attributesOf(attributes: Hdf5Attributes): Record<string, AttributeValue> {
  const object: Record<string, AttributeValue> = Object.create(null);
  for (const key of attributes.keys()) object[key] = plain(attributes.get(key) ?? null);
  return object;
}

/** Numbers where jsfive gives numbers: booleans and large integers too. */
function plain(value: AttributeValue): AttributeValue {
  if (typeof value === "boolean" || typeof value === "bigint") return Number(value);
  return Array.isArray(value) ? value.map(plain) : value;
}

/** Opaque pairs of bytes are Keras 3's bfloat16 weights. */
function isNumber(type: Hdf5Type): boolean {
  if (type.kind === "enum") return isNumber(type.base);
  if (type.kind === "opaque") return type.size === 2;
  return type.kind === "integer" || type.kind === "float";
}
