import { describe, expect, it } from "vitest";
import { BACKENDS } from "../../src/backends/backends.ts";
import { DOCTOR_FLAGS } from "../../src/cli/doctor-flags.ts";
import { sampleNetwork, samplePicture } from "../../src/cli/sample-network.ts";
import { evaluate } from "../../src/verify/graph/evaluate.ts";
import { run } from "./run.ts";

describe("kc doctor", () => {
  it("tells every option and examples with --help", async () => {
    const { code, stdout } = await run("doctor", "--help");
    expect(code).toBe(0);
    for (const { flags } of DOCTOR_FLAGS.flatMap((group) => group.flags)) {
      expect(stdout).toContain(`  ${flags} `);
    }
    expect(stdout).toContain("  $ kc doctor\n");
  });

  it("says of every backend whether it runs, and if not what to do", async () => {
    const { code, stdout, stderr } = await run("doctor", "--seconds", "0", "--json");
    expect([code, stderr]).toEqual([0, ""]);
    const report = JSON.parse(stdout);
    expect(report.backends.map(({ name }: { name: string }) => name)).toEqual(
      BACKENDS.map(({ name }) => name),
    );
    for (const { ok, title, reason } of report.backends) {
      expect(ok ? title : reason).toMatch(/./);
    }
    expect(report).toMatchObject({ node: process.version, cores: expect.any(Number) });
  });

  it("refuses a time that is none", async () => {
    expect(await run("doctor", "--seconds", "-1")).toEqual({
      code: 2,
      stdout: "",
      stderr: "error: --seconds is -1, expected a number from 0 on.\n",
    });
  });

  it("times with a network that gives scores", () => {
    const inputs = [...samplePicture()].map(
      ([name, { shape, data }]) => [name, { shape, data: Float64Array.from(data) }] as const,
    );
    const [scores] = evaluate(sampleNetwork(), new Map(inputs));
    expect(scores?.shape).toEqual([1, 100]);
    expect(new Set(scores?.data).size).toBeGreaterThan(50);
  });
});
