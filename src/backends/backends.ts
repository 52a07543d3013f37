import { ONNX_BACKEND } from "./onnx.ts";
import type { BackendSpec } from "./predictor.ts";

/** Every backend there is, the fastest first: `auto` takes the first that loads. */
export const BACKENDS: readonly BackendSpec[] = [ONNX_BACKEND];
