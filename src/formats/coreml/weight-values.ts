import { type DType, type NumericArray, sizeOf } from "../../ir/tensor.ts";
import {
  type ByteValues,
  floatsOf,
  isWeightBytes,
  toBytes,
  toFloat32,
  type WeightBytes,
} from "./carriers.ts";
import { halfToFloat32 } from "./half-values.ts";
import type { QuantizationParams, WeightParams } from "./types.gen.ts";

/** The numbers of a `WeightParams`, read on demand and in any pieces. */
export interface StoredNumbers {
  readonly dtype: DType;
  /** Fills the whole of `target` with the numbers from position `start` on. */
  readInto(target: NumericArray, start: number): void;
}

/** Where the numbers of a `WeightParams` lie. */
const CARRIERS = ["floatValue", "float16Value", "rawValue", "int8RawValue"] as const;

/** The carriers that hold anything; a sound message has one. */
export function carriersOf(params: WeightParams): readonly (typeof CARRIERS)[number][] {
  return CARRIERS.filter((name) => {
    const carrier = params[name];
    return carrier !== undefined && ("length" in carrier ? carrier.length : carrier.byteLength) > 0;
  });
}

/** How many numbers are stored; undefined for a carrier of codes, which is padded to whole bytes. */
export function countStored({ floatValue, float16Value }: WeightParams): number | undefined {
  if (float16Value !== undefined && float16Value.byteLength > 0) return float16Value.byteLength / 2;
  if (floatValue === undefined) return undefined;
  return "length" in floatValue ? floatValue.length : floatValue.byteLength / 4;
}

/**
 * The numbers of a `WeightParams` of this shape, whatever carries them, or what is wrong with it. Compact carriers
 * are unpacked piece by piece as they are read. `channelAxis` is the one of per-channel quantisation.
 *
 * @see NeuralNetwork.proto WeightParams, QuantizationParams
 */
export function storedNumbers(
  params: WeightParams | undefined,
  shape: readonly number[],
  channelAxis: number,
): StoredNumbers | string {
  if (params === undefined) return "the weights are missing";
  const carriers = carriersOf(params);
  if (carriers.length > 1) return `weights in two carriers, ${carriers.join(" and ")}`;
  const count = sizeOf(shape);
  const stored = countStored(params);
  const [carrier = "floatValue"] = carriers;
  if (carrier === "int8RawValue") {
    return "int8RawValue quantises the input at run time, which is not computed here";
  }
  if (carrier === "rawValue") {
    return quantised(params.rawValue, params.quantization, shape, channelAxis);
  }
  if ((stored ?? 0) !== count) {
    return `${stored ?? 0} numbers, but [${shape.join(", ")}] takes ${count}`;
  }
  return carrier === "float16Value" ? halves(params.float16Value) : floats(params);
}

function floats({ floatValue }: WeightParams): StoredNumbers {
  const bytes = floatValue && isWeightBytes(floatValue) ? floatValue : undefined;
  if (bytes?.readInto !== undefined)
    return { dtype: "float32", readInto: fromFile(bytes, 4, floatsOf) };
  const values = toFloat32(floatValue);
  return {
    dtype: "float32",
    readInto: (target, start) => target.set(values.subarray(start, start + target.length)),
  };
}

/** Reads numbers of `size` bytes where they lie in a file, strip by strip. */
function fromFile(
  carrier: WeightBytes,
  size: number,
  convert: (bytes: Uint8Array) => Float32Array,
): StoredNumbers["readInto"] {
  return (target, start) => {
    const strip = new Uint8Array(Math.min(target.length, STRIP) * size);
    for (let done = 0; done < target.length; done += STRIP) {
      const bytes = strip.subarray(0, Math.min(STRIP, target.length - done) * size);
      carrier.readInto?.((start + done) * size, bytes);
      target.set(convert(bytes), done);
    }
  };
}

const STRIP = 1 << 16;

function halves(carrier: ByteValues | undefined): StoredNumbers {
  if (carrier !== undefined && isWeightBytes(carrier) && carrier.readInto !== undefined) {
    return { dtype: "float16", readInto: fromFile(carrier, 2, halfToFloat32) };
  }
  const bytes = toBytes(carrier);
  return {
    dtype: "float16",
    readInto(target, start) {
      target.set(halfToFloat32(bytes.subarray(2 * start, 2 * (start + target.length))));
    },
  };
}

function quantised(
  carrier: ByteValues | undefined,
  quantization: QuantizationParams | undefined,
  shape: readonly number[],
  channelAxis: number,
): StoredNumbers | string {
  const bytes = toBytes(carrier);
  const bits = quantization?.numberOfBits ?? 0;
  if (!(bits >= 1 && bits <= 8)) return `${bits} bits per number, expected 1 to 8`;
  const expected = Math.ceil((sizeOf(shape) * bits) / 8);
  if (bytes.length !== expected) return `${bytes.length} bytes, expected ${expected}`;
  const table = quantization?.lookupTableQuantization;
  if (table !== undefined) {
    const values = toFloat32(table.floatValue);
    if (values.length !== 2 ** bits) return `a table of ${values.length}, expected ${2 ** bits}`;
    return codes(bytes, bits, (code) => values[code] ?? 0);
  }
  const linear = quantization?.linearQuantization;
  if (linear === undefined) return "rawValue without quantization";
  const scale = toFloat32(linear.scale);
  const bias = toFloat32(linear.bias);
  const channels = shape[channelAxis] ?? 1;
  const inner = sizeOf(shape.slice(channelAxis + 1));
  for (const vector of [scale, bias]) {
    if (vector.length > 1 && vector.length !== channels) {
      return `${vector.length} quantisation scales or biases for ${channels} channels`;
    }
  }
  return codes(bytes, bits, (code, index) => {
    const channel = Math.floor(index / inner) % channels;
    const factor = scale[scale.length === 1 ? 0 : channel] ?? 1;
    return Math.fround(code * factor + (bias[bias.length === 1 ? 0 : channel] ?? 0));
  });
}

/** A bit stream, each code most significant bit first, without alignment. */
function codes(
  bytes: Uint8Array,
  bits: number,
  decode: (code: number, index: number) => number,
): StoredNumbers {
  const mask = 2 ** bits - 1;
  return {
    dtype: "float32",
    readInto(target, start) {
      for (let index = 0; index < target.length; index++) {
        const position = (start + index) * bits;
        const at = position >> 3;
        const pair = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
        const code = (pair >> (16 - bits - (position & 7))) & mask;
        target[index] = decode(code, start + index);
      }
    },
  };
}
