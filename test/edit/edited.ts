import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type EditOptions, editCoreML } from "../../src/edit/edit.ts";
import { KcError } from "../../src/errors.ts";
import { bytesSource, collectBytes } from "../../src/formats/bytes.ts";
import { decodeModel } from "../../src/formats/coreml/decode.ts";
import { encodeModel } from "../../src/formats/coreml/encode.ts";
import type { Model } from "../../src/formats/coreml/types.gen.ts";
import { type Case, listCases } from "../cases.ts";

/** Cases with a file that coremltools wrote. */
export const GOLDEN: readonly Case[] = ["micro", "generations", "snacks"]
  .flatMap(listCases)
  .filter(({ json }) => json.convert?.golden !== undefined);

/** The bytes of a case's golden file. */
export function goldenBytes({ folder, json }: Case): Uint8Array {
  return new Uint8Array(readFileSync(join(folder, json.convert?.golden ?? "")));
}

/** A model after an edit, with what the edit says of itself. */
export function edited(bytes: Uint8Array, options: EditOptions) {
  const { file, changes, warnings } = editCoreML(bytesSource(bytes, "m.mlmodel"), options);
  const after = collectBytes(file);
  return { bytes: after, model: decodeModel(after), changes, warnings };
}

/** The bytes of a model made by a test. */
export function bytesOf(model: Model): Uint8Array {
  return collectBytes(encodeModel(model));
}

/** A network of one layer from `x` to `y`, with whatever is added. */
export function smallModel(more: Partial<Model> = {}): Model {
  return {
    specificationVersion: 1,
    description: {
      input: [{ name: "x", type: { multiArrayType: { shape: [2], dataType: "FLOAT32" } } }],
      output: [{ name: "y", type: { multiArrayType: { shape: [2], dataType: "FLOAT32" } } }],
    },
    neuralNetwork: { layers: [{ name: "one", input: ["x"], output: ["y"], softmax: {} }] },
    ...more,
  };
}

/** Code and text of the refusal of an edit. */
export function refusalOf(model: Model, options: EditOptions): string {
  try {
    edited(bytesOf(model), options);
    return "";
  } catch (error) {
    return error instanceof KcError ? `${error.code} ${error.message}` : `foreign ${error}`;
  }
}
