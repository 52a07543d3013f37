import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeModel } from "../../src/formats/coreml/decode.ts";
import { networkOf } from "../../src/formats/coreml/network.ts";
import { FIXTURES } from "../cases.ts";
import { temporaryFolder } from "../temporary.ts";
import { run } from "./run.ts";

const SNACKS = join(FIXTURES, "snacks/snacks_mobilenet025/golden.mlmodel");
const PICTURES = ["micro/arg_image_rgb", "micro/arg_image_bgr", "micro/arg_image_gray"].map((id) =>
  join(FIXTURES, id, "golden.mlmodel"),
);

describe("kc convert of a Core ML model", () => {
  it.each(PICTURES)(
    "prepares the pictures of %s as before, and computes the same",
    async (golden) => {
      const output = join(temporaryFolder(), "Again.mlmodel");
      const { code, stderr } = await run("convert", golden, output, "--verify");
      expect(stderr).toContain("\nequal\n");
      expect(code).toBe(0);
      const [before, after] = [golden, output].map((path) => networkIn(path));
      expect(after?.preprocessing).toEqual(before?.preprocessing);
    },
  );

  it("carries labels, descriptions and metadata over", async () => {
    const output = join(temporaryFolder(), "Again.mlmodel");
    expect((await run("convert", SNACKS, output)).code).toBe(0);
    const [before, after] = [SNACKS, output].map((path) => decodeModel(readFileSync(path)));
    expect(after?.description?.predictedFeatureName).toBe(
      before?.description?.predictedFeatureName,
    );
    expect(after?.description?.metadata).toEqual(before?.description?.metadata);
    expect(after?.description?.input).toEqual(before?.description?.input);
    expect(after?.neuralNetworkClassifier?.stringClassLabels).toEqual(
      before?.neuralNetworkClassifier?.stringClassLabels,
    );
    expect(after?.neuralNetworkClassifier?.preprocessing).toEqual(
      before?.neuralNetworkClassifier?.preprocessing,
    );
  });

  it("lets the options count more, and halves the weights", async () => {
    const output = join(temporaryFolder(), "Half.mlmodel");
    const options = [
      "--author",
      "Somebody",
      "--input-names",
      "photo",
      "--model-precision",
      "float16",
    ];
    expect((await run("convert", SNACKS, output, ...options)).code).toBe(0);
    const model = decodeModel(readFileSync(output));
    expect(model.description?.metadata?.author).toBe("Somebody");
    expect(model.description?.input?.map(({ name }) => name)).toEqual(["photo"]);
    expect(model.neuralNetworkClassifier?.preprocessing?.[0]?.featureName).toBe("photo");
    expect(readFileSync(output).length).toBeLessThan(0.6 * readFileSync(SNACKS).length);
  });

  it("says which layers cannot be read", async () => {
    const custom = join(FIXTURES, "micro/arg_custom_layer/golden.mlmodel");
    const output = join(temporaryFolder(), "Custom.mlmodel");
    expect(await run("convert", custom, output)).toEqual({
      code: 4,
      stdout: "",
      stderr: 'error: Layer "twice" (custom): its code is in the app.\n',
    });
  });
});

function networkIn(path: string) {
  return networkOf(decodeModel(readFileSync(path)));
}
