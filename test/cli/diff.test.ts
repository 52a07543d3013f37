import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DIFF_FLAGS } from "../../src/cli/diff-flags.ts";
import { FIXTURES } from "../cases.ts";
import { run } from "./run.ts";

const BEFORE = join(FIXTURES, "diff/before.keras");
const AFTER = join(FIXTURES, "diff/after.keras");

describe("kc diff", () => {
  it("tells every option and examples with --help", async () => {
    const { code, stdout } = await run("diff", "--help");
    expect(code).toBe(0);
    for (const { flags } of DIFF_FLAGS.flatMap((group) => group.flags)) {
      expect(stdout).toContain(`  ${flags} `);
    }
    expect(stdout).toContain("  $ kc diff before.h5 after.h5\n");
  });

  it("tells what training changed, and ends with code 5", async () => {
    expect(await run("diff", BEFORE, AFTER)).toEqual({
      code: 5,
      stdout: `${BEFORE} → ${AFTER}
weights: 2 of 3 layers identical bit for bit
  array        shape   largest change   share     mean    cosine
  head bias    3               0.0103  from 0  0.00689  0.000000
  head kernel  32 × 3           0.585    1.42    0.182  0.652956
frozen: 2 of 2 frozen layers unchanged; 1 of 1 trainable layer changed
optimizer state: 2 → 4 arrays, steps 0 → 6
different
`,
      stderr: "",
    });
  });

  it("ends with code 0 when the models are equal", async () => {
    const { code, stdout } = await run("diff", AFTER, AFTER);
    expect([code, stdout.split("\n").at(-2)]).toEqual([0, "equal"]);
  });

  it("prints one document with --json", async () => {
    const { code, stdout } = await run("diff", "--json", BEFORE, AFTER);
    expect(code).toBe(5);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      before: BEFORE,
      weights: { layers: 3, identical: 2 },
      frozen: { frozen: 2, frozenUnchanged: 2 },
    });
  });

  it("refuses a file that holds no arrays", async () => {
    const { code, stderr } = await run("diff", BEFORE, join(FIXTURES, "snacks/labels.txt"));
    expect(code).toBe(3);
    expect(stderr).toMatch(/^error: labels\.txt: This is a text file/);
  });

  it("reads only one model from the standard input", async () => {
    const { code, stderr } = await run("diff", "-", "-");
    expect([code, stderr]).toEqual([
      2,
      "error: Only one of both models can come from the standard input.\n",
    ]);
  });
});
