import { afterEach, describe, expect, test } from "vitest";
import { readCoreML } from "../../../src/sources/coreml/index.ts";
import { writeCoreML } from "../../../src/targets/coreml-nn/index.ts";
import { listCases } from "../../cases.ts";
import { differencesFromKeras, runOnWritten } from "./run-graph.ts";
import { decoded, NOT_WRITTEN, readCase } from "./written-cases.ts";

// lets the runner hear of each test while hundreds run without a pause
afterEach(() => new Promise((resolve) => setTimeout(resolve)));

const SUITES = ["micro", "generations", "layers", "snacks"] as const;

describe("a Keras model, written for Core ML and read back", () => {
  for (const testCase of SUITES.flatMap(listCases)) {
    // the same model in other containers is no other network
    const same = /^generations\/(h5_|k224_long)/.test(testCase.id);
    if (NOT_WRITTEN.has(testCase.id) || same) continue;
    test(`${testCase.id} gives what Keras gave`, () => {
      const written = writeCoreML(readCase(testCase));
      const read = readCoreML(decoded(written));
      const outputs = runOnWritten(read, written.summary, testCase);
      expect(differencesFromKeras(outputs, testCase)).toEqual([]);
    });
  }
});
