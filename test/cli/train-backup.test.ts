import { spawn as start } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DIGITS } from "../digits.ts";
import { someDigits } from "../some-digits.ts";
import { temporaryFolder } from "../temporary.ts";
import { KC, run } from "./run.ts";

/** A command line that lacks its outputs and its epochs. */
function commandWith(pictures = someDigits(2)): readonly string[] {
  return [
    ...[
      "train",
      DIGITS.model,
      pictures,
      "--preprocess",
      "tf",
      "--backend",
      "cpu",
      "--workers",
      "0",
    ],
    ...[
      "--validation-split",
      "0.5",
      "--batch-size",
      "4",
      "--reduce-lr-on-plateau",
      "1,min-delta=9",
    ],
    ...["--quiet"],
  ];
}

/** A place for everything that a run writes. */
function places(): { readonly out: string; readonly history: string; readonly backup: string } {
  const folder = temporaryFolder();
  return {
    out: join(folder, "out.keras"),
    history: join(folder, "history.json"),
    backup: join(folder, "run"),
  };
}

/** Sends a signal to the program when it begins its second epoch; gives how it ended. */
function interruptedRun(argv: readonly string[], signal: NodeJS.Signals): Promise<string | null> {
  return new Promise((resolve) => {
    const child = start(process.execPath, [KC, ...argv], { stdio: ["ignore", "ignore", "pipe"] });
    child.stderr.on("data", (text) => {
      if (String(text).includes("Epoch 2/")) child.kill(signal);
    });
    child.on("exit", (_, ended) => resolve(ended));
  });
}

describe("a run that is kept", () => {
  it("goes on after a signal as if there had been none, with the same command", async () => {
    const whole = places();
    const common = commandWith();
    const epochs = ["--epochs", "3", "--force"];
    const own = ({ out, history }: ReturnType<typeof places>) => ["-o", out, "--history", history];
    expect((await run(...common, ...own(whole), ...epochs)).code).toBe(0);
    const parts = places();
    const command = [...common, ...own(parts), ...epochs, "--backup", parts.backup, "--resume"];
    const loud = command.filter((word) => word !== "--quiet");
    expect(await interruptedRun(loud, "SIGINT")).toBe("SIGINT");
    expect(readdirSync(parts.backup)).toEqual(["backup.kcrun"]);
    // What was learnt so far is written.
    expect(readFileSync(parts.out).length).toBeGreaterThan(10_000);
    expect(JSON.parse(readFileSync(parts.history, "utf8")).loss.length).toBeLessThan(3);
    expect((await run(...command)).code).toBe(0);
    expect(readFileSync(parts.out).equals(readFileSync(whole.out))).toBe(true);
    expect(readFileSync(parts.history, "utf8")).toBe(readFileSync(whole.history, "utf8"));
  });

  it("goes on to more epochs, with another rate from there on", async () => {
    const { out, history, backup } = places();
    const command = [
      ...commandWith(),
      "-o",
      out,
      "--history",
      history,
      "--force",
      "--backup",
      backup,
    ];
    await run(...command, "--epochs", "1");
    const more = ["--resume", "--epochs", "2", "--learning-rate", "x0.5"];
    expect((await run(...command, ...more)).code).toBe(0);
    const { lr } = JSON.parse(readFileSync(history, "utf8"));
    expect(lr[1]).toBe(Math.fround(lr[0] / 2));
  });

  it("is not lost by accident", async () => {
    const { out, backup } = places();
    const command = [...commandWith(), "-o", out, "--backup", backup, "--epochs", "1"];
    await run(...command);
    const again = await run(...command.map((word) => (word === out ? `${out}.h5` : word)));
    expect(again.code).toBe(2);
    expect(again.stderr).toContain("holds a run already.");
    expect(again.stderr).toContain("--resume");
  });

  it("is refused with other pictures, another seed, or damage", async () => {
    const { out, backup } = places();
    const pictures = someDigits(2);
    const more = ["-o", out, "--force", "--backup", backup, "--epochs", "1"];
    const command = [...commandWith(pictures), ...more];
    await run(...command);
    const other = command.map((word) => (word === pictures ? someDigits(3) : word));
    expect((await run(...other, "--resume")).stderr).toContain("The saved run has other pictures");
    const seeded = await run(...command, "--resume", "--seed", "2");
    expect(seeded.stderr).toContain("The saved run has the seed 1, but --seed is 2.");
    const turned = await run(...command, "--resume", "--rotation-range", "8");
    expect(turned.stderr).toContain(
      "The saved run was begun without --rotation-range, but now it is with --rotation-range 8.",
    );
    const file = join(backup, "backup.kcrun");
    writeFileSync(file, readFileSync(file).subarray(0, 5000));
    const damaged = await run(...command, "--resume");
    expect([damaged.code, damaged.stderr]).toEqual([3, expect.stringContaining("cannot be read")]);
  });

  it("needs a folder", async () => {
    const { stderr } = await run(...commandWith(), "-o", places().out, "--resume");
    expect(stderr).toContain("--resume and --backup-every need a folder: --backup DIR");
  });
});
