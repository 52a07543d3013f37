import { fail } from "../../errors.ts";

/** Where a run of bytes came from, for messages, and how wide this file's addresses are. */
export interface CursorPlace {
  readonly file: string;
  /** What is being read, as a noun with its article: "a symbol table node". */
  readonly what: string;
  /** Byte of the file at which the run starts. */
  readonly start: number;
  /** Bytes of an address ("size of offsets") and of a length ("size of lengths"). */
  readonly offsetSize: number;
  readonly lengthSize: number;
}

/**
 * Reads one structure front to back, little-endian, and never past its end: each step that would
 * leave the run throws `corrupt-file`.
 */
export class Cursor {
  readonly bytes: Uint8Array;
  readonly place: CursorPlace;
  position = 0;

  constructor(bytes: Uint8Array, place: CursorPlace) {
    this.bytes = bytes;
    this.place = place;
  }

  get remaining(): number {
    return this.bytes.length - this.position;
  }

  /** A view of the next bytes, not a copy. */
  take(length: number): Uint8Array {
    if (!(length >= 0 && length <= this.remaining)) this.#ended(length);
    const start = this.position;
    this.position += length;
    return this.bytes.subarray(start, this.position);
  }

  skip(length: number): void {
    this.take(length);
  }

  u8(): number {
    return this.uint(1);
  }

  u16(): number {
    return this.uint(2);
  }

  u32(): number {
    return this.uint(4);
  }

  /** An unsigned number of 1 to 8 bytes; beyond 2^53 it cannot be true of any file. */
  uint(size: number): number {
    if (size > this.remaining) this.#ended(size);
    const { bytes, position } = this;
    let value = 0;
    for (let at = position + size - 1; at >= position; at -= 1) {
      value = value * 256 + (bytes[at] ?? 0);
    }
    this.position += size;
    if (!Number.isSafeInteger(value)) this.corrupt(`holds an impossible number (${value})`);
    return value;
  }

  /** An address relative to the file's base, or undefined for the format's "undefined address". */
  address(): number | undefined {
    const { offsetSize } = this.place;
    const bytes = this.bytes.subarray(this.position, this.position + offsetSize);
    if (bytes.length === offsetSize && bytes.every((byte) => byte === 0xff)) {
      this.position += offsetSize;
      return undefined;
    }
    return this.uint(offsetSize);
  }

  /** An address that must be there. */
  definedAddress(): number {
    return this.address() ?? this.corrupt("points nowhere");
  }

  length(): number {
    return this.uint(this.place.lengthSize);
  }

  /** Checks four letters such as `SNOD`. */
  signature(letters: string): void {
    const found = latin1(this.take(letters.length));
    if (found === letters) return;
    this.corrupt(`starts with "${printable(found)}", expected "${letters}"`);
  }

  /** Checks a version number and gives it back. */
  version(...known: readonly number[]): number {
    const version = this.u8();
    if (known.includes(version)) return version;
    return this.corrupt(`has version ${version}, expected ${known.join(" or ")}`);
  }

  /** The next bytes as a structure of their own. */
  part(length: number, what = this.place.what): Cursor {
    const start = this.place.start + this.position;
    return new Cursor(this.take(length), { ...this.place, what, start });
  }

  /** Other bytes that this place points to, such as a value kept in a heap. */
  over(bytes: Uint8Array, what: string): Cursor {
    return new Cursor(bytes, { ...this.place, what });
  }

  /** Throws `corrupt-file`; the text continues "<What> at byte n …". */
  corrupt(text: string): never {
    const { what, start, file } = this.place;
    fail("corrupt-file", `${upperFirst(what)} at byte ${start} ${text}.`, {
      at: { file },
      hint: "The file is damaged; fetch it again.",
    });
  }

  #ended(length: number): never {
    this.corrupt(`ends too early: ${length} more bytes expected, ${this.remaining} left`);
  }
}

/** Bytes as one character each, for signatures. */
export function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** A phrase as the start of a sentence. */
export function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function printable(text: string): string {
  return text.replaceAll(/[^ -~]/g, (char) => {
    return `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}
