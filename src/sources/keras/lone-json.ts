import { fail } from "../../errors.ts";
import { type ByteSource, readBytes } from "../../formats/bytes.ts";
import type { JsonObject } from "../../json.ts";
import { parseObject } from "./python-json.ts";

/** Reads a JSON file that was given as a model. Throws `bad-format` when it is too long for any. */
export function readLoneJson(source: ByteSource): JsonObject {
  const at = { file: source.name };
  if (source.size > MAX_JSON) fail("bad-format", "This is a JSON file, not a model.", { at });
  const bytes = readBytes(source, 0, source.size, "The JSON");
  return parseObject(new TextDecoder().decode(bytes), source.name);
}

/** Says what a JSON file is that is no model. */
export function refuseJson(json: JsonObject, source: ByteSource): never {
  const kind = kindOf(json);
  return fail(kind.code, kind.text, { at: { file: source.name }, hint: kind.hint });
}

const MAX_JSON = 256 * 2 ** 20;

interface JsonKind {
  readonly code: "bad-format" | "bad-weights" | "unsupported";
  readonly text: string;
  readonly hint: string;
}

function kindOf(json: JsonObject): JsonKind {
  const has = (key: string): boolean => Object.hasOwn(json, key);
  if (has("weight_map")) {
    return {
      code: "unsupported",
      text: "This is the index of weights that are spread over several files.",
      hint: "Load the model in Keras 3 and save it again without max_shard_size.",
    };
  }
  if (has("class_name")) {
    return {
      code: "bad-weights",
      text: "This file holds an architecture only, not the weights.",
      hint: "Give the weights as the model and this file beside them: kc convert weights.h5 out.mlmodel --architecture model.json",
    };
  }
  return {
    code: "bad-format",
    text: "This is a JSON file, but neither a Keras architecture nor a model.",
    hint: "Keras models are HDF5 files (.h5, .hdf5) or .keras archives.",
  };
}
