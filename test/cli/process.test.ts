import { spawnSync, spawn as start } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FIXTURES } from "../cases.ts";
import { temporaryFolder } from "../temporary.ts";
import { KC, run, spawn } from "./run.ts";

const SMALL = join(FIXTURES, "generations/k224/model.hdf5");
const LARGE = join(FIXTURES, "snacks/snacks_squeezenet/model.hdf5");

/** The bytes that a plain conversion of the small model gives. */
async function expected(): Promise<Buffer> {
  const output = join(temporaryFolder(), "Model.mlmodel");
  await run("convert", SMALL, output);
  return readFileSync(output);
}

describe("standard input and output", () => {
  it("carry the model, the same bytes as from file to file", async () => {
    const { code, bytes } = spawn(["convert", "-", "-"], { input: readFileSync(SMALL) });
    expect([code, Buffer.compare(await expected(), bytes)]).toEqual([0, 0]);
  });

  it("cannot carry the model and the JSON document at once", () => {
    const { code, stdout } = spawn(["convert", SMALL, "-", "--json"]);
    expect([code, JSON.parse(stdout).errors[0].text]).toEqual([
      2,
      "The model and the JSON document cannot both go to the standard output.",
    ]);
  });

  it("end with code 7, and no stack, when texts do not fit either", () => {
    for (const args of [["--help"], ["summary", SMALL]]) {
      const full = openSync("/dev/full", "w");
      const { code, stderr } = spawn(args, { stdout: full });
      closeSync(full);
      expect([code, stderr]).toEqual([
        7,
        "error: the standard output cannot be written: no space left on the disk.\n",
      ]);
    }
  });

  it("end with code 7 when the disk behind them is full", () => {
    const full = openSync("/dev/full", "w");
    const { code, stderr } = spawn(["convert", SMALL, "-"], { stdout: full });
    closeSync(full);
    expect([code, stderr]).toEqual([
      7,
      "error: the standard output cannot be written: no space left on the disk.\n  Free some space, or choose a folder on another disk.\n",
    ]);
  });
});

describe("an output that cannot be written ends with code 7 and leaves nothing:", () => {
  it("a folder that does not exist, found before the model is read", () => {
    const { code, stderr } = spawn(["convert", "no.h5", "no/Model.mlmodel"]);
    expect([code, stderr]).toEqual([
      7,
      "error: no/Model.mlmodel cannot be written: the folder no does not exist.\n  Make it first: mkdir -p no\n",
    ]);
  });

  it("a file that exists, unless --force is given", async () => {
    const folder = temporaryFolder();
    const output = join(folder, "Model.mlmodel");
    writeFileSync(output, "old");
    expect(await run("convert", SMALL, output)).toEqual({
      code: 7,
      stdout: "",
      stderr: `error: ${output} exists already.\n  Add --force to replace it.\n`,
    });
    expect(readFileSync(output, "utf8")).toBe("old");
    expect((await run("convert", SMALL, output, "--force")).code).toBe(0);
    expect(readFileSync(output)).toEqual(await expected());
  });

  it("a file beyond the size that the system allows", () => {
    const folder = temporaryFolder();
    const output = join(folder, "Model.mlmodel");
    const { status, stderr } = spawnSync(
      "sh",
      ["-c", 'ulimit -f 64; exec "$0" "$@"', process.execPath, KC, "convert", LARGE, output],
      { encoding: "utf8" },
    );
    expect([status, stderr]).toEqual([
      7,
      `error: ${output} cannot be written: the file would be larger than the system allows.\n  Raise the limit (ulimit -f), or choose another disk.\n`,
    ]);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("a conversion that is interrupted while it writes", () => {
  /** Reads its kernel so slowly that there is time to interrupt. */
  const SLOW_DENSE = `
    const slowly = (weight) => ({
      ...weight,
      readInto(target, start) {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
        weight.readInto(target, start);
      },
    });
    export const layers = [{
      classNames: ["Dense"],
      slots: () => [{ role: "kernel" }, { role: "bias" }],
      lower(call) {
        const kernel = slowly(call.weight("kernel", call.storedShape("kernel")));
        const bias = slowly(call.weight("bias", call.storedShape("bias")));
        const dense = { kind: "dense", weights: { kernel, bias } };
        return { outputs: [call.emit(dense, call.inputs[0])] };
      },
    }];`;

  /** Sends a signal as soon as a file appears, and tells how the process ended and what remains. */
  async function interrupt(signal: "SIGINT" | "SIGTERM" | "SIGKILL") {
    const folder = temporaryFolder();
    const custom = join(temporaryFolder(), "slow.mjs");
    writeFileSync(custom, SLOW_DENSE);
    const output = join(folder, "Model.mlmodel");
    writeFileSync(output, "old");
    const child = start(process.execPath, [
      ...[KC, "convert", SMALL, output, "--force"],
      ...["--custom", custom],
    ]);
    const ended = new Promise((resolve) => child.on("exit", (_, by) => resolve(by)));
    const watch = setInterval(() => {
      if (readdirSync(folder).length > 1) child.kill(signal);
    }, 10);
    const by = await ended;
    clearInterval(watch);
    return { by, old: readFileSync(output, "utf8"), files: readdirSync(folder) };
  }

  it.each(["SIGINT", "SIGTERM"] as const)(
    "by %s dies of it, keeps the older file, and leaves nothing else",
    async (signal) => {
      expect(await interrupt(signal)).toEqual({
        by: signal,
        old: "old",
        files: ["Model.mlmodel"],
      });
    },
  );

  it("by SIGKILL keeps the older file", async () => {
    const { by, old } = await interrupt("SIGKILL");
    expect([by, old]).toEqual(["SIGKILL", "old"]);
  });
});
