import { Reader } from "protobufjs/minimal.js";
import { type ErrorCode, fail, KcError, type Place } from "../../errors.ts";
import { isCarrier, toBytes, type WeightBytes } from "./carriers.ts";
import { FloatList } from "./float-list.ts";
import { bytesIn, fieldsOf, type RawField, type Region } from "./region.ts";
import { entrySchema, type Field, type MessageSchema, messageSchema } from "./schema.ts";
import { readScalar, WIRE_TYPE } from "./wire.ts";

/** The fields of one message by name. Throws `KcError` as `decodeModel` says. */
export function decodeMessage(type: string, bytes: Uint8Array, at: Place): Values {
  const decoder = new Decoder(at);
  return decoder.withinEnd(() => decoder.message(messageSchema(type), bytes));
}

/** How a message is decoded that stays in its file. */
export interface RegionOptions {
  /** Told of fields and settings that the schema does not know, which are left out. Without it they are errors. */
  readonly onUnknown?: (path: string) => void;
  /** What the file is called in messages; else a Core ML model. */
  readonly title?: string;
  /** Integers that cannot be kept exactly are rounded instead of refused. */
  readonly rounded?: boolean;
}

/** Like `decodeMessage`, but long lists of float32 and long bytes stay in the file until they are asked for. */
export function decodeRegion(
  type: string | MessageSchema,
  region: Region,
  at: Place,
  options: RegionOptions = {},
): Values {
  const decoder = new Decoder(at, options);
  const schema = typeof type === "string" ? messageSchema(type) : type;
  return decoder.withinEnd(() => decoder.region(schema, region));
}

type Values = ReadonlyMap<string, unknown>;

/** Messages and values up to this size, in bytes, are read at once. */
const SMALL = 4096;

