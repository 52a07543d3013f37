import { sizeOf, type WeightRef } from "../../ir/tensor.ts";
import { toHalfBits } from "../../weights/half.ts";
import { statisticsOf } from "../../weights/statistics.ts";

/** How weights are stored in fewer bytes; tfjs computes with float32 all the same. */
export type Quantization = "float16" | "uint8" | "uint16";

/** How the stored numbers become float32: `number * scale + min`, or half precision. */
export interface StoredQuantization {
  readonly dtype: Quantization;
  readonly min?: number;
  readonly scale?: number;
  readonly original_dtype: "float32";
}

/** A weight as bytes. */
export interface EncodedWeight {
  /** As the manifest calls it: the type that tfjs makes of it. */
  readonly dtype: "float32" | "int32";
  readonly quantization?: StoredQuantization;
  readonly byteLength: number;
  /** The bytes `from` to `to` (not included), in pieces. */
  bytes(from: number, to: number): Iterable<Uint8Array>;
}

/**
 * A weight as float32 or quantised; whole numbers such as shapes stay int32, and float32 stays what halves would make infinite (the -1e9
 * of a mask) or zero (an epsilon).
 */
export function encodeWeight(
  ref: WeightRef,
  quantization: Quantization | undefined,
): EncodedWeight {
  const whole = ref.dtype === "int32";
  const kept = quantization === "float16" && !fitsHalf(ref);
  const { width, fill, json } = whole ? INTEGERS : codeOf(ref, kept ? undefined : quantization);
  return {
    dtype: whole ? "int32" : "float32",
    ...(json === undefined ? {} : { quantization: json }),
    byteLength: sizeOf(ref.shape) * width,
    bytes: (from, to) => pieces(ref, { width, fill }, from, to),
  };
}

/** Numbers to bytes, little-endian. */
interface Code {
  readonly width: number;
  fill(view: DataView, numbers: Float64Array): void;
  readonly json?: StoredQuantization;
}

const INTEGERS: Code = {
  width: 4,
  fill: (view, numbers) => {
    for (const [i, x] of numbers.entries()) view.setInt32(i * 4, x, true);
  },
};

function codeOf(ref: WeightRef, quantization: Quantization | undefined): Code {
  switch (quantization) {
    case undefined:
      return {
        width: 4,
        fill: (view, numbers) => {
          for (const [i, x] of numbers.entries()) view.setFloat32(i * 4, x, true);
        },
      };
    case "float16":
      return {
        width: 2,
        fill: (view, numbers) => {
          for (const [i, x] of numbers.entries()) view.setUint16(i * 2, toHalfBits(x), true);
        },
        json: { dtype: "float16", original_dtype: "float32" },
      };
    case "uint8":
    case "uint16":
      return evenSteps(ref, quantization);
  }
}

/** Whether halves hold all numbers. A single number is a setting more often than a weight, and takes no space. */
function fitsHalf(ref: WeightRef): boolean {
  if (sizeOf(ref.shape) === 1) return false;
  const { min, max } = statisticsOf(ref);
  return Math.max(-(min ?? 0), max ?? 0) < LEAST_INFINITE;
}

/** From here on halves round to infinity. */
const LEAST_INFINITE = 65520;

/** Equal steps from the smallest to the largest number, zero being one of them where it lies between. */
function evenSteps(ref: WeightRef, dtype: "uint8" | "uint16"): Code {
  const { min: low, max: high } = statisticsOf(ref);
  const width = dtype === "uint8" ? 1 : 2;
  const top = 256 ** width - 1;
  const [smallest, largest] = [low ?? 0, high ?? 0];
  const scale = smallest === largest ? 1 : (largest - smallest) / top;
  const between = smallest < 0 && largest > 0;
  const min = between ? -Math.round(-smallest / scale) * scale : smallest;
  return {
    width,
    fill: (view, numbers) => {
      for (const [i, x] of numbers.entries()) {
        const step = Math.min(Math.max(Math.round((x - min) / scale), 0), top);
        if (width === 1) view.setUint8(i, step);
        else view.setUint16(i * 2, step, true);
      }
    },
    json: { dtype, min, scale, original_dtype: "float32" },
  };
}

/** Elements read at a time. */
const STRIP = 1 << 16;

function* pieces(
  ref: WeightRef,
  { width, fill }: Code,
  from: number,
  to: number,
): Iterable<Uint8Array> {
  const numbers = new Float64Array(STRIP);
  const bytes = new Uint8Array(STRIP * width);
  const view = new DataView(bytes.buffer);
  const last = Math.ceil(to / width);
  for (let start = Math.floor(from / width); start < last; start += STRIP) {
    const count = Math.min(STRIP, last - start);
    const strip = numbers.subarray(0, count);
    ref.readInto(strip, start);
    fill(view, strip);
    const first = start * width;
    yield bytes.subarray(Math.max(from - first, 0), Math.min(to - first, count * width));
  }
}
