import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { decodeModel } from "../../../src/formats/coreml/decode.ts";
import { readCoreML } from "../../../src/sources/coreml/index.ts";
import { type Case, listCases } from "../../cases.ts";
import { differencesFromKeras, runOnCase } from "./run-graph.ts";

// lets the runner hear of each test while hundreds run without a pause
afterEach(() => new Promise((resolve) => setTimeout(resolve)));

const GOLDENS = ["micro", "generations", "snacks"]
  .flatMap(listCases)
  .filter(({ folder }) => existsSync(join(folder, "golden.mlmodel")));

/** Files of coremltools that do not do what Keras does, and how it shows. */
const WRONG: ReadonlyMap<string, RegExp> = new Map([
  ["micro/act_relu_slope_threshold", /^output1 differs by 1\.06/],
  ["micro/act_softmax_axis1", /^output1 differs by 0\.83/],
  ["micro/conv1d_causal_dilated", /^output1 has shape 3,7,5 instead of 3,9,5$/],
  ["micro/embedding_maskzero", /^output1 differs by 0\.46/],
  ["micro/topo_shared_diverging", /differs by 0\.63/],
]);

/** Files that cannot be read, and why. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ["micro/arg_custom_layer", 'Layer "twice" (custom): its code is in the app.'],
  ["micro/gru_reset_after", 'Layer "gru_1" (gru): bias 0: 24 numbers, but [4] takes 4.'],
]);

describe("a file of coremltools, read as a graph", () => {
  for (const testCase of GOLDENS) {
    const refusal = REFUSED.get(testCase.id);
    const wrong = WRONG.get(testCase.id);
    if (refusal !== undefined) {
      test(`${testCase.id} is refused`, () => {
        expect(() => readGolden(testCase)).toThrow(refusal);
      });
    } else if (wrong !== undefined) {
      test(`${testCase.id} is as wrong as the file`, () => {
        expect(
          differencesFromKeras(runOnCase(readGolden(testCase), testCase), testCase)[0],
        ).toMatch(wrong);
      });
    } else {
      test(`${testCase.id} gives what Keras gave`, () => {
        const outputs = runOnCase(readGolden(testCase), testCase);
        expect(differencesFromKeras(outputs, testCase)).toEqual([]);
      });
    }
  }
});

function readGolden({ folder }: Case) {
  return readCoreML(decodeModel(readFileSync(join(folder, "golden.mlmodel"))));
}
