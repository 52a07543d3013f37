import { fail, type Place } from "../../errors.ts";
import type { ByteSource } from "../bytes.ts";
import { decodeRegion } from "../coreml/decode-message.ts";
import { wholeOf } from "../coreml/region.ts";
import { onnxSchema } from "./schema.ts";
import type { ModelProto } from "./types.gen.ts";

/**
 * Reads an ONNX model, of whichever writer. Long weights stay in the file until they are wanted, as `WeightBytes`; what a later version of
 * the format added is left out; whole numbers beyond 2^53 are rounded.
 *
 * Throws `bad-format` for other files, `corrupt-file` for damaged ones, `limit` for ones nested or split beyond reason.
 */
export function readOnnx(source: ByteSource): ModelProto {
  const at: Place = { file: source.name };
  if (source.size === 0) fail("bad-format", "The file is empty, expected an ONNX model.", { at });
  const values = decodeRegion(onnxSchema("ModelProto"), wholeOf(source), at, {
    title: "ONNX model",
    rounded: true,
    onUnknown: () => {},
  });
  // The fields come from the generated table, so the object is what the generated type says.
  const model: ModelProto = Object.fromEntries(values);
  if (model.graph !== undefined && model.irVersion !== undefined) return model;
  return fail("bad-format", "This is not an ONNX model: it has no graph or no version.", {
    at,
    hint: "Expected is the .onnx file itself.",
  });
}
