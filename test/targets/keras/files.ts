import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bytesSource } from "../../../src/formats/bytes.ts";
import { openTraced, type TracedModel } from "../../../src/sources/keras/traced-model.ts";
import type { KerasContainer } from "../../../src/targets/keras/index.ts";
import { type Case, listCases } from "../../cases.ts";

/** One model of a fixture. */
export interface ModelFile {
  /** `generations/k224/model.hdf5` */
  readonly id: string;
  readonly bytes: Uint8Array;
  /** What it is, whatever its name ends in. */
  readonly container: KerasContainer;
  /** Opens such bytes, with the architecture beside it where the file has none. */
  open(bytes: Uint8Array): TracedModel;
}

const FILES = ["model.hdf5", "model.h5", "model.keras", "weights.h5", "model.weights.h5"];

/** All files of Keras of some fixtures that can be opened. */
export function modelFiles(suites: readonly string[]): readonly ModelFile[] {
  return suites.flatMap(listCases).flatMap((one) => FILES.flatMap((file) => fileOf(one, file)));
}

function fileOf({ id, folder }: Case, file: string): readonly ModelFile[] {
  const path = join(folder, file);
  if (!existsSync(path)) return [];
  const options = file.includes("weights") ? { architecture: architectureIn(folder) } : {};
  if (UNREADABLE.has(`${id}/${file}`)) return [];
  const found: ModelFile = {
    id: `${id}/${file}`,
    bytes: readFileSync(path),
    container: file.endsWith(".keras")
      ? ".keras"
      : file.includes("weights")
        ? ".weights.h5"
        : ".h5",
    open: (bytes) => openTraced(bytesSource(bytes, file), options),
  };
  return [found];
}

/** Refused, as the tests of the reader say. */
const UNREADABLE: ReadonlySet<string> = new Set([
  "micro/topo_sequential_inputlayer/model.hdf5",
  "layers/k3_quantized_int8/model.keras",
  "layers/k3_subclassed/model.keras",
]);

function architectureIn(folder: string): string {
  const names = ["architecture.json", "config.json"].map((name) => join(folder, name));
  return readFileSync(names.find(existsSync) ?? "", "utf8");
}
