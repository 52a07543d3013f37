import { CPU_BACKEND } from "./cpu.ts";
import type { BackendSpec } from "./predictor.ts";
import { TENSORFLOW_BACKEND } from "./tensorflow.ts";
import { WASM_BACKEND } from "./wasm.ts";
import { WEBGPU_BACKEND } from "./webgpu.ts";

/** Every backend that can train, the fastest first. Once loaded it is the active one of tfjs, which is where a trainer runs. */
export const TRAINING_BACKENDS: readonly BackendSpec[] = [
  TENSORFLOW_BACKEND,
  WEBGPU_BACKEND,
  WASM_BACKEND,
  CPU_BACKEND,
];
