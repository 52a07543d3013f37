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
    load: async () => (runs ? LOADED : fail("unsupported", `${name} is not installed.`)),
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
    const { spec, missed } = await openBackend("auto", all);
    expect([spec.name, missed.map(({ text }) => text)]).toEqual([
      "wasm",
      ["onnx is not installed."],
    ]);
  });

  it("takes no other than the one asked for", async () => {
    const all = [backend("onnx", false), backend("wasm", true)];
    expect(await messageOf(openBackend("onnx", all))).toBe("onnx is not installed.");
  });

  it("lists the names when there is none of that name", async () => {
    expect(await messageOf(openBackend("metal", [backend("wasm", true)]))).toBe(
      'There is no backend "metal", expected one of auto, wasm.',
    );
  });
});
