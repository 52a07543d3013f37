import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../../src/formats/bytes.ts";
import { openHdf5 } from "../../src/formats/hdf5/index.ts";
import { openZip } from "../../src/formats/zip.ts";
import { FIXTURES } from "../cases.ts";
import { temporaryFolder } from "../temporary.ts";
import { run } from "./run.ts";

const SMALL = join(FIXTURES, "generations/k224/model.hdf5");
const COMPILED = join(FIXTURES, "digits/model.hdf5");

function weightsIn(path: string) {
  const zip = openZip(bytesSource(readFileSync(path), path));
  return openHdf5(zip.open("model.weights.h5")).root;
}

describe("kc upgrade", () => {
  it("writes a file that holds the same weights, and says so in one line", async () => {
    const output = join(temporaryFolder(), "new.keras");
    const { code, stdout, stderr } = await run("upgrade", SMALL, output);
    expect([code, stdout]).toEqual([0, ""]);
    expect(stderr).toContain("model.hdf5 (Keras 2.2.4) → ");
    const same = await run("diff", "--json", SMALL, output);
    expect([same.code, JSON.parse(same.stdout).equal]).toEqual([0, true]);
  });

  it("writes the same bytes each time", async () => {
    const folder = temporaryFolder();
    for (const name of ["a.keras", "b.keras"]) await run("upgrade", SMALL, join(folder, name));
    const [a, b] = ["a.keras", "b.keras"].map((name) => readFileSync(join(folder, name)));
    expect(a?.equals(b ?? Buffer.alloc(0))).toBe(true);
  });

  it("carries the optimizer's state over in Keras 3's order: steps, rate, then the averages of each weight", async () => {
    const output = join(temporaryFolder(), "new.keras");
    const { stderr } = await run("upgrade", COMPILED, output);
    expect(stderr).not.toContain("warning");
    const old = openHdf5(bytesSource(readFileSync(COMPILED))).root.get("optimizer_weights");
    const fresh = weightsIn(output).get("optimizer/vars");
    if (old?.kind !== "group" || fresh?.kind !== "group") throw new Error("no state");
    const numbers = (group: typeof old, path: string): unknown => {
      const found = group.get(path);
      return found?.kind === "dataset" ? found.readValues().map(String) : path;
    };
    const variable = (n: number) => `training/Adam/Variable${n === 0 ? "" : `_${n}`}:0`;
    expect(numbers(fresh, "0")).toEqual(numbers(old, "Adam/iterations:0"));
    // 40 arrays: the steps, then 13 of each kind.
    expect(fresh.keys()).toHaveLength(2 + 2 * 13);
    for (let weight = 0; weight < 13; weight += 1) {
      expect(numbers(fresh, `${2 + 2 * weight}`)).toEqual(numbers(old, variable(weight)));
      expect(numbers(fresh, `${3 + 2 * weight}`)).toEqual(numbers(old, variable(13 + weight)));
    }
  });

  it("writes the weights alone", async () => {
    const output = join(temporaryFolder(), "new.weights.h5");
    const { code } = await run("upgrade", SMALL, output);
    const { root } = openHdf5(bytesSource(readFileSync(output)));
    expect([code, root.keys()]).toEqual([0, ["layers", "vars"]]);
    expect(root.get("layers/conv2d/vars/0")?.kind).toBe("dataset");
  });

  it("tells what it wrote as one JSON document", async () => {
    const output = join(temporaryFolder(), "new.keras");
    const { stdout } = await run("upgrade", "--json", SMALL, output);
    const bytes = readFileSync(output).length;
    expect(JSON.parse(stdout)).toEqual({
      ok: true,
      model: expect.stringMatching(/model\.hdf5$/),
      keras: "2.2.4",
      output,
      bytes,
      warnings: [],
    });
  });

  it("refuses what Keras 3 cannot say, and writes nothing", async () => {
    const output = join(temporaryFolder(), "new.keras");
    const model = join(FIXTURES, "micro/refuse_locallyconnected2d/model.hdf5");
    const { code, stderr } = await run("upgrade", model, output);
    expect(code).toBe(4);
    expect(stderr).toContain("Keras 3 has no layer of class LocallyConnected2D.");
    expect(existsSync(output)).toBe(false);
  });

  it.each([
    [
      "new.h5",
      "error: new.h5 should end in .keras or .weights.h5.\n  Keras 3 knows by the name what a file is.\n",
    ],
  ])("refuses the output %s", async (output, stderr) => {
    expect(await run("upgrade", SMALL, output)).toEqual({ code: 2, stdout: "", stderr });
  });
});
