import { describe, expect, it } from "vitest";
import { openBackend } from "../../src/backends/open-backend.ts";
import type { BackendName, BackendSpec, LoadedBackend } from "../../src/backends/predictor.ts";
import { fail } from "../../src/errors.ts";

const LOADED: LoadedBackend = {
  title: "a program",
  open: () => Promise.reject(new Error("unused")),
};

function backend(name: BackendName, runs: boolean): BackendSpec {
  return {
    name,
    program: name,
    install: `npm install ${name}`,
    load: async () =>
      runs
        ? LOADED
        : fail("unsupported", `${name} is not installed.`, {
            hint: `Install it: npm install ${name}`,
          }),
  };
}

const messageOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "",
    (error) => String(error.message),
  );

describe("openBackend", () => {
  it("takes the first that runs, and says what was passed over", async () => {
    const all = [backend("onnx", false), backend("wasm", true), backend("cpu", true)];
    const { spec, missed, install } = await openBackend("auto", all);
    expect(install).toBe("npm install onnx");
    expect([spec.name, missed.map(({ text }) => text)]).toEqual([
      "wasm",
      ["onnx is not installed."],
    ]);
  });

  it("does not ask to install what is installed and does not run", async () => {
    const broken = {
      ...backend("onnx", false),
      load: () => fail("unsupported", "onnx does not run here.", { hint: "Take another one." }),
    };
    const { spec, install } = await openBackend("auto", [broken, backend("cpu", true)]);
    expect([spec.name, install]).toEqual(["cpu", undefined]);
  });

  it("takes no other than the one asked for", async () => {
    const all = [backend("onnx", false), backend("wasm", true)];
    expect(await messageOf(openBackend("onnx", all))).toBe(
      "onnx is not installed.\n  Install it: npm install onnx",
    );
  });

  it("lists the names when there is none of that name", async () => {
    expect(await messageOf(openBackend("metal", [backend("wasm", true)]))).toBe(
      'There is no backend "metal", expected one of auto, wasm.',
    );
  });
});
