import type { MILSpecDataType } from "../../../formats/coreml/types.gen.ts";
import { around, mapTensor, type Tensor } from "../../tensor.ts";
import type { OperationCall, OperationRun } from "../call.ts";

/** Numbers of another type. Float16 keeps the exact number here; `--half` rounds it afterwards. */
export const cast: OperationRun = (call) => {
  const dataType = dataTypeOf(call, "dtype");
  return { ...mapTensor(call.tensor(), CONVERSIONS[dataType] ?? ((x) => x)), dataType };
};

/** `scale * (x - zeroPoint)` */
export const dequantize: OperationRun = (call) => {
  const x = call.tensor("input");
  const { scale, zero } = quantisation(call, x);
  const data = x.data.map((code, index) => scale(index) * (code - zero(index)));
  return { shape: x.shape, data, dataType: call.tensor("scale").dataType };
};

/** `round(x / scale) + zeroPoint`, kept within the bounds of the type. */
export const quantize: OperationRun = (call) => {
  const x = call.tensor("input");
  const dataType = dataTypeOf(call, "output_dtype");
  const { scale, zero } = quantisation(call, x);
  const [low, high] = dataType === "UINT8" ? [0, 255] : [-128, 127];
  const data = x.data.map((value, index) => {
    const code = Math.round(value / scale(index)) + zero(index);
    return Math.min(Math.max(code, low), high);
  });
  return { shape: x.shape, data, dataType };
};

/** The type that a parameter names in the words of the operation set. */
export function dataTypeOf(
  call: OperationCall,
  name: string,
  absent?: (typeof NAMES)[number],
): MILSpecDataType {
  return TYPES[call.word(name, NAMES, absent)];
}

const NAMES = ["fp16", "fp32", "int32", "bool", "int8", "uint8", "int16", "uint16"] as const;

const TYPES: Readonly<Record<(typeof NAMES)[number], MILSpecDataType>> = {
  fp16: "FLOAT16",
  fp32: "FLOAT32",
  int32: "INT32",
  bool: "BOOL",
  int8: "INT8",
  uint8: "UINT8",
  int16: "INT16",
  uint16: "UINT16",
};

/** What casts do to a number; those between floats do nothing here. */
const CONVERSIONS: Readonly<Partial<Record<MILSpecDataType, (x: number) => number>>> = {
  BOOL: (x) => Number(x !== 0),
  INT8: Math.trunc,
  UINT8: Math.trunc,
  INT16: Math.trunc,
  UINT16: Math.trunc,
  INT32: Math.trunc,
};

/** One scale and zero point for all, or for each place along an axis. */
function quantisation(call: OperationCall, x: Tensor) {
  const scale = call.tensor("scale");
  const zero = call.optional("zero_point");
  const axis = call.optional("axis")?.data[0];
  const [, size, inner] =
    axis === undefined ? [1, 1, 1] : around(x.shape, call.axis(axis, x.shape.length));
  for (const vector of [scale, zero]) {
    call.require(
      vector === undefined || vector.data.length === 1 || vector.data.length === size,
      `has ${vector?.data.length ?? 0} scales or zero points for ${size} places`,
    );
  }
  const pick = (vector: Tensor | undefined, index: number) =>
    vector?.data[vector.data.length === 1 ? 0 : Math.floor(index / inner) % size] ?? 0;
  return {
    scale: (index: number) => pick(scale, index),
    zero: (index: number) => pick(zero, index),
  };
}
