import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { fail } from "../errors.ts";
import type { BackendSpec } from "./predictor.ts";

/** TensorFlow's own kernels through tfjs-node; optional, since it is native code that does not install everywhere. */
export const TENSORFLOW_BACKEND: BackendSpec = {
  name: "tensorflow",
  program: "TensorFlow through tfjs-node",
  install: "npm install --save-prod @tensorflow/tfjs-node",
  async load() {
    restoreUtil();
    // Else TensorFlow tells on the standard error which instructions the processor has.
    process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
    const { startTfjs, tfjsBackend } = await import("./tfjs-predictor.ts");
    loadTfjsNode();
    await startTfjs("tensorflow");
    const cores = availableParallelism();
    return tfjsBackend("tensorflow", `tfjs-node, ${cores} ${cores === 1 ? "thread" : "threads"}`);
  },
};

const PACKAGE = "@tensorflow/tfjs-node";

/** tfjs-node 4.22 calls functions that Node 23 took out of `node:util`. */
function restoreUtil(): void {
  const util: unknown = createRequire(import.meta.url)("node:util");
  if (typeof util !== "object" || util === null) return;
  const missing = {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: Array.isArray,
    isString: (value: unknown) => typeof value === "string",
    isNumber: (value: unknown) => typeof value === "number",
    isBoolean: (value: unknown) => typeof value === "boolean",
  };
  for (const [name, test] of Object.entries(missing)) {
    if (!(name in util)) Reflect.set(util, name, test);
  }
}

/** Loads the add-on. Throws `unsupported` where it is not installed or does not run. */
function loadTfjsNode(): void {
  const require = createRequire(import.meta.url);
  const path = resolved(require);
  if (path === undefined) {
    fail("unsupported", `The backend tensorflow needs ${PACKAGE}, which is not installed.`, {
      hint: `Install it: ${TENSORFLOW_BACKEND.install}`,
    });
  }
  try {
    require(path);
  } catch (error) {
    const text = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    fail("unsupported", `${PACKAGE} is installed but does not run here: ${text}`, {
      hint: "Another backend runs everywhere: --backend wasm",
      cause: error,
    });
  }
}

function resolved(require: NodeJS.Require): string | undefined {
  try {
    return require.resolve(PACKAGE);
  } catch {
    return undefined;
  }
}
