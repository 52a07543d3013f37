import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeModel } from "../../../src/formats/coreml/decode.ts";
import { totalOf, uniqueWeights } from "../../../src/ir/model-summary.ts";
import { summariseCoreML } from "../../../src/sources/coreml/summarise.ts";
import { openCase } from "../../cases.ts";

const { folder, json } = openCase("snacks/snacks_mobilenet025");
const network = decodeModel(readFileSync(join(folder, "golden.mlmodel")));

describe("summariseCoreML of a pipeline", () => {
  it("shows its models as layers, and counts the arrays of each", () => {
    const { description } = network;
    const models = [
      network,
      { ...network, specificationVersion: 1 },
      { identity: {}, description },
    ];
    const pipeline = { models, names: ["first", "second", "third"] };
    const { summary } = summariseCoreML({ description, pipeline }, { name: "p" });
    const [image, first, second, third] = summary.layers;
    expect(summary.layers.map(({ name }) => name)).toEqual(["image", "first", "second", "third"]);
    expect(image?.className).toBe("InputLayer");
    expect(first?.calls[0]?.inputs).toEqual([{ layer: "image", call: 0, tensor: 0 }]);
    expect(second?.model?.layers[1]?.path).toMatch(/^second\//);
    expect([third?.className, third?.model]).toEqual(["identity", undefined]);
    expect(totalOf(uniqueWeights(summary.layers)).count).toBe(2 * (json.parameters ?? 0));
  });
});
