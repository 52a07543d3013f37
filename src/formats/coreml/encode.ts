import { Writer } from "protobufjs/minimal.js";
import { fail } from "../../errors.ts";
import { bytesOf, isCarrier, type WeightBytes } from "./carriers.ts";
import { coalesce } from "./coalesce.ts";
import { entrySchema, type Field, type MessageSchema, messageSchema } from "./schema.ts";
import type { Model } from "./types.gen.ts";
import { isDefault, packScalars, type Scalar, toScalar, WIRE_TYPE, writeScalar } from "./wire.ts";

/** A serialized model: its exact size, and its bytes piece by piece. */
export interface EncodedModel {
  readonly byteLength: number;
  /** May be iterated once per write. A chunk is valid until the next one is asked for. */
  chunks(): Iterable<Uint8Array>;
}

/**
 * Serializes a model. All sizes are computed first without touching a weight; weights are pulled
 * while the chunks are iterated, one at a time. Equal models give equal bytes: fields go out in
 * number order, map entries by key, and values at their default not at all.
 *
 * Throws `limit` beyond 2 GB, the most that a protobuf message may hold.
 */
export function encodeModel(model: Model): EncodedModel {
  const { byteLength, pieces } = encodeMessage(messageSchema("Model"), model, "Model");
  if (byteLength > LARGEST_MESSAGE) {
    fail(
      "limit",
      `The Core ML model would take ${byteLength} bytes; a file of this format holds at most ${LARGEST_MESSAGE}.`,
      { hint: "Half precision weights (--model-precision float16) take half the space." },
    );
  }
  return { byteLength, chunks: () => coalesce(pieces) };
}

const LARGEST_MESSAGE = 2 ** 31 - 1;

/** Numbers up to this many are encoded in place; more are streamed. */
const SMALL = 1024;

/** A message on the wire: its exact size, and its bytes in pieces. */
export interface Encoded {
  readonly byteLength: number;
  readonly pieces: readonly (Uint8Array | WeightBytes)[];
}

/** Small things go to a protobuf writer; what streams stands between two runs of it. */
class Pieces {
  readonly #done: (Uint8Array | WeightBytes)[] = [];
  #byteLength = 0;
  writer = Writer.create();

  /** A length-delimited field whose content is already encoded. */
  addContent(field: Field, content: Encoded): void {
    this.writer.uint32(tagOf(field, WIRE_TYPE.bytes)).uint32(content.byteLength);
    for (const piece of content.pieces) {
      if (piece instanceof Uint8Array && piece.length <= SMALL) this.writer.raw(piece);
      else this.#addPiece(piece);
    }
  }

  finish(): Encoded {
    this.#flush();
    return { byteLength: this.#byteLength, pieces: this.#done };
  }

  #addPiece(piece: Uint8Array | WeightBytes): void {
    this.#flush();
    this.#done.push(piece);
    this.#byteLength += piece.byteLength;
  }

  #flush(): void {
    const bytes = this.writer.finish();
    if (bytes.length === 0) return;
    this.#done.push(bytes);
    this.#byteLength += bytes.length;
    this.writer = Writer.create();
  }
}

/** Serializes any message; `path` is what to call it in errors. Reads no weight. */
export function encodeMessage(schema: MessageSchema, message: object, path: string): Encoded {
  const pieces = new Pieces();
  encodeFields(pieces, schema, new Map(Object.entries(message)), path);
  return pieces.finish();
}

function encodeFields(
  pieces: Pieces,
  schema: MessageSchema,
  values: ReadonlyMap<string, unknown>,
  path: string,
): void {
  for (const field of schema.fields) {
    const value = values.get(field.name);
    if (value === undefined) continue;
    const place = `${path}.${field.name}`;
    if (field.rule === "map") encodeMap(pieces, field, value, place);
    else if (field.rule === "many") encodeMany(pieces, field, value, place);
    else encodeOne(pieces, field, value, place);
  }
}

