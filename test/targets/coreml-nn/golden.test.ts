import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decodeModel } from "../../../src/formats/coreml/decode.ts";
import type { Model } from "../../../src/formats/coreml/types.gen.ts";
import { writeCoreML } from "../../../src/targets/coreml-nn/index.ts";
import { type Case, listCases } from "../../cases.ts";
import { formsOf } from "../../forms.ts";
import { caseOptions } from "./case-options.ts";
import { frameOf, layerDifferences, permutesOf } from "./compare-models.ts";
import { bytesOfResult } from "./run-written.ts";

/** Where ours is simpler or more exact in any model: what the difference looks like, and why. */
const RULES: readonly (readonly [RegExp, string])[] = [
  [
    /\.(forgetBias): nothing instead of true$/,
    "Keras' stored bias already contains the 1 that this flag speaks of",
  ],
  [
    /sigmoidHard(\.alpha: 0\.20000000298023224 instead of nothing|\.beta: 0\.5 instead of nothing|: nothing instead of "present")$/,
    "inside recurrent layers the two numbers of the hard sigmoid are written out",
  ],
  [
    /(ELU\.alpha: 1\.6732631921768188 instead of 1\.673200011253357|multiply\.alpha: 1\.0507010221481323 instead of 1\.0506999492645264)$/,
    "selu has its constants in full, not cut to four decimals",
  ],
  [
    /thresholdedReLU\.alpha: 0\.8000000715255737 instead of 0\.800000011920929$/,
    "Core ML keeps what equals the threshold, Keras does not: the next float makes it exact",
  ],
  [
    /^global_\w+_pooling1d_1 .* pooling\.(kernelSize|stride)\.[01]: 0 instead of \d$/,
    "pooling over all steps is global pooling, which needs no size",
  ],
  [
    /^global_\w+_pooling1d_1 .* pooling\.globalPooling: true instead of nothing$/,
    "pooling over all steps is global pooling, which needs no size",
  ],
  [
    /_step_2 \(convolution\) convolution\.(same: nothing instead of "present"|valid\.paddingAmounts\.borderAmounts\.[01]: "present" instead of nothing)$/,
    "a 1 x 1 convolution needs no padding, whichever way it is said",
  ],
  [
    /^reshape_\d \(reshape\) (title: "reshape_\d \(flatten\)" instead of "reshape_\d \(reshape\)"|flatten\.mode: "CHANNEL_LAST" instead of nothing|reshape\.\S+: nothing instead of \S+)$/,
    "a reshape to a vector is a flatten, which needs no size",
  ],
  [/targetShape\.0: 12 instead of -1$/, "a size that is known is written"],
];

/** Models whose axes are moved less often, or under another name: the moves we make, and why. */
const MOVES: ReadonlyMap<string, readonly [moves: readonly string[], why: string]> = new Map([
  [
    "micro/conv1d_bn",
    [
      ["conv1d_1_input_permute_conv1d_1 [3,1,2,0]", "activation_1_permute_ [3,1,2,0]"],
      "batch normalisation works wherever the time axis lies, so it is moved back at the end",
    ],
  ],
  [
    "micro/conv1d_flatten_dense",
    [
      ["conv1d_1_input_permute_conv1d_1 [3,1,2,0]"],
      "with time on the width, flattening gives Keras' order without two more moves",
    ],
  ],
  [
    "micro/conv1d_stack",
    [
      ["conv1d_1_input_permute_conv1d_1 [3,1,2,0]"],
      "after global pooling there is no time axis left to move",
    ],
  ],
  [
    "micro/globalavgpool1d",
    [
      ["in_permute_global_average_pooling1d_1 [3,1,2,0]"],
      "after global pooling there is no time axis left to move",
    ],
  ],
  [
    "micro/globalmaxpool1d",
    [
      ["in_permute_global_max_pooling1d_1 [3,1,2,0]"],
      "after global pooling there is no time axis left to move",
    ],
  ],
  ["micro/embedding_length1", [[], "a single step needs no move"]],
]);

