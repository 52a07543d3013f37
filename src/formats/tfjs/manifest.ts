import { fail, type Place } from "../../errors.ts";
import { sizeOf, type WeightRef } from "../../ir/tensor.ts";
import { isJsonList, isJsonObject, type Json, type JsonObject } from "../../json.ts";
import { type ByteSource, readBytes } from "../bytes.ts";
import { readNumbers, shapeOf, weightCode } from "./stored-weight.ts";
import { joinWeightFiles } from "./weight-files.ts";

/** One array of a tfjs model. */
export interface TfjsArray {
  readonly name: string;
  readonly shape: readonly number[];
  /** As the manifest says, such as `float32`. */
  readonly dtype: string;
  /** How it lies in its file: `contiguous`, or `stored as uint8` and the like. */
  readonly storage: string;
  /** Set for the state of an optimizer. */
  readonly optimizer: boolean;
  /** Its numbers, still in the file; undefined for texts and complex numbers. */
  readonly ref?: WeightRef;
}

/**
 * The arrays of a `weightsManifest`, whose numbers stay in the files beside `model` until they are read. Throws
 * `corrupt-file` for a manifest that does not fit its files, `bad-weights` for files that are not there.
 */
export function readManifest(manifest: Json | undefined, model: ByteSource): readonly TfjsArray[] {
  const at = { file: model.name, path: "weightsManifest" };
  if (manifest === undefined || manifest === null) return [];
  if (!isJsonList(manifest)) return fail("corrupt-file", "The manifest is not a list.", { at });
  const seen = new Map<string, number>();
  return manifest.flatMap((group, index) =>
    readGroup(group, model, seen, { ...at, path: `weightsManifest[${index}]` }),
  );
}

/** The names of the files that a manifest lists, whether they are there or not. */
export function weightFilesOf(manifest: Json | undefined): readonly string[] {
  const groups = isJsonList(manifest) ? manifest : [];
  return groups.flatMap((group) => {
    const { paths } = isJsonObject(group) ? group : {};
    return isJsonList(paths) ? paths.filter((path) => typeof path === "string") : [];
  });
}

function readGroup(
  group: Json,
  model: ByteSource,
  seen: Map<string, number>,
  at: Place,
): readonly TfjsArray[] {
  const { paths, weights } = isJsonObject(group) ? group : {};
  if (!isJsonList(paths) || !isJsonList(weights)) {
    return fail("corrupt-file", "The group has no paths or no weights.", { at });
  }
  const names = paths.filter((path) => typeof path === "string");
  if (names.length < paths.length) {
    fail("corrupt-file", "A path is not a text.", { at });
  }
  const source = joinWeightFiles(names, model);
  let offset = 0;
  const arrays = weights.map((spec, index) => {
    const place = { ...at, path: `${at.path}.weights[${index}]` };
    if (!isJsonObject(spec)) return fail("corrupt-file", "The weight is not an object.", { at });
    const { array, byteLength } = readArray(spec, source, offset, seen, place);
    offset += byteLength;
    return array;
  });
  if (offset === source.size) return arrays;
  return fail(
    "corrupt-file",
    `The files ${names.slice(0, 3).join(", ")}${names.length > 3 ? ", …" : ""} hold ${source.size} bytes, expected ${offset}.`,
    {
      at,
      hint: "Files of another model, or damaged ones, lie beside model.json; fetch all again.",
    },
  );
}

function readArray(
  spec: JsonObject,
  source: ByteSource,
  offset: number,
  seen: Map<string, number>,
  at: Place,
): { readonly array: TfjsArray; readonly byteLength: number } {
  const { name, dtype, group } = spec;
  if (typeof name !== "string") return fail("corrupt-file", "The weight has no name.", { at });
  const shape = shapeOf(spec.shape, at);
  const code = weightCode(spec, at);
  const byteLength =
    dtype === "string" ? textsLength(source, offset, sizeOf(shape)) : sizeOf(shape) * code.width;
  if (!(offset + byteLength <= source.size)) {
    fail(
      "corrupt-file",
      `The weight "${name}" takes ${byteLength} bytes, but its files end ${source.size - offset} bytes behind its start.`,
      { at, hint: "A file of weights is truncated, or of another model; fetch all again." },
    );
  }
  const count = seen.get(name) ?? 0;
  seen.set(name, count + 1);
  const ref: WeightRef | undefined =
    code.dtype === undefined
      ? undefined
      : {
          id: count === 0 ? name : `${name}#${count}`,
          dtype: code.dtype,
          shape,
          readInto: (target, start) => readNumbers(source, offset, code, target, start),
        };
  const { storage } = code;
  const optimizer = group === "optimizer";
  const array = { name, shape, dtype: String(dtype), storage, optimizer };
  return { array: ref === undefined ? array : { ...array, ref }, byteLength };
}

/** Each text begins with its length. */
function textsLength(source: ByteSource, offset: number, count: number): number {
  let at = offset;
  for (let i = 0; i < count; i++) {
    const head = readBytes(source, at, 4, "The length of a text");
    at += 4 + new DataView(head.buffer).getUint32(0, true);
  }
  return at - offset;
}
