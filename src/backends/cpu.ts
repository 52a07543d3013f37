import type { BackendSpec } from "./predictor.ts";

/** Plain JavaScript: slow, and with nothing that could be missing. */
export const CPU_BACKEND: BackendSpec = {
  name: "cpu",
  program: "TensorFlow.js in plain JavaScript",
  install: undefined,
  async load() {
    await import("@tensorflow/tfjs-backend-cpu");
    const { startTfjs, tfjsBackend } = await import("./tfjs-predictor.ts");
    await startTfjs("cpu");
    return tfjsBackend("cpu", "plain JavaScript, 1 thread");
  },
};
