import { Reader } from "protobufjs/minimal.js";
import { type ErrorCode, fail, KcError, type Place } from "../../errors.ts";
import { FloatList } from "./float-list.ts";
import { entrySchema, type Field, type MessageSchema, messageSchema } from "./schema.ts";
import { readScalar, WIRE_TYPE } from "./wire.ts";

/** The fields of one message by name. Throws `KcError` as `decodeModel` says. */
export function decodeMessage(type: string, bytes: Uint8Array, at: Place): Values {
  const decoder = new Decoder(at);
  try {
    return decoder.message(messageSchema(type), bytes);
  } catch (error) {
    if (error instanceof KcError || !(error instanceof Error)) throw error;
    // What is left are the complaints of protobufjs' reader.
    return decoder.fail("corrupt-file", "This part of the Core ML model runs past its end.", error);
  }
}

type Values = ReadonlyMap<string, unknown>;

/** As in protobuf's own readers. */
const DEEPEST = 100;

/** A message takes two bytes in the file but some hundred in memory. */
const MOST_MESSAGES = 2_000_000;

const HINTS: Readonly<Partial<Record<ErrorCode, string>>> = {
  "corrupt-file": "The file is truncated or damaged; fetch it again.",
  unsupported: "The file is damaged, or of a later format.",
};

/** Walks the bytes of one model and knows where it is. */
class Decoder {
  readonly #at: Place;
  readonly #trail: string[] = [];
  #messages = 0;

  constructor(at: Place) {
    this.#at = at;
  }

  message(schema: MessageSchema, bytes: Uint8Array): Values {
    this.#countMessage();
    const reader = new Reader(bytes);
    const values = new Map<string, unknown>();
    while (reader.pos < reader.len) {
      const tag = reader.tag();
      const field = schema.byNumber.get(tag >>> 3) ?? this.#unknownField(schema, tag);
      this.#trail.push(field.name);
      this.#field(schema, field, reader, tag & 7, values);
      this.#trail.pop();
    }
    for (const [name, value] of values) {
      if (value instanceof FloatList) values.set(name, value.finish());
    }
    return values;
  }

  fail(code: ErrorCode, text: string, cause?: unknown): never {
    const path = this.#trail.join(".");
    const hint = HINTS[code];
    return fail(code, text, {
      at: path === "" ? this.#at : { ...this.#at, path },
      ...(hint === undefined ? {} : { hint }),
      cause,
    });
  }

