import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { decodeModel } from "../../src/formats/coreml/decode.ts";
import type { Model } from "../../src/formats/coreml/types.gen.ts";
import { FIXTURES } from "../cases.ts";
import { temporaryFolder } from "../temporary.ts";
import { run } from "./run.ts";

/** The snack classifier, and a model of a few layers. */
export const SNACKS = join(FIXTURES, "snacks/snacks_mobilenet025/model.hdf5");
export const SMALL = join(FIXTURES, "generations/k224/model.hdf5");

/** The message in a Core ML file. */
export function decode(path: string): Model {
  return decodeModel(readFileSync(path));
}

/** Converts to a folder of the test's own and gives the model with what was said. */
export async function convert(
  model: string,
  ...options: readonly string[]
): Promise<{ readonly model: Model; readonly stderr: string }> {
  const output = join(temporaryFolder(), "Model.mlmodel");
  const { code, stderr } = await run("convert", model, output, ...options);
  expect([code, stderr]).toEqual([0, expect.not.stringMatching(/^error/)]);
  return { model: decode(output), stderr };
}