/** Models that coremltools got wrong, or where the same layers would be wrong: the outputs are compared with Keras instead. */
const WRONG: ReadonlyMap<string, string> = new Map([
  ["micro/act_relu_slope_threshold", "coremltools drops slope and threshold"],
  ["micro/act_softmax_axis1", "coremltools drops the axis"],
  ["micro/conv1d_causal_dilated", "coremltools pads k - 1 instead of (k - 1) * dilation"],
  ["micro/embedding_maskzero", "coremltools drops the mask"],
  ["micro/gru_reset_after", "coremltools writes an invalid file"],
  ["micro/topo_shared_diverging", "coremltools reads the first call twice"],
]);

/** Models that are not written at all, with the exact refusal. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  [
    "micro/arg_wrong_label_count",
    `There are 2 class labels, but the output "activation_1" has 3 scores.
  Give exactly one label for each score, in the order of the scores.`,
  ],
  [
    "micro/arg_custom_layer",
    'Layer "twice" (Lambda): its body is Python byte code stored in the file. Running code from a model file is dangerous and is never done here.',
  ],
]);

const goldens = ["micro", "generations", "snacks"]
  .flatMap(listCases)
  .filter((testCase) => testCase.json.convert?.golden !== undefined);

describe("coremltools' model, layer by layer", () => {
  for (const testCase of goldens) {
    if (REFUSED.has(testCase.id)) continue;
    const wrong = WRONG.get(testCase.id);
    if (wrong !== undefined) {
      test(`${testCase.id}: differs, because ${wrong}`, () => {
        const [ours, golden] = bothModels(testCase);
        const moves = (model: Model): string => permutesOf(model).join();
        const same = layerDifferences(ours, golden).length === 0 && moves(ours) === moves(golden);
        expect(same).toBe(false);
      });
      continue;
    }
    test(testCase.id, () => {
      const [ours, golden] = bothModels(testCase);
      const unlisted = layerDifferences(ours, golden).filter((text) => ruleOf(text) === undefined);
      expect(unlisted).toEqual([]);
      expect(permutesOf(ours)).toEqual(MOVES.get(testCase.id)?.[0] ?? permutesOf(golden));
      expect(frameOf(ours)).toEqual(frameOf(golden));
    });
  }
});

describe("what coremltools accepts and we refuse", () => {
  for (const [id, text] of REFUSED) {
    test(id, () => {
      const testCase = goldens.find((one) => one.id === id);
      expect(() => testCase && bothModels(testCase)).toThrow(text);
    });
  }
});

test("every listed difference occurs", () => {
  const seen = new Set<RegExp | undefined>();
  const moved = new Set<string>();
  for (const testCase of goldens) {
    if (REFUSED.has(testCase.id) || WRONG.has(testCase.id)) continue;
    const [ours, golden] = bothModels(testCase);
    for (const text of layerDifferences(ours, golden)) seen.add(ruleOf(text));
    if (permutesOf(ours).join() !== permutesOf(golden).join()) moved.add(testCase.id);
  }
  expect(RULES.filter(([pattern]) => !seen.has(pattern))).toEqual([]);
  expect([...moved].sort()).toEqual([...MOVES.keys()].sort());
});

function ruleOf(difference: string): RegExp | undefined {
  return RULES.find(([pattern]) => pattern.test(difference))?.[0];
}

function bothModels(testCase: Case): readonly [ours: Model, golden: Model] {
  const [form] = formsOf(testCase);
  if (form === undefined) throw new Error(`${testCase.id} has no model`);
  const result = writeCoreML(form.read().graph, caseOptions(testCase));
  const golden = readFileSync(join(testCase.folder, testCase.json.convert?.golden ?? ""));
  return [decodeModel(bytesOfResult(result)), decodeModel(golden)];
}