  #field(
    schema: MessageSchema,
    field: Field,
    reader: Reader,
    wireType: number,
    values: Map<string, unknown>,
  ): void {
    const expected = wireTypeOf(field);
    const packed = wireType === WIRE_TYPE.bytes && field.rule === "many";
    if (wireType === expected && expected !== WIRE_TYPE.bytes) {
      addValue(schema, field, this.#scalar(reader, field), values);
    } else if (wireType === expected) {
      this.#content(schema, field, reader.bytes(), values);
    } else if (packed) {
      this.#packed(schema, field, reader.bytes(), values);
    } else {
      this.fail(
        "corrupt-file",
        `This part of the Core ML model has wire type ${wireType}, expected ${expected}.`,
      );
    }
  }

  #content(
    schema: MessageSchema,
    field: Field,
    content: Uint8Array,
    values: Map<string, unknown>,
  ): void {
    const { type, name, rule } = field;
    if (rule === "map") {
      this.#entry(field, content, values);
    } else if (type.kind === "message") {
      const list = values.get(name);
      if (rule === "many") {
        this.#trail.splice(-1, 1, `${name}[${Array.isArray(list) ? list.length : 0}]`);
      }
      const message = this.message(type.schema(), content);
      addValue(schema, field, Object.fromEntries(message), values);
    } else {
      const isText = type.kind === "scalar" && type.scalar === "string";
      addValue(schema, field, isText ? utf8.decode(content) : content, values);
    }
  }

  #packed(
    schema: MessageSchema,
    field: Field,
    content: Uint8Array,
    values: Map<string, unknown>,
  ): void {
    if (isFloat(field)) {
      if (content.length % 4 !== 0) {
        this.fail(
          "corrupt-file",
          `This part of the Core ML model has ${content.length} bytes, which are no whole float32 numbers.`,
        );
      }
      floatList(field, values).addPacked(content);
      return;
    }
    const reader = new Reader(content);
    while (reader.pos < reader.len) {
      addValue(schema, field, this.#scalar(reader, field), values);
    }
  }

  /** A map entry is a message of key (1) and value (2), each absent at its default. */
  #entry(field: Field, content: Uint8Array, values: Map<string, unknown>): void {
    const schema = entrySchema(field);
    const entry = this.message(schema, content);
    const known = values.get(field.name);
    const map = known instanceof Map ? known : new Map<unknown, unknown>();
    const [key, value] = schema.fields.map((part) => entry.get(part.name) ?? defaultOf(part));
    map.set(key, value);
    values.set(field.name, map);
  }

  #scalar(reader: Reader, field: Field): unknown {
    const { type } = field;
    if (type.kind === "message") return undefined;
    const value = readScalar(reader, type.kind === "enum" ? "int32" : type.scalar);
    if (typeof value === "number" && !Number.isSafeInteger(value) && isWide(field)) {
      this.fail("limit", "This integer of the Core ML model is beyond what can be kept exactly.");
    }
    if (type.kind === "scalar") return value;
    const name = typeof value === "number" ? type.names.get(value) : undefined;
    return (
      name ??
      this.fail("unsupported", `This setting of the Core ML model has the unknown value ${value}.`)
    );
  }

  #countMessage(): void {
    this.#messages += 1;
    if (this.#trail.length > DEEPEST) {
      this.fail("limit", `The Core ML model is nested more than ${DEEPEST} levels deep.`);
    }
    if (this.#messages > MOST_MESSAGES) {
      this.fail("limit", `The Core ML model has more than ${MOST_MESSAGES} parts.`);
    }
  }

  #unknownField(schema: MessageSchema, tag: number): never {
    const number = tag >>> 3;
    if (number === 0 || ![0, 1, 2, 5].includes(tag & 7)) {
      this.fail(
        "corrupt-file",
        `This part of the Core ML model has field ${number} of wire type ${tag & 7}.`,
      );
    }
    return this.fail(
      "unsupported",
      `${schema.name} has field ${number}, which the Core ML format did not have up to specification 10.`,
    );
  }
}

const utf8 = new TextDecoder();

function wireTypeOf({ type, rule }: Field): number {
  if (rule === "map" || type.kind === "message") return WIRE_TYPE.bytes;
  return type.kind === "enum" ? WIRE_TYPE.int32 : WIRE_TYPE[type.scalar];
}

function isFloat({ type }: Field): boolean {
  return type.kind === "scalar" && type.scalar === "float";
}

function isWide({ type }: Field): boolean {
  return type.kind === "scalar" && (type.scalar === "int64" || type.scalar === "uint64");
}

/** Singular fields keep the last value; of a oneof, the last member stays. */
function addValue(
  schema: MessageSchema,
  field: Field,
  value: unknown,
  values: Map<string, unknown>,
): void {
  const { name, rule, oneof } = field;
  if (rule === "many") {
    const list = values.get(name);
    if (isFloat(field) && typeof value === "number") floatList(field, values).add(value);
    else if (Array.isArray(list)) list.push(value);
    else values.set(name, [value]);
    return;
  }
  if (oneof !== undefined) {
    for (const rival of schema.fields) if (rival.oneof === oneof) values.delete(rival.name);
  }
  values.set(name, value);
}

function floatList({ name }: Field, values: Map<string, unknown>): FloatList {
  const known = values.get(name);
  if (known instanceof FloatList) return known;
  const list = new FloatList();
  values.set(name, list);
  return list;
}

function defaultOf({ type }: Field): unknown {
  if (type.kind === "message") return {};
  if (type.kind === "enum") return type.names.get(0);
  if (type.scalar === "string") return "";
  if (type.scalar === "bool") return false;
  return type.scalar === "bytes" ? new Uint8Array(0) : 0;
}
