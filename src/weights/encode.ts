import { type DType, sizeOf, type WeightRef } from "../ir/tensor.ts";
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

/** A weight in the type that it has in its file: no number changes. */
export function storedBytes(ref: WeightRef): EncodedWeight {
  const { size, put } = STORED[ref.dtype];
  const count = sizeOf(ref.shape);
  if (ref.dtype === "float32") return floatBytes(ref);
  if (ref.dtype === "float16") return halfBytes(ref);
  return {
    byteLength: count * size,
    *chunks() {
      const buffer = new Float64Array(Math.min(STRIP, count));
      const bytes = new Uint8Array(buffer.length * size);
      const view = new DataView(bytes.buffer);
      for (let start = 0; start < count; start += STRIP) {
        const strip = buffer.subarray(0, Math.min(STRIP, count - start));
        ref.readInto(strip, start);
        for (const [index, value] of strip.entries()) put(view, index * size, value);
        yield bytes.subarray(0, strip.length * size);
      }
    },
  };
}

interface Stored {
  readonly size: number;
  readonly put: (view: DataView, at: number, value: number) => void;
}

const BYTE: Stored = { size: 1, put: (view, at, value) => view.setUint8(at, value) };

const STORED: Readonly<Record<DType, Stored>> = {
  float64: { size: 8, put: (view, at, value) => view.setFloat64(at, value, true) },
  float32: { size: 4, put: (view, at, value) => view.setFloat32(at, value, true) },
  float16: { size: 2, put: () => undefined },
  bfloat16: { size: 2, put: putUpperHalf },
  int64: { size: 8, put: (view, at, value) => view.setBigInt64(at, BigInt(value), true) },
  int32: { size: 4, put: (view, at, value) => view.setInt32(at, value, true) },
  uint8: BYTE,
  int8: BYTE,
  bool: BYTE,
};

/** The upper half of a float32, rounded to the nearest, of two equally near ones to the even one. */
function putUpperHalf(view: DataView, at: number, value: number): void {
  SINGLE.setFloat32(0, value, true);
  const bits = SINGLE.getUint32(0, true);
  const rounded = Number.isNaN(value) ? bits : bits + 0x7fff + ((bits >>> 16) & 1);
  view.setUint16(at, rounded >>> 16, true);
}

const SINGLE = new DataView(new ArrayBuffer(4));

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
