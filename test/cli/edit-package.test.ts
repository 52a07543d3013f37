import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeModel } from "../../src/formats/coreml/decode.ts";
import { FIXTURES } from "../cases.ts";
import { temporaryFolder } from "../temporary.ts";
import { run } from "./run.ts";

const PACKAGE = join(FIXTURES, "mlpackage/examples/cnn-int8.mlpackage");
const MODEL = "Data/com.apple.CoreML/model.mlmodel";
const WEIGHTS = "Data/com.apple.CoreML/weights/weight.bin";

describe("kc edit of a .mlpackage", () => {
  it("writes a package with all files of the old one, and the model changed", async () => {
    const output = join(temporaryFolder(), "out.mlpackage");
    const { code, stderr } = await run(
      ...["edit", PACKAGE, output, "--rename", "image=picture", "--class-labels", "a,b,c"],
    );
    expect(code).toBe(0);
    expect(stderr).toContain('  label 0: "cat" → "a"\n');
    expect(stderr).toContain('  "image" is now "picture", in ');
    const model = decodeModel(readFileSync(join(output, MODEL)));
    expect(model.description?.input?.[0]?.name).toBe("picture");
    expect(model.mlProgram?.functions?.get("main")?.inputs?.[0]?.name).toBe("picture");
    for (const path of ["Manifest.json", WEIGHTS]) {
      expect(readFileSync(join(output, path))).toEqual(readFileSync(join(PACKAGE, path)));
    }
    const inspection = await run("inspect", output, "--json");
    expect(JSON.parse(inspection.stdout).model.labels.first).toEqual(["a", "b", "c"]);
  });

  it("renames back to the same bytes, in place with --force", async () => {
    const path = join(temporaryFolder(), "m.mlpackage");
    cpSync(PACKAGE, path, { recursive: true });
    const again = await run("edit", path, path, "--rename", "image=picture");
    expect(again).toMatchObject({ code: 7 });
    const there = await run("edit", path, path, "--force", "--rename", "image=picture", "--quiet");
    expect(there).toEqual({ code: 0, stdout: "", stderr: "" });
    await run("edit", path, path, "--force", "--rename", "picture=image");
    expect(readFileSync(join(path, MODEL))).toEqual(readFileSync(join(PACKAGE, MODEL)));
    expect(readdirSync(join(path, ".."))).toEqual(["m.mlpackage"]);
  });

  it("refuses another kind of output, and pixels that a program prepares itself", async () => {
    const folder = temporaryFolder();
    const other = await run("edit", PACKAGE, join(folder, "out.mlmodel"), "--author", "Ann");
    expect(other.stderr).toContain("out.mlmodel should be called .mlpackage");
    const pixels = await run("edit", PACKAGE, join(folder, "o.mlpackage"), "--image-scale", "2");
    expect(pixels).toMatchObject({ code: 4 });
    expect(existsSync(join(folder, "o.mlpackage"))).toBe(false);
    const strange = join(folder, "full.mlpackage");
    cpSync(PACKAGE, strange, { recursive: true });
    writeFileSync(join(strange, "diary.txt"), "mine");
    const full = await run("edit", PACKAGE, strange, "--author", "Ann", "--force");
    expect(full).toMatchObject({ code: 7 });
    expect(existsSync(join(strange, "diary.txt"))).toBe(true);
  });
});
