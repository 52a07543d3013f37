import { type Packed, UNPACKINGS } from "../../../formats/coreml/constexpr.ts";
import type { OperationCall, OperationRun } from "../call.ts";

/** Unpacks compressed weights as one kind of operation does. */
export function unpacking(type: keyof typeof UNPACKINGS): OperationRun {
  return (call: OperationCall) => {
    const packed: Packed = {
      input: (name) => call.tensor(name),
      optional: (name) => call.optional(name),
      require: (condition, text) => call.require(condition, text),
    };
    call.ignore("output_dtype");
    return UNPACKINGS[type](packed);
  };
}
