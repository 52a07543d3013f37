import type { DType } from "../../ir/tensor.ts";

/** Type of a tensor's elements. @see onnx.proto TensorProto.DataType */
export type ElementType = 1 | 2 | 3 | 6 | 7 | 9 | 10;

/** The types that occur. */
export const ELEMENT = {
  float: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  half: 10,
} as const satisfies Record<string, ElementType>;

/** How values of a type are computed: every kind of float in float32, as half and double kernels are rare. */
export function elementOf(dtype: DType): ElementType {
  switch (dtype) {
    case "float64":
    case "float32":
    case "float16":
    case "bfloat16":
      return ELEMENT.float;
    case "int64":
      return ELEMENT.int64;
    case "int32":
      return ELEMENT.int32;
    case "uint8":
      return ELEMENT.uint8;
    case "int8":
      return ELEMENT.int8;
    case "bool":
      return ELEMENT.bool;
  }
}
