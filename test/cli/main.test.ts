import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CONVERT_FLAGS } from "../../src/cli/convert-flags.ts";
import { KC, run } from "./run.ts";

const USAGE = "Usage: kc convert <model> <output> [options]";

describe("kc", () => {
  it("tells its version, which is that of the package", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8"));
    expect(await run("--version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  it("tells its commands and exit codes with --help", async () => {
    const { code, stdout, stderr } = await run("--help");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(
      /^ {2}convert \[options\] <model> <output> +convert a model to Core ML/m,
    );
    expect(stdout).toContain(`
Exit codes:
  0  done
  1  a fault of kc itself
  2  wrong usage: an option or argument that makes no sense
  3  the input cannot be read, is damaged, or is no Keras model
  4  the model is sound, but something in it is not supported
  5  a verification failed, or kc diff found a difference
  6  a limit was exceeded
  7  the output cannot be written
  8  kc scan found something dangerous or rotten
`);
  });

  it("tells every option and examples with convert --help", async () => {
    const { code, stdout } = await run("convert", "--help");
    expect(code).toBe(0);
    for (const { flags } of CONVERT_FLAGS.flatMap((group) => group.flags)) {
      expect(stdout).toContain(`  ${flags} `);
    }
    expect(stdout).toContain("  $ kc convert model.h5 Model.mlmodel\n");
  });

  it("does not mind a reader that stops early", () => {
    const pipe = 'set -o pipefail; "$0" "$1" --help | true';
    const { status, stderr } = spawnSync("bash", ["-c", pipe, process.execPath, KC]);
    expect([status, String(stderr)]).toEqual([0, ""]);
  });
});

describe("wrong usage ends with code 2 and says", () => {
  it.each([
    [["convrt", "a", "b"], 'Unknown command "convrt".', "Did you mean convert?"],
    [["a.h5", "b.mlmodel"], 'Unknown command "a.h5".', "Did you mean: kc convert a.h5 b.mlmodel"],
    [["convert"], 'Missing required argument "model".', USAGE],
    [["convert", "a.h5"], 'Missing required argument "output".', USAGE],
    [
      ["convert", "a", "b.mlmodel", "--red-bia", "1"],
      'Unknown option "--red-bia".',
      "Did you mean --red-bias?",
    ],
    [
      ["convert", "a", "b", "c"],
      'Too many arguments for "convert". Expected 2 arguments but got 3.',
      "See kc --help, or kc convert --help.",
    ],
    [
      ["convert", "a", "b.mlmodel", "--red-bias"],
      'Option "--red-bias <number>" argument missing.',
      "See kc --help, or kc convert --help.",
    ],
  ])("%j", async (argv, text, hint) => {
    expect(await run(...argv)).toEqual({
      code: 2,
      stdout: "",
      stderr: `error: ${text}\n  ${hint}\n`,
    });
  });

  it("that a command is missing, below the help", async () => {
    const { code, stdout, stderr } = await run();
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^Usage: kc \[options\] \[command\]\n/);
    expect(stderr).toMatch(/\nerror: No command was given\.\n$/);
  });

  it("the same as one document with --json", async () => {
    const { code, stdout, stderr } = await run("convert", "--json", "--colour");
    expect([code, stderr]).toEqual([2, ""]);
    expect(JSON.parse(stdout)).toEqual({
      ok: false,
      exitCode: 2,
      errors: [
        {
          code: "bad-option",
          text: 'Unknown option "--colour".',
          hint: "See kc --help, or kc convert --help.",
        },
      ],
    });
  });
});
