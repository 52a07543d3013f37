import { fail } from "../errors.ts";
import { isJsonList, isJsonObject, type Json, type JsonObject } from "../json.ts";
import { type ByteSource, type OutputBytes, readBytes } from "./bytes.ts";
import { crc32, crc32OfSource } from "./crc32.ts";

/** An interrupted training run: what it needs to go on. */
export interface RunFile {
  /** Its numbers may be infinite or NaN. */
  readonly state: JsonObject;
  readonly arrays: readonly RunArray[];
}

/** Numbers with a name. */
export interface RunArray {
  readonly name: string;
  readonly values: Float32Array | Float64Array;
}

/**
 * A run as a file of our own: eight bytes `kcrun` and a version, the length of the header, the header as JSON, all arrays one behind
 * the other (little-endian), and the CRC-32 of all before it. Bytes and numbers are kept bit for bit.
 */
export function writeRunFile({ state, arrays }: RunFile): OutputBytes {
  const header = {
    state: encodeNumbers(state),
    arrays: arrays.map(({ name, values }) => ({
      name,
      type: values instanceof Float64Array ? "float64" : "float32",
      count: values.length,
    })),
  };
  const json = new TextEncoder().encode(JSON.stringify(header));
  const head = new Uint8Array(HEAD + json.length);
  head.set(MAGIC);
  new DataView(head.buffer).setUint32(MAGIC.length, json.length, true);
  head.set(json, HEAD);
  const size = arrays.reduce((sum, { values }) => sum + values.byteLength, head.length);
  return {
    byteLength: size + 4,
    *chunks() {
      let crc = crc32(head);
      yield head;
      for (const { values } of arrays) {
        const bytes = littleEndian(values);
        crc = crc32(bytes, crc);
        yield bytes;
      }
      const end = new Uint8Array(4);
      new DataView(end.buffer).setUint32(0, crc, true);
      yield end;
    },
  };
}

/** Reads such a file. Throws `bad-format` for another kind of file, `corrupt-file` for a damaged one. */
export function readRunFile(source: ByteSource): RunFile {
  const at = { file: source.name };
  const start = readBytes(source, 0, Math.min(HEAD, source.size), "the saved run");
  if (source.size < HEAD + 4 || MAGIC.some((byte, index) => start[index] !== byte)) {
    return fail("bad-format", "This is no saved run of kc train.", { at });
  }
  const length = viewOf(start).getUint32(MAGIC.length, true);
  const body = source.size - 4;
  const stored = viewOf(readBytes(source, body, 4, "the checksum")).getUint32(0, true);
  const whole = { name: source.name, size: body, readInto: source.readInto.bind(source) };
  if (length > body - HEAD || crc32OfSource(whole) !== stored) return damaged(source);
  const header = parseHeader(source, readBytes(source, HEAD, length, "the header"));
  let place = HEAD + length;
  const arrays = header.arrays.map(({ name, type, count }) => {
    const width = type === "float64" ? 8 : 4;
    if (count * width > body - place) return damaged(source);
    const bytes = new Uint8Array(count * width);
    source.readInto(place, bytes);
    place += bytes.length;
    return { name, values: numbersOf(bytes, type) };
  });
  return place === body ? { state: header.state, arrays } : damaged(source);
}

/** "kcrun", two zeros and the version. */
const MAGIC = Uint8Array.of(0x6b, 0x63, 0x72, 0x75, 0x6e, 0, 0, 1);
const HEAD = MAGIC.length + 4;

interface Header {
  readonly state: JsonObject;
  readonly arrays: readonly {
    readonly name: string;
    readonly type: "float32" | "float64";
    readonly count: number;
  }[];
}

function parseHeader(source: ByteSource, bytes: Uint8Array): Header {
  let json: Json;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return damaged(source);
  }
  const { state, arrays } = isJsonObject(json) ? json : {};
  if (!isJsonList(arrays)) return damaged(source);
  const decoded = decodeNumbers(state ?? null);
  if (!isJsonObject(decoded)) return damaged(source);
  return {
    state: decoded,
    arrays: arrays.map((one) => {
      const { name, type, count } = isJsonObject(one) ? one : {};
      const isKnown = type === "float32" || type === "float64";
      if (typeof name !== "string" || !isKnown || typeof count !== "number") return damaged(source);
      if (!Number.isSafeInteger(count) || count < 0) return damaged(source);
      return { name, type, count };
    }),
  };
}

function damaged({ name }: ByteSource): never {
  return fail("corrupt-file", "The saved run is damaged.", {
    at: { file: name },
    hint: "Start anew, without --resume.",
  });
}

/** JSON has no infinite numbers and no NaN: they become `{"number": "Infinity"}`. */
function encodeNumbers(json: Json): Json {
  if (typeof json === "number") return Number.isFinite(json) ? json : { number: String(json) };
  if (isJsonList(json)) return json.map(encodeNumbers);
  if (!isJsonObject(json)) return json;
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => [key, encodeNumbers(value)]),
  );
}

function decodeNumbers(json: Json): Json {
  if (isJsonList(json)) return json.map(decodeNumbers);
  if (!isJsonObject(json)) return json;
  const { number, ...others } = json;
  const special = typeof number === "string" && Object.keys(others).length === 0;
  if (special && SPECIAL.includes(number)) return Number(number);
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => [key, decodeNumbers(value)]),
  );
}

const SPECIAL: readonly string[] = ["NaN", "Infinity", "-Infinity"];

const NATIVE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The bytes of numbers; their own memory where the processor has them in this order. */
function littleEndian(values: Float32Array | Float64Array): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return NATIVE ? bytes : turned(bytes, values.BYTES_PER_ELEMENT);
}

function numbersOf(bytes: Uint8Array, type: "float32" | "float64"): Float32Array | Float64Array {
  const { buffer } = NATIVE ? bytes : turned(bytes, type === "float64" ? 8 : 4);
  return type === "float64" ? new Float64Array(buffer) : new Float32Array(buffer);
}

function turned(bytes: Uint8Array, width: number): Uint8Array {
  const copy = bytes.slice();
  for (let at = 0; at < copy.length; at += width) copy.subarray(at, at + width).reverse();
  return copy;
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
