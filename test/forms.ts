import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bytesSource } from "../src/formats/bytes.ts";
import type { Dim } from "../src/ir/tensor.ts";
import { type KerasModel, readKeras } from "../src/sources/keras/index.ts";
import type { Case } from "./cases.ts";

/** One way in which a case's model was saved. */
export interface Form {
  /** `model.keras`, or `weights.h5 with architecture.json`. */
  readonly name: string;
  read(): KerasModel;
}

/** Every form of the model in the case's folder. */
export function formsOf(testCase: Case): readonly Form[] {
  const has = (file: string): boolean => existsSync(join(testCase.folder, file));
  const whole = ["model.hdf5", "model.h5", "model.keras"].filter(has).map((file) => ({
    name: file,
    read: () => readForm(testCase, file),
  }));
  if (!has("architecture.json")) return whole;
  const weightsOnly = ["weights.h5", "model.weights.h5"].filter(has).map((file) => ({
    name: `${file} with architecture.json`,
    read: () => readForm(testCase, file, "architecture.json"),
  }));
  return [...whole, ...weightsOnly];
}

function readForm(testCase: Case, file: string, architecture?: string): KerasModel {
  const load = (name: string): Buffer => readFileSync(join(testCase.folder, name));
  const shape = SHAPES.get(testCase.id);
  return readKeras(bytesSource(load(file), file), {
    ...(architecture === undefined ? {} : { architecture: load(architecture).toString("utf8") }),
    ...(shape === undefined ? {} : { inputShapes: shape }),
  });
}

/** What a user must give with `--input-shape`, because the file does not say it. */
const SHAPES: ReadonlyMap<string, readonly Dim[]> = new Map([
  ["micro/topo_sequential_inputlayer", [null, 5]],
]);
