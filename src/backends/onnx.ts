import { availableParallelism } from "node:os";
import { fail } from "../errors.ts";
import { openOnnxPredictor } from "./onnx-predictor.ts";
import { isOnnxRuntime, type OnnxRuntime } from "./onnx-runtime.ts";
import type { BackendSpec } from "./predictor.ts";

/** ONNX Runtime's own binding for Node; optional, since it is native code of some 290 MB. */
export const ONNX_BACKEND: BackendSpec = {
  name: "onnx",
  program: "ONNX Runtime",
  install: "npm install --save-prod --ignore-scripts onnxruntime-node",
  async load() {
    const runtime = await loadOnnxRuntime();
    const cores = availableParallelism();
    return {
      title: `${onnxTitle(runtime)}, ${cores} ${cores === 1 ? "thread" : "threads"}`,
      open: (graph, { threads = cores } = {}) =>
        openOnnxPredictor(runtime, graph, { threads, pool: { runtime: PACKAGE } }),
    };
  },
};

/** `onnxruntime-node 1.30.0` */
export function onnxTitle({ env }: OnnxRuntime): string {
  const [name, version] = Object.entries(env.versions).find(([key]) => key !== "common") ?? [];
  return `onnxruntime-${name ?? "node"} ${version ?? ""}`.trim();
}

/** ONNX Runtime itself, by its package or address. Throws `unsupported` where it is not installed or does not run. */
export async function loadOnnxRuntime(name: string = PACKAGE): Promise<OnnxRuntime> {
  const loaded: unknown = await importOptional(name);
  const inner = typeof loaded === "object" && loaded !== null && "default" in loaded;
  const candidates = inner ? [loaded, loaded.default] : [loaded];
  const runtime = candidates.find(isOnnxRuntime);
  return (
    runtime ??
    fail("unsupported", `${PACKAGE} is installed but is not the program that is expected.`, {
      hint: `Install the current one: ${ONNX_BACKEND.install}`,
    })
  );
}

const PACKAGE = "onnxruntime-node";

async function importOptional(name: string): Promise<unknown> {
  try {
    return await import(name);
  } catch (error) {
    const missing = error instanceof Error && /Cannot find (package|module)/.test(error.message);
    const text = error instanceof Error ? error.message.split("\n")[0] : String(error);
    return missing
      ? fail("unsupported", "The backend onnx needs onnxruntime-node, which is not installed.", {
          hint: `Install it: ${ONNX_BACKEND.install}`,
          cause: error,
        })
      : fail("unsupported", `onnxruntime-node is installed but does not run here: ${text}`, {
          hint: "Another backend runs everywhere: --backend wasm",
          cause: error,
        });
  }
}
