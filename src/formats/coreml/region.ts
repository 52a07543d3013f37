import { fail } from "../../errors.ts";
import { type ByteSource, readBytes } from "../bytes.ts";

/** A stretch of a file: a whole model, one of its messages, or the content of a field. Nothing of it is read yet. */
export interface Region {
  readonly source: ByteSource;
  /** In bytes. */
  readonly offset: number;
  readonly size: number;
  /** How many messages are around it. */
  readonly depth: number;
}

/** One field of a message, as it lies in the file. */
export interface RawField {
  readonly number: number;
  readonly wireType: number;
  /** With its tag and length. */
  readonly whole: Region;
  /** With its length, without its tag. */
  readonly value: Region;
  /** What it holds. */
  readonly content: Region;
}

/** All of a file. */
export function wholeOf(source: ByteSource): Region {
  return { source, offset: 0, size: source.size, depth: 0 };
}

/** The bytes of a region, in memory. */
export function bytesIn({ source, offset, size }: Region): Uint8Array {
  return readBytes(source, offset, size, "A part of the Core ML model");
}

/**
 * Walks over the fields of a message without reading what they hold, in the order of the file. Throws `corrupt-file`
 * for what is no message, `limit` for one that is nested too deep.
 */
export function* fieldsOf(message: Region): Generator<RawField> {
  const { source, offset, size, depth } = message;
  if (depth > DEEPEST) {
    fail("limit", `The Core ML model is nested more than ${DEEPEST} levels deep.`, {
      at: { file: source.name },
    });
  }
  const end = offset + size;
  const part = (start: number, stop: number): Region => ({
    source,
    offset: start,
    size: stop - start,
    depth: depth + 1,
  });
  const block = new Uint8Array(Math.min(BLOCK, size));
  let blockStart = offset;
  let blockEnd = offset;
  let at = offset;
  while (at < end) {
    if (at < blockStart || Math.min(at + HEAD, end) > blockEnd) {
      blockStart = at;
      blockEnd = Math.min(at + BLOCK, end);
      source.readInto(at, block.subarray(0, blockEnd - at));
    }
    const bytes = block.subarray(at - blockStart, Math.min(at + HEAD, blockEnd) - blockStart);
    const [tag, tagSize] = readVarint(bytes, 0, source);
    const number = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (number === 0 || number > MOST_FIELDS) damaged(source, `has field ${number}`);
    const valueStart = at + tagSize;
    const [start, stop] = contentOf(bytes, tagSize, wireType, source);
    const next = at + stop;
    if (next > end) damaged(source, "runs past its end");
    yield {
      number,
      wireType,
      whole: part(at, next),
      value: part(valueStart, next),
      content: part(at + start, next),
    };
    at = next;
  }
}

/** As in protobuf's own readers. */
const DEEPEST = 100;

/** The largest field number of protobuf. */
const MOST_FIELDS = 2 ** 29 - 1;

/** A tag and a length, ten bytes each at most. */
const HEAD = 20;

/** Many short fields are found by one reading. */
const BLOCK = 2048;

/** Where a field's content begins and ends, counted from its tag. */
function contentOf(
  bytes: Uint8Array,
  tagSize: number,
  wireType: number,
  source: ByteSource,
): readonly [start: number, stop: number] {
  switch (wireType) {
    case 0:
      return [tagSize, tagSize + readVarint(bytes, tagSize, source)[1]];
    case 1:
      return [tagSize, tagSize + 8];
    case 2: {
      const [length, lengthSize] = readVarint(bytes, tagSize, source);
      return [tagSize + lengthSize, tagSize + lengthSize + length];
    }
    case 5:
      return [tagSize, tagSize + 4];
    default:
      return damaged(source, `has a field of wire type ${wireType}`);
  }
}

/** Beyond 2^53 the number is rounded, which is beyond any file. */
function readVarint(
  bytes: Uint8Array,
  start: number,
  source: ByteSource,
): readonly [value: number, size: number] {
  let value = 0;
  let factor = 1;
  for (let at = start; at < Math.min(start + 10, bytes.length); at++) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * factor;
    factor *= 128;
    if (byte < 0x80) return [value, at - start + 1];
  }
  return damaged(source, "runs past its end");
}

function damaged(source: ByteSource, what: string): never {
  return fail("corrupt-file", `A part of the Core ML model ${what}.`, {
    at: { file: source.name },
    hint: "The file is truncated or damaged; fetch it again.",
  });
}
