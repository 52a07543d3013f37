import type { BackendSpec } from "./predictor.ts";

/** XNNPACK's kernels in WebAssembly; no native code, so it runs everywhere. */
export const WASM_BACKEND: BackendSpec = {
  name: "wasm",
  program: "TensorFlow.js with WebAssembly",
  install: undefined,
  async load() {
    await import("@tensorflow/tfjs-backend-wasm");
    const { startTfjs, tfjsBackend } = await import("./tfjs-predictor.ts");
    await startTfjs("wasm");
    return tfjsBackend("wasm", "WebAssembly, 1 thread");
  },
};
