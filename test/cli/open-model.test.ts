import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openModel } from "../../src/cli/open-model.ts";
import { FIXTURES } from "../cases.ts";

describe("openModel", () => {
  it("opens a Keras model with its layers, its graph and its name", async () => {
    const opened = await openModel(join(FIXTURES, "generations/k224/model.hdf5"), {});
    expect([opened.format, opened.name]).toEqual(["keras", "model.hdf5"]);
    expect(opened.summary.layers.map(({ name }) => name)).toContain("conv1");
    expect(opened.graph?.nodes[0]?.origin.layer).toBe("conv1");
    opened.close();
  });

  it("opens a model with layers that cannot be expressed, without a graph", async () => {
    const opened = await openModel(join(FIXTURES, "micro/refuse_lambda/model.hdf5"), {});
    expect(opened.graph).toBeUndefined();
    expect(opened.warnings[0]?.at?.className).toBe("Lambda");
    opened.close();
  });

  it("refuses a file that holds no model", async () => {
    const opening = openModel(join(FIXTURES, "snacks/labels.txt"), {});
    await expect(opening).rejects.toMatchObject({ code: "bad-format" });
  });
});
