import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EDIT_FLAGS } from "../../src/cli/edit-flags.ts";
import { decodeModel } from "../../src/formats/coreml/decode.ts";
import { FIXTURES } from "../cases.ts";
import { temporaryFolder } from "../temporary.ts";
import { run, spawn } from "./run.ts";

const SNACKS = join(FIXTURES, "snacks/snacks_mobilenet025/golden.mlmodel");

describe("kc edit", () => {
  it("writes the changed model and says what it changed", async () => {
    const output = join(temporaryFolder(), "out.mlmodel");
    const { code, stdout, stderr } = await run(
      ...["edit", SNACKS, output, "--rename", "image=picture", "--red-bias", "0.5"],
      ...["--license", "", "--user-defined", "made=by=hand"],
    );
    expect([code, stdout]).toEqual([0, ""]);
    expect(stderr).toBe(`golden.mlmodel → ${output}, 898.25 KB
  "image": red bias -1 → 0.5
  "image" is now "picture", in 3 places
  license "Public Domain" is removed
  "made": "by=hand"
`);
    const model = decodeModel(readFileSync(output));
    expect(model.description?.input?.[0]?.name).toBe("picture");
    expect(model.neuralNetworkClassifier?.preprocessing?.[0]).toMatchObject({
      featureName: "picture",
      scaler: { redBias: 0.5, greenBias: -1 },
    });
  });

  it("replaces the model itself with --force only, and tells all in one document with --json", async () => {
    const path = join(temporaryFolder(), "m.mlmodel");
    copyFileSync(SNACKS, path);
    const before = await run("edit", path, path, "--author", "Ann", "--is-bgr");
    expect(before).toMatchObject({ code: 7 });
    expect(before.stderr).toContain("exists already");
    const { code, stdout } = await run(
      ...["edit", path, path, "--force", "--author", "Ann", "--is-bgr", "--json"],
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      changes: ['"image": order of colours RGB → BGR', expect.stringMatching(/^author: .*"Ann"$/)],
    });
    const again = await run("edit", path, path, "--force", "--author", "Ann", "--is-bgr");
    expect(again.stderr).toContain("nothing to change: everything was so already");
  });

  it("reads the standard input and writes the standard output", () => {
    const input = new Uint8Array(readFileSync(SNACKS));
    const { code, bytes } = spawn(["edit", "-", "-", "--rename", "label=best"], { input });
    expect(code).toBe(0);
    expect(decodeModel(bytes).description?.predictedFeatureName).toBe("best");
  });

  it.each([
    [["--json"], 2, "No option says what to change."],
    [["--rename", "image"], 2, '--rename is "image", expected name=value.'],
    [["--is-bgr", "--is-rgb"], 2, "--is-bgr and --is-rgb exclude each other."],
    [["--rename", "picture=image"], 2, 'the model has no input or output "picture".'],
    [["--class-labels", "a,b"], 2, "--class-labels gives 2 labels, but the model has 20 scores."],
  ])("refuses %j", async (flags, code, text) => {
    const output = join(temporaryFolder(), "out.mlmodel");
    const result = await run("edit", SNACKS, output, ...flags);
    expect(result.code).toBe(code);
    expect(result.stdout + result.stderr).toContain(
      result.stdout === "" ? text : JSON.stringify(text).slice(1, -1),
    );
  });

  it("refuses other files and other names of outputs", async () => {
    const folder = temporaryFolder();
    const other = await run("edit", SNACKS, join(folder, "out.h5"), "--author", "Ann");
    expect(other).toMatchObject({ code: 2 });
    const keras = join(FIXTURES, "snacks/snacks_mobilenet025/model.hdf5");
    const model = await run("edit", keras, join(folder, "out.mlmodel"), "--author", "Ann");
    expect(model).toMatchObject({ code: 3 });
    expect(model.stderr).toContain("This is not a Core ML model");
  });

  it("tells every option and examples with --help", async () => {
    const { stdout } = await run("edit", "--help");
    for (const { flags } of EDIT_FLAGS.flatMap((group) => group.flags)) {
      expect(stdout).toContain(`  ${flags}`);
    }
    expect(stdout).toContain("  $ kc edit Model.mlmodel Named.mlmodel");
  });
});
