import { fail, type Place } from "../../errors.ts";
import type { ByteSource } from "../bytes.ts";
import { decodeMessage, decodeRegion, type RegionOptions } from "./decode-message.ts";
import { bytesIn, wholeOf } from "./region.ts";
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
  checkStart(bytes[0], at);
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // The fields come from the generated table, so the object is what the generated type says.
  const model: Model = Object.fromEntries(decodeMessage("Model", plain, at));
  checkModel(model, at);
  return model;
}

/**
 * Like `decodeModel`, for a file that stays on the disk: long weights are read when they are wanted, as `WeightBytes`.
 * With `onUnknown`, what a later format added is left out instead of refused.
 */
export function readModel(source: ByteSource, options: RegionOptions = {}): Model {
  const at: Place = { file: source.name };
  const whole = wholeOf(source);
  checkStart(bytesIn({ ...whole, size: Math.min(1, source.size) })[0], at);
  const model: Model = Object.fromEntries(decodeRegion("Model", whole, at, options));
  checkModel(model, at, options.onUnknown !== undefined);
  return model;
}

/** Field 1, the specification version, comes first in every file. */
const FIRST_BYTE = 0x08;

function checkStart(first: number | undefined, at: Place): void {
  if (first === undefined)
    fail("bad-format", "The file is empty, expected a Core ML model.", { at });
  if (first === FIRST_BYTE) return;
  fail(
    "bad-format",
    "This is not a Core ML model: it does not begin with a specification version.",
    {
      at,
      hint: "Expected is the .mlmodel file itself, or Data/…/model.mlmodel of a .mlpackage.",
    },
  );
}

function checkModel(model: Model, at: Place, lenient = false): void {
  const { specificationVersion = 0, description, isUpdatable, ...rest } = model;
  const missing =
    specificationVersion <= 0
      ? "names no specification version"
      : description === undefined
        ? "has no description"
        : Object.keys(rest).length === 0 && !lenient
          ? "holds no model"
          : undefined;
  if (missing === undefined) return;
  fail("corrupt-file", `The Core ML file ${missing}.`, {
    at,
    hint: "The file is truncated or damaged; fetch it again.",
  });
}
