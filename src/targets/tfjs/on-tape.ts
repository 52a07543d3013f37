import { engine } from "@tensorflow/tfjs-core";

/**
 * Whether tfjs writes down what is computed, to go back through it. Kernels that add a bias have ways back of their own, with
 * kernels that the backend wasm has not or is slow at: then products and sums are taken one by one.
 */
export function onTape(): boolean {
  return engine().state.gradientDepth > 0;
}
