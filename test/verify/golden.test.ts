import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decodeModel } from "../../src/formats/coreml/decode.ts";
import { type Case, listCases } from "../cases.ts";
import { compareWithKeras } from "./run-case.ts";

/** Files of coremltools 3.4 that differ from Keras, each with the old converter's fault. */
const WRONG: ReadonlyMap<string, string> = new Map([
  ["micro/act_relu_slope_threshold", "slope and threshold of ReLU are dropped"],
  ["micro/act_softmax_axis1", "the axis of Softmax is ignored"],
  ["micro/embedding_maskzero", "the mask of Embedding is dropped"],
  ["micro/topo_shared_diverging", "all uses of a shared layer read its first copy"],
]);

/** Files that cannot be run, or give another number of numbers, and what is said of them. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  [
    "micro/arg_custom_layer",
    'Layer "twice" (custom): This kind of layer is not computed here: its code is in the app.',
  ],
  ["micro/arg_wrong_label_count", "The classifier has 2 labels for 3 scores."],
  ["micro/conv1d_causal_dilated", "35 of 45 numbers"],
  [
    "micro/gru_reset_after",
    'Layer "gru_1" (gru): update gate bias vector: 24 numbers, but [4] takes 4.',
  ],
]);

const golden = ["micro", "generations", "snacks"]
  .flatMap(listCases)
  .filter(({ json }) => json.convert?.golden !== undefined);

function decodeGolden({ folder, json }: Case) {
  return decodeModel(readFileSync(join(folder, json.convert?.golden ?? "")));
}

function messageOf(run: () => unknown): string {
  try {
    run();
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe("files of coremltools 3.4 give Keras' numbers", () => {
  const right = golden.filter(({ id }) => !WRONG.has(id) && !REFUSED.has(id));
  test.each(right.map((one) => [one.id, one] as const))("%s", (_, one) => {
    expect(compareWithKeras(decodeGolden(one), one).excess).toBeLessThanOrEqual(0);
  });
});

describe("files of coremltools 3.4 that are wrong", () => {
  const named = (faults: ReadonlyMap<string, string>) =>
    golden.flatMap((one) => {
      const fault = faults.get(one.id);
      return fault === undefined ? [] : [[one.id, fault, one] as const];
    });

  test.each(named(WRONG))("%s differs from Keras: %s", (_, __, one) => {
    expect(compareWithKeras(decodeGolden(one), one).excess).toBeGreaterThan(0.01);
  });

  test.each(named(REFUSED))("%s is refused: %s", (_, text, one) => {
    expect(messageOf(() => compareWithKeras(decodeGolden(one), one))).toBe(text);
  });
});
