import { type AttributeMessage, readAttribute } from "./attribute.ts";
import type { Hdf5Type } from "./datatype.ts";
import { readDense } from "./dense.ts";
import { findMessage, type HeaderMessage, MESSAGE } from "./object-header.ts";
import type { Hdf5Objects } from "./objects.ts";
import { messageBody } from "./shared-message.ts";
import { decodeElements, type Hdf5Scalar } from "./value.ts";

/**
 * An attribute's value: one element for a scalar, a flat array in row-major order otherwise, null
 * for h5py's `Empty`.
 */
export type Hdf5Value = Hdf5Scalar;

/** Attributes of one object; nothing is read before it is asked for. */
export interface Hdf5Attributes {
  readonly size: number;
  keys(): readonly string[];
  has(name: string): boolean;
  /** Throws `corrupt-file`, `unsupported`. */
  get(name: string): Hdf5Value | undefined;
  /** Type and shape as stored; the shape is null for `Empty`. */
  describe(name: string): { type: Hdf5Type; shape: readonly number[] | null } | undefined;
}

/** A lazy view of the attributes of the object at `path`. */
export function createAttributes(
  objects: Hdf5Objects,
  path: string,
  messages: readonly HeaderMessage[],
): Hdf5Attributes {
  let table: ReadonlyMap<string, AttributeMessage> | undefined;
  const values = new Map<string, Hdf5Value>();
  const read = () => {
    table ??= objects.at(path, () => readAttributes(objects, messages));
    return table;
  };
  return {
    get size() {
      return read().size;
    },
    keys: () => [...read().keys()],
    has: (name) => read().has(name),
    get(name) {
      const attribute = read().get(name);
      if (attribute === undefined) return undefined;
      const known = values.get(name);
      if (known !== undefined) return known;
      const value = objects.at(path, () => decodeAttribute(objects, attribute));
      values.set(name, value);
      return value;
    },
    describe(name) {
      const attribute = read().get(name);
      if (attribute === undefined) return undefined;
      return objects.at(path, () => ({ type: attribute.type(), shape: attribute.shape() }));
    },
  };
}

function readAttributes(
  { reader }: Hdf5Objects,
  messages: readonly HeaderMessage[],
): ReadonlyMap<string, AttributeMessage> {
  const inHeader = messages.filter(({ type }) => type === MESSAGE.attribute);
  const bodies = [
    ...inHeader.map((message) => messageBody(reader, message)),
    ...readDense(reader, findMessage(messages, MESSAGE.attributeInfo), "attributes"),
  ];
  const table = new Map<string, AttributeMessage>();
  for (const body of bodies) {
    const attribute = readAttribute(reader, body);
    if (table.has(attribute.name)) body.corrupt(`is the second attribute "${attribute.name}"`);
    table.set(attribute.name, attribute);
  }
  return table;
}

function decodeAttribute({ heap }: Hdf5Objects, attribute: AttributeMessage): Hdf5Value {
  const shape = attribute.shape();
  if (shape === null) return null;
  const count = shape.reduce((product, dim) => product * dim, 1);
  const values = decodeElements(attribute.type(), count, attribute.data(), heap);
  return shape.length === 0 ? (values[0] ?? null) : values;
}
