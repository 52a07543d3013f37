import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { bytesSource } from "../../src/formats/bytes.ts";
import { openTraced, type TracedModel } from "../../src/sources/keras/traced-model.ts";
import { FIXTURES } from "../cases.ts";

/** A model of the fixtures, traced. */
export function fixtureModel(path: string): TracedModel {
  return openTraced(bytesSource(readFileSync(join(FIXTURES, path)), basename(path)), {});
}
