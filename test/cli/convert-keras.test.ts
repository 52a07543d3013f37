import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../../src/formats/bytes.ts";
import { openHdf5 } from "../../src/formats/hdf5/index.ts";
import { FIXTURES } from "../cases.ts";
import { temporaryFolder } from "../temporary.ts";
import { run } from "./run.ts";

const SMALL = join(FIXTURES, "generations/k224/model.hdf5");
const NEWEST = join(FIXTURES, "generations/k3151/model.keras");

function attributesOf(path: string): readonly string[] {
  return openHdf5(bytesSource(readFileSync(path), path)).root.attributes.keys();
}

describe("kc convert to a file of Keras", () => {
  it.each(["new.h5", "new.hdf5", "new.keras", "new.weights.h5"])(
    "goes by the name of the output: %s",
    async (name) => {
      const output = join(temporaryFolder(), name);
      const { code, stderr } = await run("convert", SMALL, output);
      expect([code, stderr.split("\n")[0]]).toEqual([
        0,
        expect.stringContaining(`model.hdf5 (Keras 2.2.4 on tensorflow) → ${name}, `),
      ]);
      if (name.includes("weights")) return;
      const same = await run("diff", "--json", SMALL, output);
      expect([same.code, JSON.parse(same.stdout).equal]).toEqual([0, true]);
    },
  );

  it("keeps the words of the model's own Keras in HDF5, and says them", async () => {
    const output = join(temporaryFolder(), "new.h5");
    const { stdout } = await run("convert", "--json", NEWEST, output);
    const report = JSON.parse(stdout);
    expect([report.target, report.format, report.layers]).toEqual(["keras", "Keras 3.15.1", 10]);
    expect([...attributesOf(output)].sort()).toEqual([
      "backend",
      "keras_version",
      "model_config",
      "training_config",
    ]);
  });

  it.each([
    [
      "new.keras",
      "--keras=1",
      2,
      "error: Keras 1 has no .keras files.\n  Give an output that ends in .h5.\n",
    ],
    ["new.h5", "--keras=4", 2, 'error: --keras is "4", expected 1 or 2 or tf or 3.\n'],
    [
      "new.h5",
      "--verify",
      2,
      "error: A file of Keras cannot be verified here.\n  Every layer was held to what it computes already; compare the files with kc diff.\n",
    ],
  ])("refuses %s %s", async (name, flag, code, stderr) => {
    const output = join(temporaryFolder(), name);
    expect(await run("convert", SMALL, output, flag)).toEqual({ code, stdout: "", stderr });
  });
});
