import { fail, type Place } from "../../errors.ts";
import { decodeMessage } from "./decode-message.ts";
import type { Model } from "./types.gen.ts";

/** How a decoded file is called in messages. */
export interface DecodeOptions {
  readonly file?: string;
}

/**
 * Reads a `.mlmodel`: one serialized `Model`. Fields at their default are absent from the result.
 * `repeated float` fields come as `Float32Array`, views of `bytes` where alignment allows it;
 * `bytes` fields always are views.
 *
 * Throws `bad-format` for other files, `corrupt-file` for damaged ones, `unsupported` for models
 * of a later format, `limit` for ones nested or split beyond reason.
 */
export function decodeModel(bytes: Uint8Array, options: DecodeOptions = {}): Model {
  const at: Place = options.file === undefined ? {} : { file: options.file };
  if (bytes.length === 0)
    fail("bad-format", "The file is empty, expected a Core ML model.", { at });
  // Field 1, the specification version, comes first in every file.
  if (bytes[0] !== FIRST_BYTE) {
    fail(
      "bad-format",
      "This is not a Core ML model: it does not begin with a specification version.",
      {
        at,
        hint: "Expected is the .mlmodel file itself, or Data/…/model.mlmodel of a .mlpackage.",
      },
    );
  }
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // The fields come from the generated table, so the object is what the generated type says.
  const model: Model = Object.fromEntries(decodeMessage("Model", plain, at));
  checkModel(model, at);
  return model;
}

const FIRST_BYTE = 0x08;

function checkModel(model: Model, at: Place): void {
  const { specificationVersion = 0, description, isUpdatable, ...rest } = model;
  const missing =
    specificationVersion <= 0
      ? "names no specification version"
      : description === undefined
        ? "has no description"
        : Object.keys(rest).length === 0
          ? "holds no model"
          : undefined;
  if (missing === undefined) return;
  fail("corrupt-file", `The Core ML file ${missing}.`, {
    at,
    hint: "The file is truncated or damaged; fetch it again.",
  });
}
