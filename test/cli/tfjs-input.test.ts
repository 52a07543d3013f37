import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FIXTURES } from "../cases.ts";
import { temporaryFolder } from "../temporary.ts";
import { run } from "./run.ts";

const KERAS = join(FIXTURES, "generations/k224/model.hdf5");

/** A folder that `kc` writes, and its `model.json`. */
async function written(): Promise<{ readonly folder: string; readonly json: string }> {
  const folder = join(temporaryFolder(), "web");
  await run("convert", KERAS, `${folder}/`);
  return { folder, json: join(folder, "model.json") };
}

describe("a layers model of TensorFlow.js as input", () => {
  it.each([["its folder"], ["its model.json"]])(
    "becomes the same Core ML model, given %s",
    async (what) => {
      const { folder, json } = await written();
      const [direct, core] = [
        join(temporaryFolder(), "a.mlmodel"),
        join(temporaryFolder(), "b.mlmodel"),
      ];
      const model = what === "its folder" ? folder : json;
      expect((await run("convert", model, core, "--verify")).code).toBe(0);
      await run("convert", KERAS, direct);
      expect((await run("verify", KERAS, core, "--random", "2")).code).toBe(0);
      expect((await run("verify", model, direct, "--random", "2")).code).toBe(0);
    },
  );

  it("is shown, drawn, checked, compared and scanned", async () => {
    const { folder, json } = await written();
    const { stdout } = await run("summary", folder);
    expect(stdout).toContain("conv1 (Conv2D)");
    const drawing = join(temporaryFolder(), "a.svg");
    expect((await run("plot", json, "-o", drawing)).code).toBe(0);
    expect(readFileSync(drawing, "utf8")).toContain("conv_dw_1");
    expect((await run("check", folder)).code).toBe(0);
    expect((await run("diff", KERAS, folder)).stdout).toContain("layers identical bit for bit");
    expect((await run("scan", folder, json)).code).toBe(0);
  });

  it("is inspected with its files", async () => {
    const { folder, json } = await written();
    const { stdout } = await run("inspect", folder, "--json");
    const { container, arrays, keras } = JSON.parse(stdout);
    expect(container).toEqual({
      kind: "TensorFlow.js",
      format: "layers-model",
      writer: ["keras 2.2.4", "keras-converter"],
      files: ["group1-shard1of1.bin"],
    });
    expect(arrays[0]).toMatchObject({ path: "conv1/kernel", shape: [3, 3, 3, 6], nans: 0 });
    expect(keras.form).toBe("TensorFlow.js");
    expect((await run("inspect", json, "--tree", "--no-stats")).stdout).toContain(
      'name  "conv1/kernel"',
    );
  });

  it("is not told apart by its name", async () => {
    const { folder, json } = await written();
    const renamed = join(folder, "classifier.json");
    writeFileSync(renamed, readFileSync(json));
    expect(existsSync(renamed)).toBe(true);
    expect((await run("summary", renamed)).code).toBe(0);
  });
});

describe("a graph model of TensorFlow.js as input", () => {
  it("is shown, drawn and scanned", async () => {
    const folder = join(temporaryFolder(), "web");
    await run("convert", KERAS, `${folder}/`, "--to", "tfjs-graph");
    const { stdout } = await run("summary", folder);
    expect(stdout).toContain("_FusedConv2D");
    // a 3×3×3×6 and a 3×3×6 kernel, a 384×4 one, and their biases, batch normalisation in them
    expect(stdout).toContain("Total params: 1,768 ");
    const drawing = join(temporaryFolder(), "a.dot");
    expect((await run("plot", join(folder, "model.json"), "-o", drawing)).code).toBe(0);
    expect(readFileSync(drawing, "utf8")).toContain("3×3");
    expect((await run("scan", folder)).stdout).toContain("nothing found");
  });
});