function encodeOne(pieces: Pieces, field: Field, value: unknown, path: string): void {
  const { type } = field;
  if (type.kind === "message") {
    pieces.addContent(field, encodeMessage(type.schema(), objectOf(value, path), path));
    return;
  }
  if (type.kind === "scalar" && type.scalar === "bytes") {
    const content = bytesContent(value, path);
    if (content.byteLength > 0 || field.explicit) pieces.addContent(field, content);
    return;
  }
  const scalar = toScalar(type, value, path);
  if (!field.explicit && isDefault(scalar)) return;
  writeTagged(pieces, field, scalar);
}

function encodeMany(pieces: Pieces, field: Field, value: unknown, path: string): void {
  const { type } = field;
  if (type.kind === "scalar" && type.scalar === "float") {
    const content = floatContent(value, path);
    if (content.byteLength > 0) pieces.addContent(field, content);
    return;
  }
  const items = arrayOf(value, path);
  if (items.length === 0) return;
  if (type.kind === "message") {
    items.forEach((item, index) => {
      const place = `${path}[${index}]`;
      pieces.addContent(field, encodeMessage(type.schema(), objectOf(item, place), place));
    });
    return;
  }
  if (type.kind === "scalar" && type.scalar === "bytes") {
    for (const item of items) pieces.addContent(field, bytesContent(item, path));
    return;
  }
  const scalars = items.map((item) => toScalar(type, item, path));
  if (type.kind === "scalar" && type.scalar === "string") {
    for (const scalar of scalars) writeTagged(pieces, field, scalar);
    return;
  }
  const bytes = packScalars(scalars);
  pieces.addContent(field, { byteLength: bytes.length, pieces: [bytes] });
}

/** Key and value of an entry are always written, as protobuf does. */
function encodeMap(pieces: Pieces, field: Field, value: unknown, path: string): void {
  if (!(value instanceof Map)) wrongValue("a Map", value, path);
  const schema = entrySchema(field);
  const entries: [unknown, unknown][] = [...value.entries()];
  entries.sort(([a], [b]) => compareKeys(a, b));
  for (const [key, item] of entries) {
    const entry = new Pieces();
    encodeFields(
      entry,
      schema,
      new Map([
        ["key", key],
        ["value", item],
      ]),
      `${path}[${key}]`,
    );
    pieces.addContent(field, entry.finish());
  }
}

function compareKeys(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a) < String(b) ? -1 : 1;
}

function writeTagged({ writer }: Pieces, field: Field, scalar: Scalar): void {
  writer.uint32(tagOf(field, WIRE_TYPE[scalar.type]));
  writeScalar(writer, scalar);
}

function tagOf(field: Field, wireType: number): number {
  return ((field.number << 3) | wireType) >>> 0;
}

function bytesContent(value: unknown, path: string): Encoded {
  if (value instanceof Uint8Array || isCarrier(value)) {
    return { byteLength: value.byteLength, pieces: [value] };
  }
  return wrongValue("bytes", value, path);
}

/** Packed float32: on the wire just the little-endian bytes of the numbers. */
function floatContent(value: unknown, path: string): Encoded {
  if (isCarrier(value)) {
    if (value.byteLength % 4 !== 0) wrongValue("whole float32 numbers", value.byteLength, path);
    return { byteLength: value.byteLength, pieces: [value] };
  }
  const numbers = value instanceof Float32Array ? value : toNumbers(value, path);
  const bytes = bytesOf(numbers);
  return { byteLength: bytes.byteLength, pieces: [bytes] };
}

function toNumbers(value: unknown, path: string): Float32Array {
  const items = arrayOf(value, path);
  return Float32Array.from(items, (item) =>
    typeof item === "number" ? item : wrongValue("numbers", item, path),
  );
}

function objectOf(value: unknown, path: string): object {
  return typeof value === "object" && value !== null ? value : wrongValue("an object", value, path);
}

function arrayOf(value: unknown, path: string): readonly unknown[] {
  return Array.isArray(value) ? value : wrongValue("an array", value, path);
}

function wrongValue(expected: string, value: unknown, path: string): never {
  return fail("internal", `${path} should be ${expected}, but is ${String(value)}.`);
}
