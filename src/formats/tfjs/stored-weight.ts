import { fail, type Place } from "../../errors.ts";
import { type DType, type NumericArray, sizeOf } from "../../ir/tensor.ts";
import { isJsonObject, type Json, type JsonObject } from "../../json.ts";
import type { ByteSource } from "../bytes.ts";
import { fromFloat16 } from "../small-floats.ts";

/** How the numbers of a weight are spelled in bytes. */
export interface WeightCode {
  /** `contiguous`, or the type of fewer bytes that they are stored in. */
  readonly storage: string;
  /** Bytes of each. */
  readonly width: number;
  /** What they are once decoded; undefined for what is no number. */
  readonly dtype: DType | undefined;
  decode(bytes: DataView, index: number): number;
}

/**
 * The code that a manifest states for a weight. Throws `corrupt-file` for one that no tfjs writes.
 *
 * @see tfjs-core/src/io/io_utils.ts `decodeWeight`
 */
export function weightCode(spec: JsonObject, at: Place): WeightCode {
  const { dtype, quantization } = spec;
  const plain = typeof dtype === "string" ? PLAIN.get(dtype) : undefined;
  if (plain === undefined) {
    return fail("corrupt-file", `The type of a weight is ${JSON.stringify(dtype ?? null)}.`, {
      at,
      hint: "tfjs knows float32, int32, bool, string and complex64.",
    });
  }
  return quantization === undefined || quantization === null
    ? plain
    : quantised(plain, quantization, at);
}

/** Fills the whole of `target` with the numbers from `start` on, whose first byte is at `offset` of the source. */
export function readNumbers(
  source: ByteSource,
  offset: number,
  code: WeightCode,
  target: NumericArray,
  start: number,
): void {
  const { width } = code;
  const bytes = new Uint8Array(Math.min(target.length, STRIP) * width);
  const view = new DataView(bytes.buffer);
  for (let done = 0; done < target.length; done += STRIP) {
    const count = Math.min(STRIP, target.length - done);
    source.readInto(offset + (start + done) * width, bytes.subarray(0, count * width));
    for (let i = 0; i < count; i++) target[done + i] = code.decode(view, i);
  }
}

/** Number of elements of a stated shape. Throws `corrupt-file` for what is no shape. */
export function shapeOf(shape: Json | undefined, at: Place): readonly number[] {
  const dims = Array.isArray(shape)
    ? shape.filter((dim): dim is number => Number.isSafeInteger(dim) && dim >= 0)
    : undefined;
  const sound = dims !== undefined && Array.isArray(shape) && dims.length === shape.length;
  if (sound && dims.length <= MAX_RANK && Number.isSafeInteger(sizeOf(dims))) return dims;
  const text = JSON.stringify(shape ?? null).slice(0, 100);
  return fail("corrupt-file", `The shape of a weight is ${text}.`, { at });
}

/** Elements read at a time. */
const STRIP = 1 << 16;
const MAX_RANK = 32;

const PLAIN: ReadonlyMap<string, WeightCode> = new Map<string, WeightCode>([
  ["float32", code("float32", 4, (view, i) => view.getFloat32(i * 4, true))],
  ["int32", code("int32", 4, (view, i) => view.getInt32(i * 4, true))],
  ["bool", code("bool", 1, (view, i) => (view.getUint8(i) === 0 ? 0 : 1))],
  ["uint8", code("uint8", 1, (view, i) => view.getUint8(i))],
  ["complex64", code(undefined, 8, () => Number.NaN)],
  ["string", code(undefined, 0, () => Number.NaN)],
]);

function code(dtype: DType | undefined, width: number, decode: WeightCode["decode"]): WeightCode {
  return { storage: "contiguous", width, dtype, decode };
}

function quantised(plain: WeightCode, quantization: Json, at: Place): WeightCode {
  const { dtype, min, scale } = isJsonObject(quantization) ? quantization : {};
  if (dtype === "float16" && plain.dtype === "float32") {
    return {
      ...plain,
      storage: "stored as float16",
      width: 2,
      decode: (view, i) => fromFloat16(view.getUint16(i * 2, true)),
    };
  }
  const whole = plain.dtype === "int32";
  const sound = (whole || plain.dtype === "float32") && (dtype === "uint8" || dtype === "uint16");
  if (!sound || !Number.isFinite(min) || !Number.isFinite(scale)) {
    const text = JSON.stringify(quantization).slice(0, 200);
    return fail("corrupt-file", `The quantization of a weight is ${text}.`, {
      at,
      hint: "tfjs knows float16, and uint8 and uint16 with min and scale.",
    });
  }
  const [low, step] = [Number(min), Number(scale)];
  const width = dtype === "uint8" ? 1 : 2;
  const stored = (view: DataView, i: number): number =>
    width === 1 ? view.getUint8(i) : view.getUint16(i * 2, true);
  const value = whole
    ? (view: DataView, i: number): number => Math.round(stored(view, i) * step + low)
    : (view: DataView, i: number): number => Math.fround(stored(view, i) * step + low);
  return { ...plain, storage: `stored as ${dtype}`, width, decode: value };
}
