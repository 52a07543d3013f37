import { createRequire } from "node:module";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-wasm";

/** Folder of an installed tfjs-node, set by `npm run check:tfjs-node`. */
const { KC_TFJS_NODE: tfjsNode } = process.env;

/** The backends that these tests run on. */
export const BACKENDS: readonly string[] =
  tfjsNode === undefined ? ["wasm", "cpu"] : ["tensorflow"];

/** Makes a backend the active one. */
export async function activateBackend(name: string): Promise<void> {
  if (tfjsNode !== undefined) createRequire(import.meta.url)(tfjsNode);
  if (!(await tf.setBackend(name))) throw new Error(`the backend ${name} does not start`);
}
