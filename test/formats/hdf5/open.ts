import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bytesSource } from "../../../src/formats/bytes.ts";
import type { Hdf5Dataset } from "../../../src/formats/hdf5/index.ts";
import { type Hdf5File, openHdf5 } from "../../../src/formats/hdf5/index.ts";
import { FIXTURES } from "../../cases.ts";

/** Opens `fixtures/<path>`. */
export function openFixture(path: string): Hdf5File {
  return openHdf5(bytesSource(readFileSync(join(FIXTURES, path)), path));
}

/** The dataset at a path; anything else fails the test. */
export function datasetAt(file: Hdf5File, path: string): Hdf5Dataset {
  const found = file.root.get(path);
  if (found?.kind !== "dataset") throw new Error(`${path} is no dataset`);
  return found;
}

/** All values of a numeric dataset. */
export function numbers(dataset: Hdf5Dataset): number[] {
  const target = new Float64Array(dataset.shape.reduce((size, dim) => size * dim, 1));
  dataset.readInto(target, 0);
  return [...target];
}

/** Every HDF5 file among the fixtures, as paths below `fixtures/`, but those that are made to cause harm. */
export function listHdf5Fixtures(): string[] {
  return readdirSync(FIXTURES, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.(h5|hdf5)$/.test(path) && !/^scan\b/.test(path))
    .sort();
}
