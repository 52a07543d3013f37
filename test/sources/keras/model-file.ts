import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ByteSource, bytesSource } from "../../../src/formats/bytes.ts";
import type { JsonObject } from "../../../src/json.ts";
import { type ReadKerasOptions, readKeras } from "../../../src/sources/keras/index.ts";
import { FIXTURES } from "../../cases.ts";
import { KERAS2 } from "./hand-made.ts";
import { type GivenArray, kerasFile } from "./keras-file.ts";
import { refusal } from "./refusal.ts";

/** Says that a layer gets four numbers. */
export const INPUT = { batch_input_shape: [null, 4] };

/** A file of the fixtures. */
export function fixture(path: string): ByteSource {
  return bytesSource(readFileSync(join(FIXTURES, path)), path.slice(path.lastIndexOf("/") + 1));
}

/** A model as Keras 2.2.4 writes it, with the weights given. */
export async function modelFile(
  model: JsonObject,
  groups: Readonly<Record<string, readonly GivenArray[]>> = {},
): Promise<ByteSource> {
  return kerasFile({ attributes: KERAS2, weights: KERAS2, model, groups });
}

/** Why the model is not read. */
export async function refused(model: JsonObject, options: ReadKerasOptions = {}): Promise<string> {
  const source = await modelFile(model);
  return refusal(() => readKeras(source, options));
}
