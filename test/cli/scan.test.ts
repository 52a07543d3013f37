import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SCAN_FLAGS } from "../../src/cli/scan-flags.ts";
import { FIXTURES } from "../cases.ts";
import { temporaryFolder } from "../temporary.ts";
import { run } from "./run.ts";

const CLEAN = join(FIXTURES, "scan/clean.keras");
const LAMBDA = join(FIXTURES, "scan/lambda.h5");
const HIDDEN = join(FIXTURES, "scan/hidden.keras");

describe("kc scan", () => {
  it("tells every option and examples with --help", async () => {
    const { code, stdout } = await run("scan", "--help");
    expect(code).toBe(0);
    for (const { flags } of SCAN_FLAGS.flatMap((group) => group.flags)) {
      expect(stdout).toContain(`  ${flags} `);
    }
    expect(stdout).toContain("  $ kc scan downloaded.keras\n");
  });

  it("says that nothing was found", async () => {
    expect(await run("scan", CLEAN)).toEqual({
      code: 0,
      stdout: `nothing found: ${CLEAN}\n`,
      stderr: "",
    });
  });

  it("tells what was found, with advice once for each rule, and ends with code 8", async () => {
    const { code, stdout } = await run("scan", LAMBDA);
    expect(code).toBe(8);
    expect(
      stdout,
    ).toBe(`error: Layer "inner" (Lambda), ${LAMBDA}, model_config.config.layers[1].config.layer: It holds Python byte code, which Keras runs.
  Do not load this file in Python unless you know who made it. [code/lambda]
error: Layer "plain" (Lambda), ${LAMBDA}, model_config.config.layers[2]: It holds Python byte code, which Keras runs. [code/lambda]
${LAMBDA}: 2 errors
`);
  });

  it("fails on warnings with --strict only", async () => {
    expect((await run("scan", HIDDEN)).code).toBe(0);
    expect((await run("scan", "--strict", HIDDEN)).code).toBe(8);
  });

  it("scans several files, also after one that cannot be read", async () => {
    const { code, stdout, stderr } = await run("scan", "missing.h5", CLEAN, HIDDEN);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^error: missing\.h5 cannot be opened/);
    expect(stdout).toMatch(/2 files: 1 warning\n$/);
  });

  it("prints one document with --json", async () => {
    const { code, stdout } = await run("scan", "--json", CLEAN, LAMBDA);
    expect(code).toBe(8);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      files: [
        { file: CLEAN, findings: [] },
        { file: LAMBDA, findings: [{ rule: "code/lambda", severity: "error" }, {}] },
      ],
    });
  });

  it("writes SARIF beside what it prints", async () => {
    const path = join(temporaryFolder(), "findings.sarif");
    const { code, stdout } = await run("scan", "--sarif", path, LAMBDA);
    expect([code, stdout.split("\n").at(-2)]).toEqual([8, `${LAMBDA}: 2 errors`]);
    const { runs } = JSON.parse(readFileSync(path, "utf8"));
    expect(runs[0].results).toHaveLength(2);
    expect(runs[0].artifacts).toEqual([{ location: { uri: "fixtures/scan/lambda.h5" } }]);
  });
});