/** Small fields that follow one another are read together, up to so many bytes. */
const BATCH = 1 << 16;

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
  readonly #options: RegionOptions;
  readonly #title: string;
  readonly #trail: string[] = [];
  #messages = 0;

  constructor(at: Place, options: RegionOptions = {}) {
    this.#at = at;
    this.#options = options;
    this.#title = options.title ?? "Core ML model";
  }

  /** Reads; that the bytes end too soon is told in words of ours. */
  withinEnd<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof KcError || !(error instanceof Error)) throw error;
      // What is left are the complaints of protobufjs' reader.
      return this.fail("corrupt-file", `This part of the ${this.#title} runs past its end.`, error);
    }
  }

  /** A message of which only what is small is in memory. */
  region(schema: MessageSchema, region: Region): Values {
    if (region.size <= SMALL) return this.message(schema, bytesIn(region));
    this.#countMessage();
    const values = new Map<string, unknown>();
    let small: Region = { ...region, size: 0 };
    for (const raw of fieldsOf(region)) {
      if (raw.content.size <= SMALL) {
        small = { ...small, size: small.size + raw.whole.size };
        if (small.size < BATCH) continue;
      }
      this.#fields(schema, bytesIn(small), values);
      small = { ...region, offset: raw.whole.offset + raw.whole.size, size: 0 };
      if (raw.content.size > SMALL) this.#large(schema, raw, values);
    }
    this.#fields(schema, bytesIn(small), values);
    return finished(values);
  }

  message(schema: MessageSchema, bytes: Uint8Array): Values {
    this.#countMessage();
    const values = new Map<string, unknown>();
    this.#fields(schema, bytes, values);
    return finished(values);
  }

  #fields(schema: MessageSchema, bytes: Uint8Array, values: Map<string, unknown>): void {
    const reader = new Reader(bytes);
    while (reader.pos < reader.len) {
      const tag = reader.tag();
      const field = this.#knownField(schema, tag >>> 3, tag & 7);
      if (field === undefined) {
        reader.skipType(tag & 7);
        continue;
      }
      this.#trail.push(field.name);
      this.#field(schema, field, reader, tag & 7, values);
      this.#trail.pop();
    }
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
        `This part of the ${this.#title} has wire type ${wireType}, expected ${expected}.`,
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

  /** What is not read at once: messages piece by piece, numbers and bytes when somebody asks. */
  #large(schema: MessageSchema, raw: RawField, values: Map<string, unknown>): void {
    const field = this.#knownField(schema, raw.number, raw.wireType);
    if (field === undefined) return;
    this.#trail.push(field.name);
    this.#largeContent(schema, field, raw, values);
    this.#trail.pop();
  }

  #largeContent(
    schema: MessageSchema,
    field: Field,
    { value, content }: RawField,
    values: Map<string, unknown>,
  ): void {
    const { type, name, rule } = field;
    if (type.kind === "message" && rule !== "map") {
      const list = values.get(name);
      if (rule === "many")
        this.#trail.splice(-1, 1, `${name}[${Array.isArray(list) ? list.length : 0}]`);
      const message = this.region(type.schema(), content);
      addValue(schema, field, Object.fromEntries(message), values);
    } else if (rule === "map" && type.kind === "message") {
      this.#addEntry(field, this.region(entrySchema(field), content), values);
    } else if (isFloat(field) && rule === "many" && !values.has(name) && content.size % 4 === 0) {
      values.set(name, windowOf(content));
    } else if (type.kind === "scalar" && type.scalar === "bytes") {
      addValue(schema, field, windowOf(content), values);
    } else {
      this.#field(schema, field, new Reader(bytesIn(value)), WIRE_TYPE.bytes, values);
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
          `This part of the ${this.#title} has ${content.length} bytes, which are no whole float32 numbers.`,
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
    this.#addEntry(field, this.message(entrySchema(field), content), values);
  }

  #addEntry(field: Field, entry: Values, values: Map<string, unknown>): void {
    const known = values.get(field.name);
    const map = known instanceof Map ? known : new Map<unknown, unknown>();
    const [key, value] = entrySchema(field).fields.map(
      (part) => entry.get(part.name) ?? defaultOf(part),
    );
    map.set(key, value);
    values.set(field.name, map);
  }

  #scalar(reader: Reader, field: Field): unknown {
    const { type } = field;
    if (type.kind === "message") return undefined;
    const value = readScalar(reader, type.kind === "enum" ? "int32" : type.scalar);
    if (
      typeof value === "number" &&
      !Number.isSafeInteger(value) &&
      isWide(field) &&
      this.#options.rounded !== true
    ) {
      this.fail("limit", `This integer of the ${this.#title} is beyond what can be kept exactly.`);
    }
    if (type.kind === "scalar") return value;
    const name = typeof value === "number" ? type.names.get(value) : undefined;
    if (name === undefined && this.#options.onUnknown !== undefined) {
      this.#options.onUnknown(`${this.#trail.join(".")} = ${value}`);
      return undefined;
    }
    return (
      name ??
      this.fail("unsupported", `This setting of the ${this.#title} has the unknown value ${value}.`)
    );
  }

  #countMessage(): void {
    this.#messages += 1;
    if (this.#trail.length > DEEPEST) {
      this.fail("limit", `The ${this.#title} is nested more than ${DEEPEST} levels deep.`);
    }
    if (this.#messages > MOST_MESSAGES) {
      this.fail("limit", `The ${this.#title} has more than ${MOST_MESSAGES} parts.`);
    }
  }

  #knownField(schema: MessageSchema, number: number, wireType: number): Field | undefined {
    const field = schema.byNumber.get(number);
    if (field !== undefined) return field;
    if (number === 0 || ![0, 1, 2, 5].includes(wireType)) {
      this.fail(
        "corrupt-file",
        `This part of the ${this.#title} has field ${number} of wire type ${wireType}.`,
      );
    }
    if (this.#options.onUnknown !== undefined) {
      this.#options.onUnknown([...this.#trail, `#${number}`].join("."));
      return undefined;
    }
    return this.fail(
      "unsupported",
      `${schema.name} has field ${number}, which the Core ML format did not have up to specification 10.`,
    );
  }
}

const utf8 = new TextDecoder();

function finished(values: Map<string, unknown>): Values {
  for (const [name, value] of values) {
    if (value instanceof FloatList) values.set(name, value.finish());
  }
  return values;
}

/** Bytes that are read each time somebody goes through them. */
function windowOf({ source, offset, size }: Region): WeightBytes {
  return {
    byteLength: size,
    readInto: (start, target) => source.readInto(offset + start, target),
    *chunks() {
      const buffer = new Uint8Array(Math.min(size, WINDOW));
      for (let start = 0; start < size; start += WINDOW) {
        const chunk = buffer.subarray(0, Math.min(WINDOW, size - start));
        source.readInto(offset + start, chunk);
        yield chunk;
      }
    },
  };
}

const WINDOW = 1 << 18;

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
  if (value === undefined) return;
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
  if (isCarrier(known)) list.addPacked(toBytes(known));
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
