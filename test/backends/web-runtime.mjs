// ONNX Runtime's web package as threads of a test load it: without threads of its own.
import * as ort from "onnxruntime-web";

ort.env.wasm.numThreads = 1;
export const { InferenceSession, Tensor, env } = ort;
