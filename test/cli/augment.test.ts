import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodePng } from "../../src/formats/picture/png.ts";
import { DIGITS, digitsCase } from "../digits.ts";
import { temporaryFolder } from "../temporary.ts";
import { run } from "./run.ts";

describe("kc augment", () => {
  it("shows pictures of every part of a folder as they are, and as each epoch changes them", async () => {
    const out = join(temporaryFolder(), "sheet.png");
    const fixed = ["--pictures", "3", "--epochs", "2", "--size", "20x10", "-o", out];
    const told = await run("augment", DIGITS.test, "--rotation-range", "30", ...fixed);
    expect(told).toEqual({
      code: 0,
      stdout: "",
      stderr: `${out} written: 3 pictures, each as it is and in 2 epochs\n`,
    });
    const sheet = decodePng(readFileSync(out), out);
    expect([sheet.width, sheet.height]).toEqual([4 + 3 * 24, 4 + 3 * 14]);
    const picture = (column: number) =>
      Array.from({ length: 10 }, (_, y) => {
        const start = ((4 + y) * sheet.width + 4 + column * 24) * 3;
        return [...sheet.data.subarray(start, start + 60)];
      }).join();
    expect(new Set([picture(0), picture(1), picture(2)]).size).toBe(3);
  });

  it("shows a single picture", async () => {
    const folder = temporaryFolder();
    const out = join(folder, "sheet.png");
    const picture = join(DIGITS.test, "eight", "gone.png");
    const { code, stderr } = await run("augment", picture, "-o", out);
    expect([code, stderr.includes("gone.png cannot be opened")]).toEqual([3, true]);
    const broken = join(folder, "broken.png");
    writeFileSync(broken, "no picture");
    const refused = await run("augment", broken, "-o", out);
    expect(refused.stderr).toContain("not used: ");
    expect(refused.stderr).toContain("None of the pictures can be used.");
  });

  it("takes a list, as training does", async () => {
    const folder = temporaryFolder();
    const [list, out] = [join(folder, "list.txt"), join(folder, "sheet.png")];
    const names = digitsCase.filenames.slice(0, 2).map((name) => join(DIGITS.test, name));
    writeFileSync(list, names.map((name) => `${name}\tzero\n`).join(""));
    const { code, stderr } = await run(
      "augment",
      list,
      "--epochs",
      "1",
      "--size",
      "8x8",
      "-o",
      out,
    );
    expect([code, stderr]).toEqual([
      0,
      `${out} written: 2 pictures, each as it is and in 1 epoch\n`,
    ]);
  });

  it("writes PNG files only, and none that is too large", async () => {
    const { stderr } = await run("augment", DIGITS.test, "-o", "sheet.gif");
    expect(stderr).toContain("The pictures are shown in a PNG file.");
    const out = join(temporaryFolder(), "sheet.png");
    const large = await run("augment", DIGITS.test, "-o", out, "--size", "9000x9000");
    expect(large.stderr).toContain("more than 64000000.");
  });
});
