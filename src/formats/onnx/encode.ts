import { fail } from "../../errors.ts";
import type { OutputBytes } from "../bytes.ts";
import { coalesce } from "../coreml/coalesce.ts";
import { encodeMessage } from "../coreml/encode.ts";
import { onnxSchema } from "./schema.ts";
import type { ModelProto } from "./types.gen.ts";

/** Most bytes that a protobuf message may hold. */
export const LARGEST_MODEL = 2 ** 31 - 1;

/**
 * Serializes an ONNX model. Sizes are computed first without touching a weight; weights are read while the chunks are iterated, one at a
 * time. Equal models give equal bytes. Throws `limit` beyond 2 GB: then weights belong in a file of their own.
 */
export function encodeOnnx(model: ModelProto): OutputBytes {
  const { byteLength, pieces } = encodeMessage(onnxSchema("ModelProto"), model, "ModelProto");
  if (byteLength > LARGEST_MODEL) {
    fail(
      "limit",
      `The ONNX model would take ${byteLength} bytes; a file of this format holds at most ${LARGEST_MODEL}.`,
      { hint: "Write the weights to a file of their own (--external-data)." },
    );
  }
  return { byteLength, chunks: () => coalesce(pieces) };
}
