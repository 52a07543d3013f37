import type { WeightBytes } from "../../formats/coreml/carriers.ts";
import type { WeightParams } from "../../formats/coreml/types.gen.ts";
import { sizeOf, type WeightRef } from "../../ir/tensor.ts";
import { encodeHalf } from "../../weights/half.ts";

/** How weights are stored. */
export type Precision = "float32" | "float16";

/**
 * A weight as the file holds it, row-major. Its numbers are read only while the file is written, in strips.
 * @see NeuralNetwork.proto WeightParams: `floatValue` is packed, which on the wire is the same as its bytes
 */
export function weightParams(ref: WeightRef, precision: Precision): WeightParams {
  if (precision === "float16") return { float16Value: halfBytes(ref) };
  return { floatValue: floatBytes(ref) };
}

/** A weight of which every number is the same. */
export function filledParams(count: number, value: number): WeightParams {
  return { floatValue: new Float32Array(count).fill(value) };
}

/** A strip of this many numbers is read and handed on at a time. */
const STRIP = 1 << 16;

function floatBytes(ref: WeightRef): WeightBytes {
  const count = sizeOf(ref.shape);
  return {
    byteLength: count * 4,
    *chunks() {
      for (const strip of strips(ref, count)) yield littleEndian(strip);
    },
  };
}

function halfBytes(ref: WeightRef): WeightBytes {
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
