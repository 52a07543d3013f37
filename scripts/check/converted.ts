import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeModel } from "../../src/formats/coreml/decode.ts";
import type { Model } from "../../src/formats/coreml/types.gen.ts";
import type { Case } from "../../test/cases.ts";

const KC = fileURLToPath(new URL("../../bin/kc.js", import.meta.url));

/** What the command writes for a file of the case. Throws with the command's own words when it fails. */
export function convertWithCommand(testCase: Case, file: string): Model {
  const output = join(testCase.folder, "converted.mlmodel");
  execFileSync(process.execPath, [KC, "convert", join(testCase.folder, file), output, "--force"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const model = decodeModel(readFileSync(output));
  rmSync(output);
  return model;
}
