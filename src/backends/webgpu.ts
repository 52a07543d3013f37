import { fail } from "../errors.ts";
import type { BackendSpec, LoadedBackend } from "./predictor.ts";

/** The two packages that it takes, loaded when they are needed. */
export interface WebgpuPackages {
  /** WebGPU for Node. */
  readonly dawn: () => Promise<unknown>;
  /** The kernels of TensorFlow.js, which register themselves. */
  readonly kernels: () => Promise<unknown>;
}

/** What is used of WebGPU for Node. @see webgpu/README.md */
interface Dawn {
  /** Called in place of the browser's `navigator.gpu`. */
  readonly create: (options: readonly string[]) => Gpu;
  /** Names such as `GPUBufferUsage`, which a browser has as globals. */
  readonly globals: object;
}

interface Gpu {
  requestAdapter(): Promise<unknown>;
}

const PACKAGE = "webgpu";
const KERNELS = "@tensorflow/tfjs-backend-webgpu";
const INSTALL = `npm install --save-prod --ignore-scripts ${PACKAGE} ${KERNELS}@4.22.0`;
const OTHERS = { hint: "Another backend runs everywhere: --backend wasm" };

/** TensorFlow.js on a graphics card, through packages that the user has installed. */
export function webgpuBackend({ dawn, kernels }: WebgpuPackages): BackendSpec {
  return {
    name: "webgpu",
    program: "TensorFlow.js on a graphics card",
    install: INSTALL,
    load: async () => start(await loaded(PACKAGE, dawn), kernels),
  };
}

/** Never asks for a card where the package is not installed. */
export const WEBGPU_BACKEND: BackendSpec = webgpuBackend({
  dawn: () => import(PACKAGE),
  kernels: () => import(KERNELS),
});

async function start(dawn: unknown, kernels: WebgpuPackages["kernels"]): Promise<LoadedBackend> {
  if (!isDawn(dawn)) {
    return fail("unsupported", `${PACKAGE} is installed but is not the program that is expected.`, {
      hint: `Install the current one: ${INSTALL}`,
    });
  }
  const gpu = dawn.create([]);
  const adapter = await gpu.requestAdapter();
  if (typeof adapter !== "object" || adapter === null) {
    return fail("unsupported", "The backend webgpu finds no graphics card that it can use.", {
      ...OTHERS,
    });
  }
  Object.assign(globalThis, dawn.globals);
  const forget = offer(gpu);
  try {
    await loaded(KERNELS, kernels);
    const { startTfjs, tfjsBackend } = await import("./tfjs-predictor.ts");
    await startTfjs("webgpu");
    const backend = tfjsBackend("webgpu", `WebGPU, ${titleOf(adapter)}`);
    KEPT.add(gpu);
    return backend;
  } finally {
    // Node does not end as long as the program can be reached from a global.
    forget();
  }
}

/** Programs whose cards are in use: Dawn's goes away with the last reference, under the feet of its devices. */
const KEPT = new Set<Gpu>();

/** Puts WebGPU where TensorFlow.js looks for it; gives what takes it away again. */
function offer(gpu: Gpu): () => void {
  // Node has a navigator since 21.
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  const own: object = Reflect.get(globalThis, "navigator") ?? {};
  if (before === undefined) {
    Object.defineProperty(globalThis, "navigator", { value: own, configurable: true });
  }
  Object.defineProperty(own, "gpu", { value: gpu, configurable: true });
  return () => {
    Reflect.deleteProperty(own, "gpu");
    if (before === undefined) Reflect.deleteProperty(globalThis, "navigator");
  };
}

/** `NVIDIA GeForce RTX 4090`, as far as the driver tells. */
function titleOf(adapter: object): string {
  const info: unknown = Reflect.get(adapter, "info");
  if (typeof info !== "object" || info === null) return "a graphics card";
  const said = ["description", "device", "vendor"].map((key): unknown => Reflect.get(info, key));
  return (
    said.find((text) => typeof text === "string" && text !== "")?.toString() ?? "a graphics card"
  );
}

async function loaded(name: string, load: () => Promise<unknown>): Promise<unknown> {
  try {
    return await load();
  } catch (error) {
    const message = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    return /Cannot find (package|module)/.test(message)
      ? fail("unsupported", `The backend webgpu needs ${name}, which is not installed.`, {
          hint: `Install it: ${INSTALL}`,
          cause: error,
        })
      : fail("unsupported", `${name} is installed but does not run here: ${message}`, {
          ...OTHERS,
          cause: error,
        });
  }
}

function isDawn(value: unknown): value is Dawn {
  return (
    typeof value === "object" &&
    value !== null &&
    "create" in value &&
    typeof value.create === "function" &&
    "globals" in value &&
    typeof value.globals === "object"
  );
}
