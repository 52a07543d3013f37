import {
  engine,
  type KernelBackend,
  type Tensor,
  type TensorInfo,
  tensor1d,
} from "@tensorflow/tfjs-core";
import { KERNELS } from "./kernels.gen.ts";

/** Own kernels beside those of a backend, on its memory. */
export interface WasmModule {
  /** Calls a kernel with addresses and whole numbers. */
  readonly call: (kernel: string, ...operands: readonly (TensorInfo | number)[]) => number;
  /** A tensor of numbers that are yet to be written. */
  readonly make: (shape: readonly number[]) => Tensor;
  /** 32-bit whole numbers in a row. */
  readonly numbers: (values: readonly number[]) => Tensor;
}

/** What is used of the backend. @see tfjs-backend-wasm/dist/backend_wasm.d.ts */
interface WasmBackend extends KernelBackend {
  readonly wasm: object;
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset: number } };
  makeOutput(shape: number[], dtype: "float32"): Tensor;
}

/** What is used of it here; the language's library knows it with the browser's only. */
declare const WebAssembly: {
  readonly Memory: new () => object;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
};

/** Starts the kernels on a backend's memory; undefined where that cannot be reached or the machine has no vectors of four. */
export function startKernels(backend: KernelBackend): WasmModule | undefined {
  if (!isWasmBackend(backend)) return undefined;
  const memory = memoryOf(backend);
  if (memory === undefined) return undefined;
  const exported = compile(memory);
  if (exported === undefined) return undefined;
  const addressOf = (operand: TensorInfo | number): number =>
    typeof operand === "number" ? operand : backend.dataIdMap.get(operand.dataId).memoryOffset;
  return {
    call: (kernel, ...operands) => {
      const f: unknown = Reflect.get(exported, kernel);
      return typeof f === "function" ? Number(f(...operands.map(addressOf))) : Number.NaN;
    },
    make: (shape) =>
      engine().makeTensorFromTensorInfo(backend.makeOutput([...shape], "float32"), backend),
    numbers: (values) => tensor1d([...values], "int32"),
  };
}

function compile(memory: object): object | undefined {
  try {
    const bytes = Uint8Array.from(atob(KERNELS), (letter) => letter.charCodeAt(0));
    return new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports;
  } catch {
    return undefined;
  }
}

/** The memory that holds the backend's tensors: its module exports it. */
function memoryOf({ wasm }: WasmBackend): object | undefined {
  const exported: unknown = Reflect.get(wasm, "asm");
  if (typeof exported !== "object" || exported === null) return undefined;
  return Object.values(exported).find((one): one is object => one instanceof WebAssembly.Memory);
}

function isWasmBackend(backend: KernelBackend): backend is WasmBackend {
  return "wasm" in backend && "dataIdMap" in backend && "makeOutput" in backend;
}
