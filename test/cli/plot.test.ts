import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FIXTURES } from "../cases.ts";
import { temporaryFolder } from "../temporary.ts";
import { run, spawn } from "./run.ts";

const MODEL = join(FIXTURES, "generations/k224/model.hdf5");
const NESTED = join(FIXTURES, "generations/k3151_nested/model.keras");
const LAMBDA = join(FIXTURES, "micro/refuse_lambda/model.hdf5");

async function plotTo(name: string, ...more: readonly string[]): Promise<Buffer> {
  const output = join(temporaryFolder(), name);
  expect(await run("plot", NESTED, "-o", output, ...more)).toEqual({
    code: 0,
    stdout: "",
    stderr: "",
  });
  return readFileSync(output);
}

describe("kc plot", () => {
  it("draws by the output's ending", async () => {
    expect(String(await plotTo("model.svg"))).toMatch(/^<\?xml .*\n<svg /);
    expect(String(await plotTo("model.html"))).toMatch(/^<!doctype html>/);
    expect(String(await plotTo("model.dot"))).toMatch(/^digraph /);
    expect(String(await plotTo("model.mmd", "--direction", "LR"))).toMatch(/^flowchart LR\n/);
    expect((await plotTo("model.png")).subarray(1, 4).toString()).toBe("PNG");
  });

  it("draws SVG to the standard output", () => {
    const { code, stdout, stderr } = spawn(["plot", MODEL]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^<\?xml .*\n<svg /);
  });

  it("gives equal bytes each time", async () => {
    expect(await plotTo("a.png")).toEqual(await plotTo("b.png"));
    expect(await plotTo("a.html")).toEqual(await plotTo("b.html"));
  });

  it("makes a PNG as large as it is told", async () => {
    const width = (png: Buffer): number => png.readUInt32BE(16);
    const once = width(await plotTo("model.png", "--scale", "1"));
    expect(width(await plotTo("model.png"))).toBe(2 * once);
  });

  it("leaves nested models closed when asked", async () => {
    const opened = String(await plotTo("model.dot"));
    const closed = String(await plotTo("model.dot", "--no-expand"));
    expect(opened).toContain("subgraph cluster_");
    expect(closed).not.toContain("subgraph cluster_");
  });

  it("leaves out shapes when asked", async () => {
    expect(String(await plotTo("model.dot"))).toContain("(None, ");
    expect(String(await plotTo("model.mmd", "--no-shapes"))).not.toContain("None");
  });

  it("draws a model with layers that are not known, and says so", () => {
    const { code, stdout, stderr } = spawn(["plot", LAMBDA, "--format", "mermaid"]);
    expect(code).toBe(0);
    expect(stdout).toContain("<b>Lambda</b>");
    expect(stderr).toMatch(/^warning: Layer "/);
  });

  it("replaces nothing without --force", async () => {
    const output = join(temporaryFolder(), "model.svg");
    writeFileSync(output, "mine");
    expect(await run("plot", MODEL, "-o", output)).toEqual({
      code: 7,
      stdout: "",
      stderr: `error: ${output} exists already.\n  Add --force to replace it.\n`,
    });
    expect((await run("plot", MODEL, "-o", output, "--force")).code).toBe(0);
    expect(readFileSync(output, "utf8")).toMatch(/^<\?xml/);
  });

  it("refuses an ending that it does not know", async () => {
    expect(await run("plot", MODEL, "-o", "model.pdf")).toEqual({
      code: 2,
      stdout: "",
      stderr:
        "error: model.pdf does not say what to draw, expected a name that ends in .svg, .html, .png, .dot or .mmd.\n  Give such a name, or add --format svg.\n",
    });
  });

  it("refuses a format and a direction that it does not know", async () => {
    expect((await run("plot", MODEL, "--format", "pdf")).stderr).toBe(
      'error: --format is "pdf", expected svg, html, png, dot or mermaid.\n',
    );
    expect((await run("plot", MODEL, "--direction", "up")).stderr).toBe(
      'error: --direction is "up", expected TB or LR.\n',
    );
  });

  it("refuses a scale where there are no pixels, and one that is too large", async () => {
    expect((await run("plot", MODEL, "--scale", "2")).stderr).toBe(
      "error: --scale is for PNG files, and the output is svg.\n  Leave it out: the other formats can be shown in any size.\n",
    );
    const { code, stderr } = await run("plot", MODEL, "--format", "png", "--scale", "20");
    expect(code).toBe(6);
    expect(stderr).toMatch(
      /^error: The drawing is \d+ × \d+, too large for a PNG file at --scale 20\.\n {2}--scale [\d.]+ fits; an SVG file is sharp at every size\.\n$/,
    );
  });
});
