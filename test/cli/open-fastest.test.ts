import { expect, test } from "vitest";
import type { LoadedBackend } from "../../src/backends/index.ts";
import { openFastest } from "../../src/cli/open-fastest.ts";
import { fail } from "../../src/errors.ts";
import { buildGraph, weight } from "../targets/coreml-nn/build-graph.ts";

const GRAPH = buildGraph([[3]], (add, x) =>
  add({ kind: "dense", weights: { kernel: weight("kernel", [3, 2]) } }, x),
);

test("takes the first backend that knows all layers", async () => {
  const backends = [
    spec("onnx", () => fail("unsupported", "not installed")),
    spec(
      "tensorflow",
      loaded(() => fail("unsupported", "a layer")),
    ),
    spec(
      "wasm",
      loaded(() => "opened"),
    ),
  ];
  const { title } = await openFastest(GRAPH, "auto", backends);
  expect(title).toBe("wasm: program");
});

test("keeps to the one that is named", async () => {
  const backends = [
    spec(
      "onnx",
      loaded(() => fail("unsupported", "a layer")),
    ),
    spec(
      "wasm",
      loaded(() => "opened"),
    ),
  ];
  await expect(openFastest(GRAPH, "onnx", backends)).rejects.toThrow("a layer");
});

test("tells why the last one does not open a model", async () => {
  const backends = [
    spec(
      "wasm",
      loaded(() => fail("unsupported", "a layer")),
    ),
  ];
  await expect(openFastest(GRAPH, "auto", backends)).rejects.toThrow("a layer");
});

function loaded(open: () => unknown): () => LoadedBackend {
  return () => ({
    title: "program",
    async open() {
      open();
      return { name: "wasm", predict: async () => new Map(), dispose: async () => {} };
    },
  });
}

function spec(name: "onnx" | "tensorflow" | "wasm", load: () => LoadedBackend) {
  return { name, program: name, install: `npm install ${name}`, load: async () => load() };
}
