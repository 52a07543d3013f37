import { backend, getBackend, type Tensor } from "@tensorflow/tfjs-core";
import { fail } from "../../../errors.ts";

/** What is used of the backend of tfjs-node. @see tfjs-node/src/nodejs_kernel_backend.ts */
export interface NodeBackend {
  /** Numbers of TensorFlow's C interface, such as `TF_ATTR_INT`. */
  readonly binding: object;
  executeSingleOutput(
    name: string,
    attributes: readonly NodeAttribute[],
    inputs: readonly Tensor[],
  ): Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: readonly NodeAttribute[],
    inputs: readonly Tensor[],
    count: number,
  ): Tensor[];
  readSync(dataId: object): Float32Array | Int32Array | Uint8Array;
  /** Loads a SavedModel; gives the number of its session. */
  loadSavedModelMetaGraph(path: string, tags: string): number;
  /** Inputs and outputs are named as `node:0`. */
  runSavedModel(
    session: number,
    inputs: readonly Tensor[],
    named: readonly { readonly name: string }[],
    outputs: readonly string[],
  ): Tensor[];
  deleteSavedModel(session: number): void;
}

/** An attribute of an operation; `type` is one of the binding's `TF_ATTR_…`. */
export interface NodeAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** The backend of tfjs-node, where it is the active one. */
export function nodeBackend(): NodeBackend | undefined {
  if (getBackend() !== "tensorflow") return undefined;
  const active: unknown = backend();
  return isNodeBackend(active) ? active : undefined;
}

/** A number of TensorFlow's C interface, by its name there. */
export function bindingNumber({ binding }: NodeBackend, name: string): number {
  const value: unknown = Reflect.get(binding, name);
  return typeof value === "number" ? value : fail("internal", `tfjs-node has no ${name}.`);
}

function isNodeBackend(value: unknown): value is NodeBackend {
  return (
    typeof value === "object" &&
    value !== null &&
    "binding" in value &&
    typeof value.binding === "object" &&
    METHODS.every((name) => typeof Reflect.get(value, name) === "function")
  );
}

const METHODS = [
  "executeSingleOutput",
  "executeMultipleOutputs",
  "readSync",
  "loadSavedModelMetaGraph",
  "runSavedModel",
  "deleteSavedModel",
] as const;
