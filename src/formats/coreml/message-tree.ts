import { Reader } from "protobufjs/minimal.js";
import { sliceSource } from "../bytes.ts";
import { crc32OfSource } from "../crc32.ts";
import { bytesIn, fieldsOf, type RawField, type Region } from "./region.ts";
import { keyOf, textIn } from "./rewrite.ts";
import { entrySchema, type Field, type MessageSchema, messageSchema } from "./schema.ts";
import { readScalar, WIRE_TYPE } from "./wire.ts";

/** One field of a message, as a line. */
export interface FieldLine {
  readonly depth: number;
  /** `layers[3]`, `userDefined["key"]`, `#999` for one that is not known. */
  readonly name: string;
  /** Its value in words; empty for a message, whose fields follow. */
  readonly what: string;
}

/** The fields of a serialized message in the order of the file, with all messages within; weights as a checksum. */
export function* messageTree(type: string | MessageSchema, region: Region): Generator<FieldLine> {
  yield* fieldLines(typeof type === "string" ? messageSchema(type) : type, region, 0);
}

function* fieldLines(schema: MessageSchema, region: Region, depth: number): Generator<FieldLine> {
  const counts = new Map<string, number>();
  for (const raw of fieldsOf(region)) {
    const field = schema.byNumber.get(raw.number);
    if (field === undefined) {
      yield { depth, name: `#${raw.number}`, what: `not known: ${bytesText(raw.content)}` };
      continue;
    }
    const index = counts.get(field.name) ?? 0;
    counts.set(field.name, index + 1);
    yield* fieldLine(field, raw, index, depth);
  }
}

function* fieldLine(
  field: Field,
  raw: RawField,
  index: number,
  depth: number,
): Generator<FieldLine> {
  const { name, rule, type } = field;
  const { content } = raw;
  const bytes = raw.wireType === WIRE_TYPE.bytes;
  if (rule === "map" && bytes) return yield* entryLines(field, content, depth);
  const called =
    rule === "many" && (type.kind === "message" || isText(field)) ? `${name}[${index}]` : name;
  if (type.kind === "message" && bytes) {
    yield { depth, name: called, what: "" };
    yield* fieldLines(type.schema(), content, depth + 1);
  } else yield { depth, name: called, what: valueText(field, raw) };
}

/** An entry of a map: its value, called by its key. */
function* entryLines(field: Field, entry: Region, depth: number): Generator<FieldLine> {
  const name = `${field.name}[${JSON.stringify(keyText(field, entry))}]`;
  const schema = entrySchema(field);
  for (const raw of fieldsOf(entry)) {
    const value = raw.number === 2 ? schema.byNumber.get(2) : undefined;
    if (value !== undefined) yield* fieldLine({ ...value, name }, raw, 0, depth);
  }
}

function keyText(field: Field, entry: Region): string {
  if (field.key === "string") return keyOf(entry);
  for (const inner of fieldsOf(entry)) {
    if (inner.number === 1)
      return String(readScalar(new Reader(bytesIn(inner.content)), field.key));
  }
  return "0";
}

function isText({ type }: Field): boolean {
  return type.kind === "scalar" && type.scalar === "string";
}

function valueText(field: Field, { wireType, content }: RawField): string {
  const { type, rule } = field;
  if (type.kind === "message") return `damaged: ${bytesText(content)}`;
  const scalar = type.kind === "enum" ? "int32" : type.scalar;
  if (scalar === "bytes" && wireType === WIRE_TYPE.bytes) return bytesText(content);
  if (scalar === "string" && wireType === WIRE_TYPE.bytes) {
    return content.size > LONGEST ? bytesText(content) : JSON.stringify(textIn(content));
  }
  const packed = rule === "many" && wireType === WIRE_TYPE.bytes;
  if (!packed && wireType !== WIRE_TYPE[scalar]) return `damaged: ${bytesText(content)}`;
  if (packed && content.size > LONGEST) {
    const size = scalar === "float" ? 4 : scalar === "double" ? 8 : undefined;
    const count = size === undefined ? "numbers" : `${Math.floor(content.size / size)} numbers`;
    return `${count}, ${bytesText(content)}`;
  }
  const reader = new Reader(bytesIn(content));
  const values: string[] = [];
  while (reader.pos < reader.len) values.push(numberText(field, readNext(reader, scalar)));
  return packed ? `[${values.join(", ")}]` : values.join(", ");
}

function readNext(reader: Reader, scalar: Parameters<typeof readScalar>[1]): unknown {
  try {
    return readScalar(reader, scalar);
  } catch {
    // A list whose last number is cut.
    reader.pos = reader.len;
    return "damaged";
  }
}

function numberText({ type }: Field, value: unknown): string {
  if (type.kind !== "enum" || typeof value !== "number") return String(value);
  return type.names.get(value) ?? `${value}, not known`;
}

/** Longer texts and lists are a checksum, in bytes. */
const LONGEST = 256;

function bytesText({ source, offset, size }: Region): string {
  const crc = crc32OfSource(sliceSource(source, offset, size)) >>> 0;
  return `${size} bytes, CRC-32 ${crc.toString(16).padStart(8, "0")}`;
}
