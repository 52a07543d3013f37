import { sizeOf, type WeightRef } from "../ir/tensor.ts";
import { encodeHalf } from "./half.ts";

/** Little-endian numbers that are read only while they are written. A chunk is valid until the next one is asked for. */
export interface EncodedWeight {
  readonly byteLength: number;
  chunks(): Iterable<Uint8Array>;
}

/** A weight as float32, row-major. */
export function floatBytes(ref: WeightRef): EncodedWeight {
  const count = sizeOf(ref.shape);
  return {
    byteLength: count * 4,
    *chunks() {
      for (const strip of strips(ref, count)) yield littleEndian(strip);
    },
  };
}

/** A weight rounded to float16, row-major. */
export function halfBytes(ref: WeightRef): EncodedWeight {
  const count = sizeOf(ref.shape);
  return {
    byteLength: count * 2,
    *chunks() {
      const halves = new Uint16Array(Math.min(STRIP, count));
      for (const strip of strips(ref, count)) {
        const target = halves.subarray(0, strip.length);
        encodeHalf(strip, target);
        yield littleEndian(target);
      }
    },
  };
}

/** A strip of this many numbers is read and handed on at a time. */
const STRIP = 1 << 16;

function* strips(ref: WeightRef, count: number): Iterable<Float32Array> {
  const buffer = new Float32Array(Math.min(STRIP, count));
  for (let start = 0; start < count; start += STRIP) {
    const strip = buffer.subarray(0, Math.min(STRIP, count - start));
    ref.readInto(strip, start);
    yield strip;
  }
}

function littleEndian(values: Float32Array | Uint16Array): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (isLittleEndian) return bytes;
  const width = values.BYTES_PER_ELEMENT;
  const turned = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    turned[i] = bytes[i - (i % width) + (width - 1 - (i % width))] ?? 0;
  }
  return turned;
}

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
