import { Cursor } from "./cursor.ts";
import { readDataspace } from "./dataspace.ts";
import type { Hdf5Type } from "./datatype.ts";
import { readDatatype } from "./datatype-message.ts";
import type { Hdf5Reader } from "./reader.ts";
import { resolveShared } from "./shared-message.ts";
import { decodeText } from "./text.ts";

/** An attribute, read as far as its name; type, shape and data come when asked for. */
export interface AttributeMessage {
  readonly name: string;
  type(): Hdf5Type;
  /** Null for a null dataspace. */
  shape(): readonly number[] | null;
  data(): Cursor;
}

/**
 * Reads an attribute message, versions 1 to 3.
 *
 * @see HDF5 File Format Specification 3.0, section IV.A.2.m
 */
export function readAttribute(reader: Hdf5Reader, cursor: Cursor): AttributeMessage {
  const version = cursor.version(1, 2, 3);
  const flags = cursor.u8();
  const sizes = { name: cursor.u16(), type: cursor.u16(), space: cursor.u16() };
  if (version === 3) cursor.skip(1);
  // Version 1 pads each part to eight bytes; its flags byte is reserved.
  const padded = (size: number) => (version === 1 ? Math.ceil(size / 8) * 8 : size);
  const name = decodeText(cursor.take(padded(sizes.name)));
  const type = cursor.part(padded(sizes.type), `the type of attribute "${name}"`);
  const space = cursor.part(padded(sizes.space), `the shape of attribute "${name}"`);
  const data = cursor.part(cursor.remaining, `the value of attribute "${name}"`);
  const shared = version === 1 ? 0 : flags;
  return {
    name,
    type: () => readDatatype(resolve(reader, type, (shared & 1) !== 0)),
    shape: () => readDataspace(resolve(reader, space, (shared & 2) !== 0)).shape,
    data: () => fresh(data),
  };
}

function resolve(reader: Hdf5Reader, cursor: Cursor, shared: boolean): Cursor {
  return shared ? resolveShared(reader, fresh(cursor)) : fresh(cursor);
}

function fresh(cursor: Cursor): Cursor {
  return new Cursor(cursor.bytes, cursor.place);
}
