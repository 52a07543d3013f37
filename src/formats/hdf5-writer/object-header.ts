import { fail } from "../../errors.ts";
import { MESSAGE } from "../hdf5/object-header.ts";
import type { AttributeContent, StoredType } from "./content.ts";
import { fixedStringType, numberType, variableStringType } from "./datatype.ts";
import { aligned, FieldWriter } from "./field-writer.ts";
import { REFERENCE, type TextHeap } from "./global-heap.ts";

/** One message of an object's header; what it says may depend on addresses, its size does not. */
export interface Message {
  readonly type: number;
  readonly byteLength: number;
  encode(): Uint8Array;
}

/** Most bytes of one message: its size is stored in 16 bits. */
const LARGEST = 65_528;

/** Bytes of a header of version 1 with these messages. */
export function headerLength(messages: readonly Message[]): number {
  return messages.reduce((sum, { byteLength }) => sum + 8 + aligned(byteLength), 16);
}

/**
 * A header of version 1.
 *
 * @see HDF5 File Format Specification 3.0, section IV.A.1.a
 */
export function encodeHeader(messages: readonly Message[]): Uint8Array {
  const byteLength = headerLength(messages);
  const fields = new FieldWriter(byteLength).u8(1, 0).u16(messages.length);
  fields
    .u32(1)
    .u32(byteLength - 16)
    .skip(4);
  for (const message of messages) {
    fields.u16(message.type).u16(aligned(message.byteLength)).skip(4);
    fields.put(message.encode()).align();
  }
  return fields.bytes;
}

/** A message that is known already. */
export function fixedMessage(type: number, bytes: Uint8Array): Message {
  return { type, byteLength: bytes.length, encode: () => bytes };
}

/** The messages of an array whose data will lie where `address` says; undefined for one without elements. */
export function datasetMessages(
  dtype: StoredType,
  shape: readonly number[],
  byteLength: number,
  address: () => number | undefined,
): readonly Message[] {
  return [
    fixedMessage(MESSAGE.dataspace, dataspace(shape)),
    fixedMessage(MESSAGE.datatype, numberType(dtype)),
    // Version 2: space allocated late, filled if a value was set; the default value, of no bytes.
    fixedMessage(MESSAGE.fillValue, Uint8Array.of(2, 2, 2, 1, 0, 0, 0, 0)),
    {
      type: MESSAGE.layout,
      byteLength: 18,
      encode() {
        const fields = new FieldWriter(18).u8(3, 1);
        const place = address();
        if (place === undefined) fields.undefinedAddress();
        else fields.u64(place);
        return fields.u64(byteLength).bytes;
      },
    },
  ];
}

/** An attribute of version 1. Throws `limit` for one that no header holds. */
export function attributeMessage(name: string, content: AttributeContent, heap: TextHeap): Message {
  const { type, space, byteLength, encode } = encodeContent(content, heap);
  const label = new TextEncoder().encode(`${name}\0`);
  const start = 8 + [label, type, space].reduce((sum, part) => sum + aligned(part.length), 0);
  const total = start + byteLength;
  if (total > LARGEST) {
    fail("limit", `The attribute "${name}" takes ${total} bytes, more than HDF5 allows.`, {
      hint: "Give the layers and weights of the model shorter names.",
    });
  }
  return {
    type: MESSAGE.attribute,
    byteLength: total,
    encode: () =>
      new FieldWriter(total)
        .u8(1, 0)
        .u16(label.length)
        .u16(type.length)
        .u16(space.length)
        .put(label)
        .align()
        .put(type)
        .align()
        .put(space)
        .align()
        .put(encode()).bytes,
  };
}

interface EncodedContent {
  readonly type: Uint8Array;
  readonly space: Uint8Array;
  readonly byteLength: number;
  encode(): Uint8Array;
}

function encodeContent(content: AttributeContent, heap: TextHeap): EncodedContent {
  switch (content.kind) {
    case "text": {
      const type = variableStringType(content.charset);
      const encode = heap.add(content.value);
      return { type, space: dataspace([]), byteLength: REFERENCE, encode };
    }
    case "integers": {
      const { shape, values } = content;
      const fields = new FieldWriter(8 * values.length);
      for (const value of values) fields.u64(BigInt.asUintN(64, value));
      const { bytes } = fields;
      return {
        type: numberType("int64"),
        space: dataspace(shape),
        byteLength: bytes.length,
        encode: () => bytes,
      };
    }
    case "texts":
      return encodeTexts(content, heap);
  }
}

function encodeTexts(
  { values, form = "fixed", charset = "ascii" }: Extract<AttributeContent, { kind: "texts" }>,
  heap: TextHeap,
): EncodedContent {
  if (values.length === 0) {
    const encode = (): Uint8Array => new Uint8Array(0);
    return { type: numberType("float64"), space: dataspace([0]), byteLength: 0, encode };
  }
  const space = dataspace([values.length]);
  if (form === "variable") {
    const places = values.map((value) => heap.add(value));
    const byteLength = REFERENCE * places.length;
    const encode = (): Uint8Array => {
      const fields = new FieldWriter(byteLength);
      for (const place of places) fields.put(place());
      return fields.bytes;
    };
    return { type: variableStringType(charset), space, byteLength, encode };
  }
  const texts = values.map((value) => new TextEncoder().encode(value));
  const width = Math.max(1, ...texts.map(({ length }) => length));
  const encode = (): Uint8Array => {
    const fields = new FieldWriter(width * texts.length);
    for (const text of texts) fields.put(text).skip(width - text.length);
    return fields.bytes;
  };
  return { type: fixedStringType(width, charset), space, byteLength: width * texts.length, encode };
}

/** Version 1, with the largest sizes stated too, as h5py does. */
function dataspace(shape: readonly number[]): Uint8Array {
  const fields = new FieldWriter(8 + 16 * shape.length);
  fields.u8(1, shape.length, shape.length === 0 ? 0 : 1).skip(5);
  for (const dim of [...shape, ...shape]) fields.u64(dim);
  return fields.bytes;
}
