import type { NumericArray } from "../../ir/tensor.ts";
import type { ByteSource } from "../bytes.ts";
import { fromBfloat16, fromFloat8E4M3, fromFloat8E5M2, fromFloat16 } from "../small-floats.ts";
import { bitsOf } from "./blob-storage.ts";
import type { MILSpecDataType } from "./types.gen.ts";

/**
 * Fills `target` with little-endian numbers, from the number at `start` on. Numbers of less than a byte follow one
 * another from the lowest bit of each byte on, and may lie across two; the other way round than in the weights of a
 * neural network. Only one strip of bytes is in memory at a time.
 */
export function readPacked(
  source: ByteSource,
  dataType: MILSpecDataType,
  target: NumericArray,
  start: number,
): void {
  const bits = bitsOf(dataType) ?? 8;
  // A whole number of bytes for any number of bits, so that every strip begins alike.
  const perStrip = Math.floor((STRIP * 8) / bits / 8) * 8;
  const strip = new Uint8Array(Math.ceil((Math.min(target.length, perStrip) * bits) / 8) + 1);
  for (let done = 0; done < target.length; done += perStrip) {
    const count = Math.min(perStrip, target.length - done);
    const firstBit = (start + done) * bits;
    const from = Math.floor(firstBit / 8);
    const bytes = strip.subarray(0, Math.ceil((firstBit + count * bits) / 8) - from);
    source.readInto(from, bytes);
    const piece = target.subarray(done, done + count);
    if (bits < 8) unpackBits(bytes, firstBit - from * 8, bits, dataType === "INT4", piece);
    else convert(bytes, dataType, bits / 8, piece);
  }
}

const STRIP = 1 << 16;

/** Numbers of less than a byte from a stream of bits, of which `firstBit` is the first. */
export function unpackBits(
  bytes: Uint8Array,
  firstBit: number,
  bits: number,
  signed: boolean,
  target: NumericArray,
): void {
  const mask = (1 << bits) - 1;
  for (let index = 0, bit = firstBit; index < target.length; index++, bit += bits) {
    const at = bit >> 3;
    const pair = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
    const code = (pair >> (bit & 7)) & mask;
    target[index] = signed && code > mask >> 1 ? code - mask - 1 : code;
  }
}

function convert(
  bytes: Uint8Array,
  dataType: MILSpecDataType,
  size: number,
  target: NumericArray,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const read = READERS[dataType] ?? ((one, at) => one.getUint8(at));
  for (let index = 0; index < target.length; index++) target[index] = read(view, index * size);
}

/** Types without an entry are bytes without sign. */
const READERS: Readonly<Partial<Record<MILSpecDataType, (view: DataView, at: number) => number>>> =
  {
    FLOAT16: (view, at) => fromFloat16(view.getUint16(at, true)),
    BFLOAT16: (view, at) => fromBfloat16(view.getUint16(at, true)),
    FLOAT8E4M3FN: (view, at) => fromFloat8E4M3(view.getUint8(at)),
    FLOAT8E5M2: (view, at) => fromFloat8E5M2(view.getUint8(at)),
    FLOAT32: (view, at) => view.getFloat32(at, true),
    INT8: (view, at) => view.getInt8(at),
    INT16: (view, at) => view.getInt16(at, true),
    UINT16: (view, at) => view.getUint16(at, true),
    INT32: (view, at) => view.getInt32(at, true),
    UINT32: (view, at) => view.getUint32(at, true),
  };
