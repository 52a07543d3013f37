import { type Packed, UNPACKINGS, type Unpacking } from "../../../formats/coreml/constexpr.ts";
import type { OperationCall, OperationRun } from "../call.ts";

/** The operations that unpack compressed weights. */
export const constexpr_affine_dequantize = unpacking(UNPACKINGS.constexpr_affine_dequantize);
export const constexpr_blockwise_shift_scale = unpacking(
  UNPACKINGS.constexpr_blockwise_shift_scale,
);
export const constexpr_cast = unpacking(UNPACKINGS.constexpr_cast);
export const constexpr_lut_to_dense = unpacking(UNPACKINGS.constexpr_lut_to_dense);
export const constexpr_lut_to_sparse = unpacking(UNPACKINGS.constexpr_lut_to_sparse);
export const constexpr_sparse_blockwise_shift_scale = unpacking(
  UNPACKINGS.constexpr_sparse_blockwise_shift_scale,
);
export const constexpr_sparse_to_dense = unpacking(UNPACKINGS.constexpr_sparse_to_dense);

function unpacking(unpack: Unpacking): OperationRun {
  return (call: OperationCall) => {
    const packed: Packed = {
      input: (name) => call.tensor(name),
      optional: (name) => call.optional(name),
      require: (condition, text) => call.require(condition, text),
    };
    call.ignore("output_dtype");
    return unpack(packed);
  };
}
