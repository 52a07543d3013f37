import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decodeModel } from "../../../src/formats/coreml/decode.ts";
import { PRESETS, type Preprocessing } from "../../../src/image/preprocessing.ts";
import { type Case, listCases } from "../../cases.ts";
import { formsOf } from "../../forms.ts";
import { caseOptions } from "../../targets/coreml-nn/case-options.ts";
import { compareRandom, type Pair } from "./written.ts";

/** Files of coremltools 3.4 that differ from Keras, and the layer that is to blame. */
const WRONG: ReadonlyMap<string, string> = new Map([
  ["micro/act_relu_slope_threshold", "re_lu_1"],
  ["micro/act_softmax_axis1", "softmax_1"],
  ["micro/embedding_maskzero", "lstm_1"],
  ["micro/topo_shared_diverging", "from_b"],
]);

/** Files that cannot be compared at all, and why. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ["micro/arg_wrong_label_count", "The classifier has 2 labels for 3 scores."],
  [
    "micro/conv1d_causal_dilated",
    'The Keras output "conv1d_1" has shape (null, 9, 5), but the Core ML model gives an array [7, 1, 5, 1, 1].',
  ],
  [
    "micro/gru_reset_after",
    'Layer "gru_1" (gru): update gate bias vector: 24 numbers, but [4] takes 4.',
  ],
]);

/** A Lambda, which is not read: nothing to compare with. */
const UNREADABLE = "micro/arg_custom_layer";

const golden = ["micro", "generations", "snacks"]
  .flatMap(listCases)
  .filter(({ id, json }) => json.convert?.golden !== undefined && id !== UNREADABLE);

function pairOf(testCase: Case): Pair {
  const { folder, json } = testCase;
  const [form] = formsOf(testCase);
  if (form === undefined) throw new Error(`${testCase.id} has no model`);
  const model = decodeModel(readFileSync(join(folder, json.convert?.golden ?? "")));
  return { graph: form.read().graph, model };
}

/** The pixel arguments given to coremltools, as the training code would have prepared them. */
function preparationOf(testCase: Case): Preprocessing {
  const { isBgr, imageScale = 1, ...biases } = caseOptions(testCase);
  const { redBias = 0, greenBias = 0, blueBias = 0, grayBias } = biases;
  const factor = typeof imageScale === "number" ? imageScale : (Object.values(imageScale)[0] ?? 1);
  return {
    ...PRESETS.none,
    colorOrder: isBgr === true ? "bgr" : "rgb",
    scale: [factor, factor, factor],
    bias: [grayBias ?? redBias, greenBias, blueBias],
  };
}

function compareGolden(testCase: Case) {
  const takesPictures = caseOptions(testCase).imageInputNames !== undefined;
  const pair = pairOf(testCase);
  return compareRandom(pair, takesPictures ? preparationOf(testCase) : undefined, { count: 2 });
}

describe("files of coremltools 3.4 agree with Keras, layer by layer", () => {
  const right = golden.filter(({ id }) => !WRONG.has(id) && !REFUSED.has(id));
  test.each(right.map((one) => [one.id, one] as const))("%s", (_, one) => {
    const { ok, divergence } = compareGolden(one);
    expect([ok, divergence]).toEqual([true, undefined]);
  });

  test("they are more than 200", () => {
    expect(right.length).toBeGreaterThan(200);
  });
});

describe("of files of coremltools 3.4 that are wrong", () => {
  const wrong = golden.flatMap((one) => {
    const layer = WRONG.get(one.id);
    return layer === undefined ? [] : [[one.id, layer, one] as const];
  });
  test.each(wrong)("%s: the layer to blame is %s", (_, layer, one) => {
    const { ok, divergence } = compareGolden(one);
    expect([ok, divergence?.layer]).toEqual([false, layer]);
  });

  const refused = golden.flatMap((one) => {
    const text = REFUSED.get(one.id);
    return text === undefined ? [] : [[one.id, text, one] as const];
  });
  test.each(refused)("%s is refused: %s", (_, text, one) => {
    expect(() => compareGolden(one)).toThrow(text);
  });
});
