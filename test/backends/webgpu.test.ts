import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import { copyRegisteredKernels, registerBackend, removeBackend } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { webgpuBackend } from "../../src/backends/webgpu.ts";
import { sampleNetwork, samplePicture } from "../../src/cli/sample-network.ts";
import { formatDiagnostic, KcError } from "../../src/errors.ts";

const dawn = (adapter: unknown) => async () => ({
  create: () => ({ requestAdapter: async () => adapter }),
  globals: {},
});
const absent = (name: string) => async () => {
  throw new Error(`Cannot find package '${name}' imported from here`);
};
const unused = () => Promise.reject(new Error("This must not be loaded."));

async function refusalOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "";
  } catch (error) {
    return error instanceof KcError ? error.diagnostics.map(formatDiagnostic).join("\n") : "fault";
  }
}

/** Kernels that look for WebGPU where a browser has it, as those of tfjs do, and compute in plain JavaScript. */
async function kernels(): Promise<unknown> {
  const navigator: object = Reflect.get(globalThis, "navigator") ?? {};
  if (!("gpu" in navigator)) return undefined;
  copyRegisteredKernels("cpu", "webgpu");
  return registerBackend("webgpu", () => new MathBackendCPU());
}

describe("the backend webgpu", () => {
  it("says what to install, and asks for no card before", async () => {
    const { load } = webgpuBackend({ dawn: absent("webgpu"), kernels: unused });
    expect(await refusalOf(load())).toMatchInlineSnapshot(`
      "The backend webgpu needs webgpu, which is not installed.
        Install it: npm install --save-prod --ignore-scripts webgpu @tensorflow/tfjs-backend-webgpu@4.22.0"
    `);
  });

  it("refuses a machine without a card in one sentence, and loads no kernels", async () => {
    const { load } = webgpuBackend({ dawn: dawn(null), kernels: unused });
    expect(await refusalOf(load())).toMatchInlineSnapshot(`
      "The backend webgpu finds no graphics card that it can use.
        Another backend runs everywhere: --backend wasm"
    `);
  });

  it("says what to install where only the kernels are missing", async () => {
    const { load } = webgpuBackend({ dawn: dawn({}), kernels: absent("kernels") });
    expect(await refusalOf(load())).toContain("needs @tensorflow/tfjs-backend-webgpu, which is");
  });

  it("refuses a package that is another program", async () => {
    const { load } = webgpuBackend({ dawn: async () => ({}), kernels: unused });
    expect(await refusalOf(load())).toContain("webgpu is installed but is not the program");
  });

  it("tells why a package does not run", async () => {
    const broken = () => Promise.reject(new Error("no such symbol\nand more"));
    const { load } = webgpuBackend({ dawn: broken, kernels: unused });
    expect(await refusalOf(load())).toContain("does not run here: no such symbol");
  });

  it("predicts where there is a card, names it, and leaves nothing that keeps Node alive", async () => {
    const card = dawn({ info: { description: "", device: "A card", vendor: "Somebody" } });
    const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
    const backend = await webgpuBackend({ dawn: card, kernels }).load();
    expect(backend.title).toMatch(/^tfjs [\d.]+, WebGPU, A card$/);
    expect(Object.getOwnPropertyDescriptor(globalThis, "navigator")).toEqual(before);
    const predictor = await backend.open(sampleNetwork());
    const scores = (await predictor.predict(samplePicture())).get("scores");
    expect([predictor.name, scores?.shape]).toEqual(["webgpu", [1, 100]]);
    await predictor.dispose();
    removeBackend("webgpu");
  });
});
