import { CPU_BACKEND } from "./cpu.ts";
import { ONNX_BACKEND } from "./onnx.ts";
import type { BackendSpec } from "./predictor.ts";
import { TENSORFLOW_BACKEND } from "./tensorflow.ts";
import { WASM_BACKEND } from "./wasm.ts";
import { WEBGPU_BACKEND } from "./webgpu.ts";

/** Every backend there is, the fastest first: `auto` takes the first that loads. */
export const BACKENDS: readonly BackendSpec[] = [
  ONNX_BACKEND,
  TENSORFLOW_BACKEND,
  WEBGPU_BACKEND,
  WASM_BACKEND,
  CPU_BACKEND,
];
