import { fail, type Place } from "../../errors.ts";
import { type DType, type NumericArray, sizeOf, type WeightRef } from "../../ir/tensor.ts";
import type { ByteSource } from "../bytes.ts";
import { type ByteValues, isWeightBytes, toBytes, toFloat32 } from "../coreml/carriers.ts";
import { fromBfloat16, fromFloat16 } from "../small-floats.ts";
import type { TensorProto } from "./types.gen.ts";

/** One element type of ONNX. */
export interface ElementType {
  readonly name: string;
  /** Bytes of each in raw data; 0 for texts and for several in a byte. */
  readonly width: number;
  /** Undefined for what is counted, but not read. */
  readonly dtype?: DType;
}

/**
 * The element types by number.
 *
 * @see onnx.proto `TensorProto.DataType`
 */
export function elementType(dataType: number | undefined): ElementType {
  return ELEMENTS.get(dataType ?? 0) ?? { name: `type ${dataType ?? 0}`, width: 0 };
}

/** The sizes of a tensor. Throws `corrupt-file` for what is no shape. */
export function tensorShape({ name = "", dims = [] }: TensorProto, at: Place): readonly number[] {
  const sound = dims.every((dim) => Number.isSafeInteger(dim) && dim >= 0);
  if (sound && Number.isSafeInteger(sizeOf(dims))) return dims;
  const shape = `(${dims.slice(0, 16).join(", ")})`;
  return fail("corrupt-file", `The array "${name}" has the shape ${shape}.`, { at });
}

/** Where the numbers of a tensor lie that are in another file; undefined for those that are not. */
export function externalPlace({
  dataLocation,
  externalData = [],
}: TensorProto):
  | { readonly path: string; readonly offset: number; readonly length: number | undefined }
  | undefined {
  if (dataLocation !== "EXTERNAL") return undefined;
  const facts = new Map(externalData.map(({ key = "", value = "" }) => [key, value]));
  const length = facts.get("length");
  return {
    path: facts.get("location") ?? "",
    offset: Number(facts.get("offset") ?? 0),
    length: length === undefined ? undefined : Number(length),
  };
}

/**
 * A tensor whose numbers are read when they are asked for; undefined for texts and for types that are not read here.
 * `external` holds the numbers of one whose data is in another file. Throws `corrupt-file` when there are more or fewer
 * numbers than its shape says.
 */
export function tensorWeight(
  tensor: TensorProto,
  at: Place,
  external?: ByteSource,
): WeightRef | undefined {
  const { name = "", dataType = 0 } = tensor;
  const { dtype, width } = elementType(dataType);
  const shape = tensorShape(tensor, at);
  if (dtype === undefined) return undefined;
  const raw = external ?? rawSource(tensor.rawData);
  const count = sizeOf(shape);
  const held = raw === undefined ? listOf(tensor).length : raw.size / width;
  if (held !== count) {
    fail("corrupt-file", `The array "${name}" holds ${held} numbers, expected ${count}.`, { at });
  }
  const readInto =
    raw === undefined
      ? (target: NumericArray, start: number) => readList(tensor, target, start)
      : (target: NumericArray, start: number) => readRaw(raw, dataType, target, start);
  return { id: name, dtype, shape, readInto };
}

const ELEMENTS: ReadonlyMap<number, ElementType> = new Map<number, ElementType>([
  [1, { name: "float32", width: 4, dtype: "float32" }],
  [2, { name: "uint8", width: 1, dtype: "uint8" }],
  [3, { name: "int8", width: 1, dtype: "int8" }],
  [4, { name: "uint16", width: 2 }],
  [5, { name: "int16", width: 2 }],
  [6, { name: "int32", width: 4, dtype: "int32" }],
  [7, { name: "int64", width: 8, dtype: "int64" }],
  [8, { name: "string", width: 0 }],
  [9, { name: "bool", width: 1, dtype: "bool" }],
  [10, { name: "float16", width: 2, dtype: "float16" }],
  [11, { name: "float64", width: 8, dtype: "float64" }],
  [12, { name: "uint32", width: 4 }],
  [13, { name: "uint64", width: 8 }],
  [14, { name: "complex64", width: 8 }],
  [15, { name: "complex128", width: 16 }],
  [16, { name: "bfloat16", width: 2, dtype: "bfloat16" }],
  [17, { name: "float8e4m3fn", width: 1 }],
  [18, { name: "float8e4m3fnuz", width: 1 }],
  [19, { name: "float8e5m2", width: 1 }],
  [20, { name: "float8e5m2fnuz", width: 1 }],
  [21, { name: "uint4", width: 0 }],
  [22, { name: "int4", width: 0 }],
  [23, { name: "float4e2m1", width: 0 }],
]);

/** Bytes read at a time. */
const STRIP = 1 << 16;

type Bytes = Pick<ByteSource, "size" | "readInto">;

function rawSource(raw: ByteValues | undefined): Bytes | undefined {
  if (raw === undefined) return undefined;
  if (isWeightBytes(raw) && raw.readInto !== undefined) {
    const read = raw.readInto.bind(raw);
    return { size: raw.byteLength, readInto: read };
  }
  const bytes = toBytes(raw);
  return {
    size: bytes.length,
    readInto: (offset, target) => target.set(bytes.subarray(offset, offset + target.length)),
  };
}

function readRaw(raw: Bytes, dataType: number, target: NumericArray, start: number): void {
  const { width } = elementType(dataType);
  const bytes = new Uint8Array(Math.min(STRIP, target.length * width));
  const view = new DataView(bytes.buffer);
  const step = STRIP / width;
  for (let done = 0; done < target.length; done += step) {
    const count = Math.min(step, target.length - done);
    raw.readInto((start + done) * width, bytes.subarray(0, count * width));
    for (let i = 0; i < count; i++) target[done + i] = numberAt(view, i * width, dataType);
  }
}

function numberAt(view: DataView, at: number, dataType: number): number {
  switch (dataType) {
    case 1:
      return view.getFloat32(at, true);
    case 3:
      return view.getInt8(at);
    case 6:
      return view.getInt32(at, true);
    case 7:
      return Number(view.getBigInt64(at, true));
    case 10:
      return fromFloat16(view.getUint16(at, true));
    case 11:
      return view.getFloat64(at, true);
    case 16:
      return fromBfloat16(view.getUint16(at, true));
    default:
      return view.getUint8(at);
  }
}

/** Small types stand in the list of int32, floats of 16 bits as their bits. */
function listOf(tensor: TensorProto): ArrayLike<number> {
  const { dataType, floatData, doubleData = [], int64Data = [], int32Data = [] } = tensor;
  if (dataType === 1) return toFloat32(floatData);
  if (dataType === 11) return doubleData;
  return dataType === 7 ? int64Data : int32Data;
}

function readList(tensor: TensorProto, target: NumericArray, start: number): void {
  const list = listOf(tensor);
  const { dataType } = tensor;
  for (let i = 0; i < target.length; i++) {
    const value = list[start + i] ?? 0;
    target[i] =
      dataType === 10 ? fromFloat16(value) : dataType === 16 ? fromBfloat16(value) : value;
  }
}
